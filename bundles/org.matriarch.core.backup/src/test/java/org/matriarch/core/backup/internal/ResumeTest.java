package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/** What a backup takes over from those that broke before it. */
final class ResumeTest extends BackupScene {

    private static final Instant OLD = Instant.EPOCH;
    private static final BackupPath ONE = BackupPath.ofData("one");
    private static final BackupPath TWO = BackupPath.ofData("two");

    private final List<BackupPath> copied = new ArrayList<>();
    private boolean cut;

    @BeforeEach
    void copyFiles() {
        postgres.serverTime = OLD.plusSeconds(1);
        transport.manifest = new byte[0];
        transport.files.remove("PG_VERSION");
        transport.delivery = this::deliver;
    }

    @Test
    void goesOnWithWhatABrokenBackupHasStored() {
        Backup broken = breakOff();

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(copied).containsExactly(TWO);
        assertThat(repository.backups()).singleElement().satisfies(backup -> {
            assertThat(backup.id().value())
                    .isEqualTo(job.subject())
                    .isNotEqualTo(broken.id().value());
            assertThat(backup.size().fileCount()).isEqualTo(3);
        });
        assertThat(repository.open(new BackupId(job.subject())).open(ONE)).hasContent("content of one");
        String resumed = "resumed 1 of 1 files, 0.0 MiB of 0.0 MiB, from broken backup '%s'".formatted(broken.id());
        assertThat(job.progress().step()).isEqualTo(resumed);
        assertThat(jobs.steps(job.id())).contains("copying files; " + resumed, "deleting broken backup " + broken.id());
        assertThat(job.progress().doneBytes()).isEqualTo(33);
    }

