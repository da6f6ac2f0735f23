package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;

@Timeout(60)
final class ComposedStatusesTest {

    private static final ServerFacts FACTS = new ServerFacts(
            new PostgresVersion(160_004),
            "7000",
            2,
            16L << 20,
            Instant.EPOCH,
            false,
            Optional.of(Lsn.parse("0/3000100")),
            5000,
            true,
            true,
            true,
            List.of(),
            Map.of());

    private final Servers servers = StandIn.of(Servers.class, "requireServer", () -> Samples.server(1));
    private final AtomicBoolean up = new AtomicBoolean(true);
    private ComposedStatuses statuses;

    @AfterEach
    void stop() {
        statuses.deactivate();
    }

    @Test
    void composesWhatEverybodySays() {
        open(new Neighbours(postgres(), catalog(), repositories(), receivers()));

        ServerStatus status = statuses.status("main");

        assertThat(status.reachable()).isTrue();
        assertThat(status.problem()).isEmpty();
        assertThat(status.postgresVersion()).contains("16.4");
        assertThat(status.timeline()).contains(2);
        assertThat(status.standby()).contains(false);
        assertThat(status.databaseSizeBytes()).isEqualTo(5000);
        assertThat(status.backups()).isEqualTo(3);
        assertThat(status.backupsDone()).isEqualTo(2);
        assertThat(status.minimumRedundancy()).isEqualTo(1);
        assertThat(status.lastBackup()).contains("20261120T110000");
        assertThat(status.oldestRestorable()).contains(Samples.NOW.minusSeconds(3600));
        assertThat(status.walFiles()).isEqualTo(4);
        assertThat(status.walBytes()).isEqualTo(400);
        assertThat(status.lastArchivedWal()).contains("000000020000000000000002");
        assertThat(status.walFilesPerHour()).isCloseTo(1.0, within(0.001)); // two in two hours; one is too old
        assertThat(status.lagBytes()).contains(0x100L);
        assertThat(status.receiver().state()).isEqualTo(ReceiverStatus.State.STREAMING);
    }

    @Test
    void remembersWhatAServerSaidBeforeItWentAway() {
        open(new Neighbours(postgres(), catalog(), null, receivers()));
        statuses.status("main");

        up.set(false);
        ServerStatus status = statuses.status("main");

        assertThat(status.reachable()).isFalse();
        assertThat(status.problem()).contains("no answer from 'pg:5432'");
        assertThat(status.postgresVersion()).contains("16.4");
        assertThat(status.currentLsn()).isEmpty();
        assertThat(status.lagBytes()).contains(0x200L); // by what the receiver last heard
    }

    @Test
    void learnsFromTheNewestBackupWhatTheServerDoesNotSay() {
        up.set(false);
        open(new Neighbours(postgres(), catalog(), null, null));

        ServerStatus status = statuses.status("main");

        assertThat(status.systemId()).contains("7000");
        assertThat(status.postgresVersion()).contains("16.4");
        assertThat(status.timeline()).isEmpty();
        assertThat(status.receiver().state()).isEqualTo(ReceiverStatus.State.STOPPED);
        assertThat(status.receiver().error()).contains("the WAL receiver cannot be asked: its bundle is not active");
    }

    @Test
    void describesAServerOfWhichNobodyKnowsAnything() {
        open(new Neighbours());

        ServerStatus status = statuses.status("main");

        assertThat(status.problem()).contains("PostgreSQL cannot be asked: its bundle is not active");
        assertThat(status.walFilesPerHour()).isZero();
        assertThat(status.lastBackup()).isEmpty();
        assertThat(status.lagBytes()).isEmpty();
    }

    @Test
    void doesNotWaitForAnAnswerThatNeverComes() {
        open(new Neighbours(
                StandIn.of(PostgresConnections.class, "facts", () -> {
                    new CountDownLatch(1).await();
                    return FACTS;
                }),
                StandIn.of(BackupCatalog.class, "backups", () -> {
                    throw new NoClassDefFoundError("gone");
                }),
                null,
                null));

        assertThat(statuses.status("main").problem()).contains("PostgreSQL has no answer within 0 s");
    }

    @Test
    void leavesOutWhatCannotBeAsked() {
        open(new Neighbours(postgres(), catalog(), null, null));
        statuses.deactivate();

        assertThat(statuses.status("main").problem())
                .contains("PostgreSQL was not asked: too many earlier questions are unanswered");
    }

    @Test
    void stopsWhenItsCallerIsInterrupted() {
        open(new Neighbours(
                StandIn.of(PostgresConnections.class, "facts", () -> {
                    new CountDownLatch(1).await();
                    return FACTS;
                }),
                null,
                null,
                null));
        Thread.currentThread().interrupt();

        ServerStatus status = statuses.status("main");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(status.problem()).contains("interrupted");
    }

    private void open(Neighbours neighbours) {
        statuses = new ComposedStatuses(
                servers, neighbours, Clock.fixed(Samples.NOW, ZoneOffset.UTC), Duration.ofMillis(900));
    }

    private PostgresConnections postgres() {
        return StandIn.of(PostgresConnections.class, "facts", () -> {
            if (!up.get()) {
                throw new MatriarchException(
                        ErrorCode.POSTGRES_UNREACHABLE, "no answer from 'pg:5432'", "see whether it runs.");
            }
            return FACTS;
        });
    }

    private static BackupCatalog catalog() {
        return StandIn.of(
                BackupCatalog.class,
                "backups",
                () -> List.of(
                        Samples.backup("20261120T100000", BackupStatus.DONE, BackupKind.FULL),
                        Samples.backup("20261120T110000", BackupStatus.DONE, BackupKind.FULL),
                        Samples.backup("20261120T120000", BackupStatus.FAILED, BackupKind.FULL)));
    }

    private static Repositories repositories() {
        WalArchive wal = StandIn.of(
                WalArchive.class,
                "entries",
                () -> List.of(
                        entry("000000010000000000000001", Samples.NOW.minus(Duration.ofDays(2))),
                        entry("000000010000000000000002", Samples.NOW.minus(Duration.ofHours(2))),
                        entry("000000020000000000000002", Samples.NOW.minus(Duration.ofMinutes(1))),
                        entry("00000002.history", Samples.NOW)));
        Repository repository = StandIn.of(Repository.class, "wal", () -> wal);
        return StandIn.of(Repositories.class, "repository", () -> repository);
    }

    private static WalEntry entry(String name, Instant archived) {
        return new WalEntry(new WalFileName(name), 100, archived, Optional.empty());
    }

    private static WalReceivers receivers() {
        return StandIn.of(
                WalReceivers.class,
                "status",
                () -> new ReceiverStatus(
                        "main",
                        ReceiverStatus.State.STREAMING,
                        Samples.NOW,
                        2,
                        Optional.of(Lsn.parse("0/3000000")),
                        Optional.of(Lsn.parse("0/3000000")),
                        Optional.of(Lsn.parse("0/3000200")),
                        Optional.empty()));
    }
}
