package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.matriarch.core.repository.internal.Samples.ID;
import static org.matriarch.core.repository.internal.Samples.writeWhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.repository.Repository;
import org.matriarch.storage.file.internal.FileObjectStore;

/** What is read once of a backup, and what is read again. */
final class KnownBackupsTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    Path home;

    private Repository repository;
    private Path info;

    @BeforeEach
    void writeBackup() throws IOException {
        repository = Samples.repository(
                new FileObjectStore(Map.of("matriarch.store.id", "default", "directory", home.toString())),
                home.resolve("main"));
        writeWhole(repository);
        info = home.resolve("main/meta/" + ID + "-backup.info");
        for (Path file : new Path[] {info, home.resolve("main/meta/" + ID + "-manifest.json")}) {
            Files.setLastModifiedTime(file, LONG_AGO);
        }
    }

    @Test
    void readsARecordOnceUntilItsTimeChanges() throws IOException {
        assertThat(name()).isEqualTo("weekly");

        rename("weekly", "secret", LONG_AGO);
        assertThat(name()).as("not read").isEqualTo("weekly");

        Files.setLastModifiedTime(info, FileTime.from(LONG_AGO.toInstant().plusMillis(1)));
        assertThat(name()).isEqualTo("secret");
    }

    @Test
    void readsARecordAgainThatMayHaveChangedWithinATick() throws IOException {
        FileTime now = FileTime.from(Instant.now().plusSeconds(60)); // it stays young however slow this machine is
        rename("weekly", "hourly", now);
        assertThat(name()).isEqualTo("hourly");

        rename("hourly", "yearly", now);
        assertThat(name()).isEqualTo("yearly");
    }

    @Test
    void seesWhatIsSetBesideTheRecord() throws IOException {
        assertThat(backup().retention()).isEqualTo(RetentionStatus.NONE);

        Path keep = home.resolve("main/meta/" + ID + "-keep");
        Files.writeString(keep, "standalone");
        assertThat(backup().retention()).isEqualTo(RetentionStatus.KEEP_STANDALONE);
        Files.delete(keep);
        assertThat(backup().retention()).isEqualTo(RetentionStatus.NONE);

        Path old = Files.createDirectories(home.resolve("main/base/" + ID + "/annotations"))
                .resolve("keep");
        Files.writeString(old, "full");
        assertThat(backup().retention()).isEqualTo(RetentionStatus.KEEP_FULL);
        Files.delete(old);
        assertThat(backup().retention()).isEqualTo(RetentionStatus.NONE);

        Files.writeString(home.resolve("main/meta/" + ID + "-delete_this"), "delete");
        assertThat(backup().status()).isEqualTo(BackupStatus.FAILED);
    }

    @Test
    void seesWhatItHasWrittenItselfAtOnce() {
        assertThat(backup().status()).isEqualTo(BackupStatus.WAITING_FOR_WALS);

        repository.updateStatus(ID, BackupStatus.DONE, Optional.empty());
        assertThat(backup().status()).isEqualTo(BackupStatus.DONE);
        repository.keep(ID, Optional.of(KeepTarget.FULL));
        assertThat(backup().retention()).isEqualTo(RetentionStatus.KEEP_FULL);
        repository.keep(ID, Optional.empty());
        assertThat(backup().retention()).isEqualTo(RetentionStatus.NONE);
        repository.delete(ID);
        assertThat(repository.backups()).isEmpty();
    }

    @Test
    void neverKeepsABackupThatIsBeingWritten() throws IOException {
        rename("status=WAITING_FOR_WALS", "status=STARTED", LONG_AGO);
        assertThat(backup().status()).isEqualTo(BackupStatus.STARTED);

        rename("weekly", "secret", LONG_AGO);
        assertThat(name()).isEqualTo("secret");
    }

    private Backup backup() {
        assertThat(repository.backups()).hasSize(1);
        return repository.backups().get(0);
    }

    private String name() {
        return backup().name().orElse("");
    }

    private void rename(String from, String to, FileTime time) throws IOException {
        String text = Files.readString(info);
        assertThat(text).contains(from);
        Files.writeString(info, text.replace(from, to));
        Files.setLastModifiedTime(info, time);
    }
}
