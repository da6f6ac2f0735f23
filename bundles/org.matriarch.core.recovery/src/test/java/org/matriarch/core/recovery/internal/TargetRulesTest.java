package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;

final class TargetRulesTest {

    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();

    @Test
    void takesExclusiveForTargetsThatHaveAnOrder() {
        for (RecoveryTarget target : new RecoveryTarget[] {
            new RecoveryTarget.Time(Instant.EPOCH), new RecoveryTarget.Xid(700), new RecoveryTarget.Position(Lsn.ZERO)
        }) {
            assertThatCode(() -> TargetRules.requireConsistent(exclusive(target)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void refusesExclusiveElsewhere() {
        for (RecoveryTarget target :
                new RecoveryTarget[] {LATEST, new RecoveryTarget.Immediate(), new RecoveryTarget.Name("x")}) {
            assertThatThrownBy(() -> TargetRules.requireConsistent(exclusive(target)))
                    .hasMessage("MATR-5002: '--exclusive' has no meaning for this target%nHINT: use '--exclusive' with "
                                    .formatted()
                            + "'--target-time', '--target-xid' or '--target-lsn' only.");
        }
    }

    @Test
    void refusesAnActionWithoutATarget() {
        RestoreRequest request = Fixtures.request(LATEST, false, Optional.of(TargetAction.PAUSE));

        assertThatThrownBy(() -> TargetRules.requireConsistent(request))
                .hasMessageStartingWith("MATR-5002: '--target-action' is given, but no target");
    }

    @Test
    void takesAnActionWithATarget() {
        RestoreRequest request =
                Fixtures.request(new RecoveryTarget.Immediate(), false, Optional.of(TargetAction.PAUSE));

        assertThatCode(() -> TargetRules.requireConsistent(request)).doesNotThrowAnyException();
    }

    @Test
    void refusesAnActionOfAStandby() {
        RestoreRequest plain = Fixtures.onTimeline(new RecoveryTarget.Immediate(), "", true);
        var request = new RestoreRequest(
                plain.server(),
                plain.backup(),
                plain.destination(),
                plain.target(),
                false,
                plain.timeline(),
                Optional.of(TargetAction.PROMOTE),
                plain.tablespaces(),
                plain.getWal(),
                true,
                plain.jobs(),
                plain.bandwidthLimitKib(),
                plain.retryTimes(),
                plain.retrySleep(),
                plain.remoteSshCommand(),
                plain.delta());

        assertThatThrownBy(() -> TargetRules.requireConsistent(request))
                .hasMessageContaining("'--target-action' and '--standby-mode' exclude one another");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 2})
    void refusesNumbersThatNoTransactionHas(long xid) {
        assertThatThrownBy(() -> TargetRules.requireConsistent(Fixtures.request(new RecoveryTarget.Xid(xid))))
                .hasMessageContaining(xid + " is not the number of a transaction");
    }

    @Test
    void refusesNamesThatNoRestorePointHas() {
        for (String name : new String[] {"", "x".repeat(64)}) {
            assertThatThrownBy(() -> TargetRules.requireConsistent(Fixtures.request(new RecoveryTarget.Name(name))))
                    .hasMessageContaining("1 to 63 characters, this one " + name.length());
        }
        RestoreRequest longest = Fixtures.request(new RecoveryTarget.Name("x".repeat(63)));
        assertThatCode(() -> TargetRules.requireConsistent(longest)).doesNotThrowAnyException();
    }

    @Test
    void refusesATimeThatHasNotCome() {
        Instant now = Fixtures.END.plusSeconds(60);
        RestoreRequest future = Fixtures.request(new RecoveryTarget.Time(now.plusSeconds(1)));

        assertThatThrownBy(() -> TargetRules.requirePast(future, now))
                .hasMessageStartingWith(
                        "MATR-5003: unable to recover to time '2026-11-20T10:06:01Z': it is in the future");
        assertThatCode(() -> TargetRules.requirePast(Fixtures.request(new RecoveryTarget.Time(now)), now))
                .doesNotThrowAnyException();
        assertThatCode(() -> TargetRules.requirePast(Fixtures.request(LATEST), now))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesATimeThatIsNotAfterTheBackup() {
        RestoreRequest request = Fixtures.request(new RecoveryTarget.Time(Fixtures.END));

        assertThatThrownBy(() -> TargetRules.requireReachable(request, Fixtures.backup()))
                .hasMessage(("MATR-5003: unable to recover backup '20261120T100000' to time '2026-11-20T10:05:00Z':"
                                + " the backup ended at 2026-11-20T10:05:00Z%n"
                                + "HINT: choose an older backup, or 'auto' to have the right one chosen.")
                        .formatted());
    }

    @Test
    void refusesAPositionBeforeTheBackupsEnd() {
        RestoreRequest request = Fixtures.request(new RecoveryTarget.Position(Lsn.parse("0/40000FF")));

        assertThatThrownBy(() -> TargetRules.requireReachable(request, Fixtures.backup()))
                .hasMessageContaining("to position '0/40000FF': the backup ended at 0/4000100");
    }

    @Test
    void takesWhatLiesAtOrAfterTheEnd() {
        for (RecoveryTarget target : new RecoveryTarget[] {
            new RecoveryTarget.Time(Fixtures.END.plusNanos(1000)),
            new RecoveryTarget.Position(Lsn.parse("0/4000100")),
            LATEST
        }) {
            assertThatCode(() -> TargetRules.requireReachable(Fixtures.request(target), Fixtures.backup()))
                    .doesNotThrowAnyException();
            assertThat(TargetRules.canReach(target, Fixtures.backup())).isTrue();
        }
    }

    @Test
    void reachesNothingFromABackupWhoseEndIsUnknown() {
        Backup endless = Fixtures.backup().withOrigin(Fixtures.backup().source(), BackupSpan.startedAt(Fixtures.BEGIN));
        var time = new RecoveryTarget.Time(Fixtures.END.plusSeconds(1));
        var position = new RecoveryTarget.Position(Lsn.parse("0/5000000"));

        assertThat(TargetRules.canReach(time, endless)).isFalse();
        assertThat(TargetRules.canReach(position, endless)).isFalse();
        assertThatThrownBy(() -> TargetRules.requireReachable(Fixtures.request(time), endless))
                .hasMessageContaining("the backup ended at no known time");
        assertThatThrownBy(() -> TargetRules.requireReachable(Fixtures.request(position), endless))
                .hasMessageContaining("the backup ended at no known position");
    }

    private static RestoreRequest exclusive(RecoveryTarget target) {
        return Fixtures.request(target, true, Optional.empty());
    }
}
