package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.TransferReceiver;

/** Which files a second backup takes over from the first. */
final class ReuseTest extends BackupScene {

    private static final BackupPath VERSION = BackupPath.ofData("PG_VERSION");

    /** All files of the first backup are of this time. */
    private static final Instant OLD = Instant.EPOCH;

    private final List<Boolean> taken = new ArrayList<>();

    @BeforeEach
    void takeTheFirst() {
        postgres.serverTime = OLD.plusSeconds(1);
        backups.create("main", BackupOptions.CONFIGURED);
        assertThat(repository.backups()).singleElement().matches(backup -> backup.status() != BackupStatus.FAILED);
    }

    @Test
    void takesWhatIsOlderThanTheFirstBackup() throws Exception {
        again(ReuseMode.LINK, receiver -> {
            taken.add(receiver.reuse(VERSION, 2, 0600, OLD));
            taken.add(receiver.reuse(BackupPath.ofData("backup_label"), 5, 0600, OLD.plusMillis(999)));
        });

        assertThat(taken).containsExactly(true, true);
        BackupId second = repository.backups().get(1).id();
        assertThat(repository.open(second).open(VERSION)).hasContent("16");
    }

    @Test
    void takesNothingElse() {
        again(ReuseMode.COPY, receiver -> {
            taken.add(receiver.reuse(VERSION, 3, 0600, OLD));
            taken.add(receiver.reuse(VERSION, 2, 0640, OLD));
            taken.add(receiver.reuse(VERSION, 2, 0600, OLD.plusSeconds(1)));
            taken.add(receiver.reuse(VERSION, 2, 0600, OLD.minusSeconds(1)));
            taken.add(receiver.reuse(BackupPath.ofData("base"), 0, 0700, OLD));
            taken.add(receiver.reuse(BackupPath.ofData("new"), 2, 0600, OLD));
        });

        assertThat(taken).containsOnly(false).hasSize(6);
    }

    @Test
    void takesNothingWhoseTimeProvesNothing() {
        postgres.serverTime = OLD.plusMillis(999);
        backups.create("main", BackupOptions.CONFIGURED);

        again(ReuseMode.LINK, receiver -> taken.add(receiver.reuse(VERSION, 2, 0600, OLD)));

        assertThat(taken).containsExactly(false);
    }

    @Test
    void takesNothingUnlessAskedTo() {
        again(ReuseMode.OFF, receiver -> taken.add(receiver.reuse(VERSION, 2, 0600, OLD)));

        assertThat(taken).containsExactly(false);
    }

    @Test
    void takesNothingFromABackupThatIsNotWhole() {
        BackupId first = repository.backups().get(0).id();
        repository.updateStatus(first, BackupStatus.FAILED, Optional.of("broken"));

        again(ReuseMode.LINK, receiver -> taken.add(receiver.reuse(VERSION, 2, 0600, OLD)));

        assertThat(taken).containsExactly(false);
    }

    private void again(ReuseMode mode, Look look) {
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            look.at(receiver);
            transport.deliverRest(receiver);
        };
        var configured = BackupOptions.CONFIGURED;
        backups.create(
                "main",
                new BackupOptions(
                        configured.name(),
                        configured.immediateCheckpoint(),
                        configured.bandwidthLimitKib(),
                        configured.jobs(),
                        Optional.of(mode),
                        configured.resume(),
                        configured.retryTimes(),
                        configured.retrySleep(),
                        false,
                        configured.waitTimeout()));
    }

    /** What a transport does first. */
    private interface Look {
        void at(TransferReceiver receiver) throws java.io.IOException;
    }
}