    @Test
    void cleansUpAfterABackupThatHasStoredNothing() {
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            throw new TransportException("cut", false, null);
        };
        backups.create("main", BackupOptions.CONFIGURED);
        transport.delivery = this::deliver;

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(repository.backups())
                .singleElement()
                .matches(backup -> backup.id().value().equals(job.subject()));
        assertThat(job.progress().step()).isEmpty();
    }

    @Test
    void goesOnInTheNextTryOfTheSameJob() {
        cut = true;

        Job job = backups.create("main", options(Optional.empty(), 1, false));

        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(copied).containsExactly(ONE, TWO);
        assertThat(repository.backups()).hasSize(1);
        assertThat(job.progress().step()).startsWith("resumed 1 of 1 files");
    }

    @Test
    void takesFilesOfSeveralOfTheNewestThatHasThem() {
        Backup first = breakOff();
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            receiver.reuse(BackupPath.ofData("three"), 1, 0600, OLD);
            copy(receiver, TWO, OLD);
            throw new TransportException("cut", false, null);
        };
        backups.create("main", BackupOptions.CONFIGURED);
        Backup second = newest();
        copied.clear();
        transport.delivery = this::deliver;

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(copied).isEmpty();
        assertThat(job.progress().step())
                .isEqualTo("resumed 2 of 2 files, 0.0 MiB of 0.0 MiB, from broken backup '%s', '%s'"
                        .formatted(second.id(), first.id()));
        assertThat(repository.backups()).hasSize(1);
    }

    @Test
    void takesNothingThatHasChangedOrMayHave() {
        breakOff();
        for (Instant modified : List.of(OLD.plusSeconds(1), OLD.minusSeconds(1))) {
            assertThat(asked(ONE, 14, modified)).isFalse();
        }
        assertThat(asked(ONE, 15, OLD)).isFalse();
        assertThat(asked(TWO, 14, OLD)).isFalse();
        assertThat(asked(ONE, 14, OLD)).isTrue();
    }

    @Test
    void takesNothingWhoseTimeProvesNothing() {
        postgres.serverTime = OLD.plusMillis(999);
        breakOff();

        assertThat(asked(ONE, 14, OLD)).isFalse();
    }

    @Test
    void takesNothingThatIsDamagedOrLost() {
        Backup broken = breakOff();
        BackupEntry entry =
                repository.findBroken(broken.id()).orElseThrow().files().get(0);
        repository.addFile(broken.id(), entry, "CONTENT of one".getBytes(UTF_8), Optional.empty());
        assertThat(asked(ONE, 14, OLD)).isFalse();
        repository.loseFile(broken.id(), ONE);
        assertThat(asked(ONE, 14, OLD)).isFalse();
    }

    @Test
    void takesNothingFromAnotherServer() {
        Backup broken = breakOff();
        postgres.settings = Map.of("wal_level", "replica", "data_directory", "/elsewhere");
        backups.create("main", BackupOptions.CONFIGURED);

        assertThat(copied).containsExactly(ONE, TWO);
        assertThat(repository.findBackup(broken.id())).contains(broken);
    }

    @Test
    void takesNothingIfItIsNotTo() {
        Backup broken = breakOff();
        var configured = BackupOptions.CONFIGURED;

        Job job = backups.create(
                "main",
                new BackupOptions(
                        configured.name(),
                        configured.immediateCheckpoint(),
                        configured.bandwidthLimitKib(),
                        configured.jobs(),
                        configured.reuse(),
                        false,
                        configured.retryTimes(),
                        configured.retrySleep(),
                        configured.waitForWal(),
                        configured.waitTimeout()));

        assertThat(copied).containsExactly(ONE, TWO);
        assertThat(repository.findBackup(broken.id())).contains(broken);
        assertThat(job.progress().step()).isEmpty();
    }

    @Test
    void keepsTheBrokenBackupUntilTheNewOneIsWhole() {
        Backup broken = breakOff();
        repository.faults().arm("finish", new MatriarchException(ErrorCode.STORE_FULL, "full", "x."));

        backups.create("main", BackupOptions.CONFIGURED);

        assertThat(repository.backups()).hasSize(2).contains(broken);
        copied.clear();
        backups.create("main", BackupOptions.CONFIGURED);
        assertThat(copied).isEmpty();
        assertThat(repository.backups()).hasSize(1);
    }

    @Test
    void isAsGoodIfTheBrokenBackupCannotBeDeleted() {
        breakOff();
        repository.faults().arm("delete", new MatriarchException(ErrorCode.STORE_FAILED, "busy", "x."));

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        assertThat(repository.backups())
                .extracting(backup -> backup.status().hasAllFiles())
                .containsExactly(false, true);
        backups.create("main", BackupOptions.CONFIGURED);
        assertThat(repository.backups())
                .hasSize(2)
                .allMatch(backup -> backup.status().hasAllFiles());
    }

    @Test
    void leavesABrokenBackupAloneThatATransportDoesNotAskAbout() {
        Backup broken = breakOff();
        transport.delivery = transport::deliverAll;

        backups.create("main", BackupOptions.CONFIGURED);

        assertThat(repository.findBackup(broken.id())).contains(broken);
    }

    /** Takes a backup that breaks after its first file. */
    private Backup breakOff() {
        cut = true;
        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.FAILED);
        assertThat(copied).containsExactly(ONE);
        copied.clear();
        return newest();
    }

    private Backup newest() {
        return repository.backups().get(repository.backups().size() - 1);
    }

    private void deliver(TransferReceiver receiver) throws IOException {
        receiver.started(FakeTransport.start());
        receiver.directory(BackupPath.ofData("base"), 0700, OLD);
        for (BackupPath path : List.of(ONE, TWO)) {
            if (!receiver.reuse(path, ("content of " + path).length(), 0600, OLD)) {
                copy(receiver, path, OLD);
            }
            if (cut) {
                cut = false;
                throw new TransportException("cut", true, null);
            }
        }
        transport.deliverRest(receiver);
    }

    private void copy(TransferReceiver receiver, BackupPath path, Instant modified) throws IOException {
        copied.add(path);
        byte[] content = ("content of " + path).getBytes(UTF_8);
        try (TransferFile file = receiver.file(path, content.length, 0600, modified)) {
            file.write(content, 0, content.length);
        }
    }

    /** Returns the answer to one question of a backup that comes to nothing and leaves nothing. */
    private boolean asked(BackupPath path, long sizeBytes, Instant modified) {
        boolean[] answer = new boolean[1];
        transport.delivery = receiver -> {
            receiver.started(FakeTransport.start());
            answer[0] = receiver.reuse(path, sizeBytes, 0600, modified);
            throw new TransportException("enough", false, null);
        };
        Job job = backups.create("main", BackupOptions.CONFIGURED);
        repository.delete(new BackupId(job.subject()));
        return answer[0];
    }
}
