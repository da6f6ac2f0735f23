package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.spi.transport.TransportException;

/** What becomes of a backup whose copy breaks: it is recorded as failed, and tried again where that may help. */
final class BackupFailureTest extends BackupScene {

    @Test
    void failsWhenAFileIsNotAsTheServerSentIt() {
        transport.files.put("PG_VERSION", "17");

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(job.errorCode()).contains(4002);
        assertThat(job.error().orElseThrow())
                .startsWith("unable to complete the backup of server 'main': file 'PG_VERSION' has CRC-32C");
        assertThat(repository.backups().get(0).status()).isEqualTo(BackupStatus.FAILED);
        assertThat(repository.backups().get(0).error()).isEqualTo(job.error());
        assertThat(events.lines()).singleElement().asString().startsWith("BACKUP_FAILED main 20261120T120000: unable");
    }

    @Test
    void failsWithoutLabelStartOrReadableManifest() {
        transport.files.remove("backup_label");
        transport.manifest = new byte[0];
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': no backup_label came");
        transport.manifest = "nonsense".getBytes(UTF_8);
        assertThat(backups.create("main", BackupOptions.CONFIGURED).error().orElseThrow())
                .startsWith("unable to complete the backup of server 'main': the server's manifest is not readable: ");
        transport.delivery = receiver -> {};
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': the server did not say where the backup begins");
        transport.delivery = transport::deliverAll;
        transport.endTimeline = 2;
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': the server went from timeline 1 to 2 meanwhile");
    }

    @Test
    void namesTheBundleOfATransportThatThrowsWhatItMustNot() {
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            throw new IllegalStateException("a mistake");
        };

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(job.errorCode()).contains(8007);
        assertThat(job.error().orElseThrow())
                .startsWith("unable to back up server 'main': transport 'streaming' of bundle '")
                .endsWith("FakeTransport' failed: java.lang.IllegalStateException: a mistake");
        assertThat(repository.backups()).allMatch(backup -> backup.status() == BackupStatus.FAILED);
    }

    @Test
    void refusesTransportsThatNeedADirectoryWhereThereIsNone() {
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            assertThat(receiver.adopt(org.matriarch.api.repository.BackupPath.ofData("any")))
                    .isFalse();
            receiver.localDirectory(0, 1);
        };

        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                1001,
                "unable to back up server 'main': its repository lies in a store without directories, which 'streaming'"
                        + " needs");
        assertThat(transport.transfers).isEqualTo(1);
    }

    @Test
    void givesUpAFileThatIsClosedEarly() {
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            receiver.file(org.matriarch.api.repository.BackupPath.ofData("half"), 10, 0600, Instant.EPOCH)
                    .close();
            throw new TransportException("cut", false, null);
        };

        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': cut");
        assertThat(repository.open(repository.backups().get(0).id()).entries()).isEmpty();
    }

    @Test
    void retriesAndLeavesNothingOfTheBrokenTry() {
        transport.delivery = receiver -> {
            transport.delivery = transport::deliverAll;
            throw new TransportException("connection lost", true, null);
        };

        Job job = backups.create("main", options(Optional.empty(), 2, false));

        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(transport.transfers).isEqualTo(2);
        assertThat(repository.backups()).hasSize(1);
        assertThat(repository.backups().get(0).id().value()).isEqualTo(job.subject());
        assertThat(pauses).containsExactly(Duration.ofSeconds(7));
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void keepsTheLastBrokenTryAndEveryOneThatCannotBeRemoved() {
        transport.delivery = receiver -> {
            throw new TransportException("connection lost", true, null);
        };
        repository.faults().arm("delete", new MatriarchException(ErrorCode.STORE_FAILED, "busy", "x."));

        assertThat(backups.create("main", options(Optional.empty(), 2, false)).state())
                .isEqualTo(JobState.FAILED);

        assertThat(transport.transfers).isEqualTo(3);
        assertThat(repository.backups())
                .extracting(Backup::status)
                .containsOnly(BackupStatus.FAILED)
                .hasSize(2);
    }

    @Test
    void doesNotRepeatWhatCannotGetBetter() {
        for (RuntimeException failure : List.of(
                new MatriarchException(ErrorCode.STORE_FULL, "full", "x."),
                new MatriarchException(ErrorCode.POSTGRES_PRIVILEGE, "no", "x."))) {
            int before = transport.transfers;
            repository.faults().arm("write", failure);
            assertThat(backups.create("main", options(Optional.empty(), 2, false))
                            .state())
                    .isEqualTo(JobState.FAILED);
            assertThat(transport.transfers).isEqualTo(before + 1);
        }
        transport.delivery = receiver -> {
            throw new TransportException("names", false, null);
        };
        int before = transport.transfers;
        backups.create("main", options(Optional.empty(), 2, false));
        assertThat(transport.transfers).isEqualTo(before + 1);
    }

    @Test
    void saysWhatTheConnectionOrTheReceivingSideThrew() {
        postgres.baseBackup = listener -> {
            throw new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, "gone", "x.");
        };
        assertFailed(backups.create("main", BackupOptions.CONFIGURED), 7001, "gone");
        postgres.baseBackup = listener -> {
            throw new IOException("socket");
        };
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': java.io.IOException: socket");
        postgres.baseBackup = listener -> {
            listener.archiveEnd();
            listener.data(new byte[0], 0, 0);
            throw new IllegalStateException("not reached");
        };
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': data");
        postgres.baseBackup = listener -> {
            listener.archive(1);
            throw new IllegalStateException("not reached");
        };
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': archive");
        repository.faults().arm("file", new MatriarchException(ErrorCode.STORE_FULL, "full", "x."));
        postgres.baseBackup = listener -> {
            listener.started(FakeTransport.start());
            listener.manifest(new byte[1]);
            throw new IllegalStateException("not reached");
        };
        assertFailed(backups.create("main", BackupOptions.CONFIGURED), 2003, "full");
        postgres.streamingSystem = "88";
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                7003,
                "'streaming_conninfo' of server 'main' leads to the system 88, 'conninfo' to 77");
    }

    @Test
    void saysWhyItBrokeEvenIfTheStoreCannotTakeTheRecord() {
        repository.faults().arm("write", new MatriarchException(ErrorCode.STORE_FULL, "full", "x."));
        repository.faults().arm("updateStatus", new MatriarchException(ErrorCode.STORE_FAILED, "gone", "x."));

        assertFailed(backups.create("main", BackupOptions.CONFIGURED), 2003, "full");
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
    }

    @Test
    void isCancelledWithTheBackupFailed() {
        postgres.baseBackup = listener -> {
            throw new InterruptedException();
        };
        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.CANCELLED);
        postgres.baseBackup = listener -> new BaseBackupEnd(new Lsn(0x3000000), 1);
        transport.delivery = receiver -> {
            Thread.currentThread().interrupt();
            throw new MatriarchException(ErrorCode.STORE_FAILED, "write interrupted", "x.");
        };
        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.CANCELLED);

        assertThat(repository.backups()).allSatisfy(backup -> {
            assertThat(backup.status()).isEqualTo(BackupStatus.FAILED);
            assertThat(backup.error()).contains("the job was stopped");
        });
    }

    @Test
    void leavesNoStartedBackupBehindAMistakeOfOurs() {
        transport.delivery = receiver -> {
            throw new UncheckedIOException(new IOException("mistake"));
        };

        assertThat(backups.create("main", BackupOptions.CONFIGURED).error().orElseThrow())
                .contains("java.io.UncheckedIOException: java.io.IOException: mistake");
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
    }
}
