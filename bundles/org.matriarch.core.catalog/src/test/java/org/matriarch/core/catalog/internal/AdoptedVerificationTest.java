package org.matriarch.core.catalog.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.FileChecksum;
import org.matriarch.api.repository.FileChecksum.Algorithm;
import org.matriarch.testkit.job.DirectJobs;

/** Verification of backups that Barman took: by PostgreSQL's manifest, if there is one, and of archives in their order. */
final class AdoptedVerificationTest {

    private final AdoptedReader reader = new AdoptedReader();

    @Test
    void comparesWithPostgresManifest() {
        reader.add("PG_VERSION", "16\n", "16\n").add("altered", "new", "old").add("backup_manifest", "{}", null);

        for (boolean archived : new boolean[] {false, true}) {
            reader.archived = archived;
            BackupVerification outcome = verify(false);

            assertThat(outcome.problems())
                    .containsExactly(
                            "'altered' was altered: CRC32C %s, the manifest says %s".formatted(sum("new"), sum("old")));
            assertThat(outcome.unchecked()).isEmpty();
            assertThat(outcome.filesChecked()).isEqualTo(3);
            assertThat(outcome.bytesRead()).isEqualTo(8);
        }
    }

    @Test
    void saysWhatCannotBeChecked() {
        reader.add("one", "1", null).add("two", "2", null);
        assertThat(verify(false))
                .isEqualTo(new BackupVerification(
                        2,
                        2,
                        List.of(),
                        List.of("the content of its files, since there is no manifest of them: that they can be read is"
                                + " all that is known")));
        assertThat(verify(true).unchecked()).isEmpty();

        reader.add("three", "3", "3");
        assertThat(verify(false).unchecked())
                .containsExactly(
                        "the content of 2 files that no manifest lists, of which only that they can be read is known");
        reader.contents.remove(BackupPath.ofData("two"));
        reader.entries.remove(BackupPath.ofData("two"));
        assertThat(verify(false).unchecked())
                .containsExactly(
                        "the content of 1 file that no manifest lists, of which only that it can be read is known");
    }

    @Test
    void missesWhatAnArchiveDoesNotHold() {
        reader.archived = true;
        reader.add("lost", "1", "1").add("there", "22", "22");
        reader.contents.remove(BackupPath.ofData("lost"));

        assertThat(verify(false).problems()).containsExactly("'lost' is missing");
        assertThat(verify(true)).isEqualTo(new BackupVerification(2, 0, List.of("'lost' is missing")));
    }

    @Test
    void saysThatAnArchiveIsDamaged() {
        reader.archived = true;
        reader.add("there", "22", "22");
        reader.failure = new MatriarchException(ErrorCode.BACKUP_CORRUPT, "unable to read archive 'x'", "look.");

        assertThat(verify(false).problems()).containsExactly("unable to read archive 'x'");
        reader.failure = new MatriarchException(ErrorCode.STORE_FAILED, "the store is away", "look.");
        assertThat(job(false).error()).contains("the store is away");
        reader.archived = false;
        reader.failure = new MatriarchException(ErrorCode.BACKUP_CORRUPT, "unable to list", "look.");
        assertThat(job(false).error()).contains("unable to list");
    }

    private @Nullable BackupVerification outcome;

    private BackupVerification verify(boolean fast) {
        outcome = null;
        Job job = job(fast);
        return Objects.requireNonNull(outcome, job.toString());
    }

    private Job job(boolean fast) {
        return DirectJobs.inline()
                .submit(
                        new JobRequest("backup:verify", "main", "", Optional.empty()),
                        context -> outcome = new BackupVerifier(reader, fast, context).verify());
    }

    private static String sum(String content) {
        FileChecksum.Running running = new FileChecksum(Algorithm.CRC32C, "").begin();
        running.update(ByteBuffer.wrap(content.getBytes(UTF_8)));
        return running.end();
    }

    /** A backup of Barman's in memory. */
    private static final class AdoptedReader implements BackupReader {

        private final Map<BackupPath, BackupEntry> entries = new LinkedHashMap<>();
        private final Map<BackupPath, String> contents = new LinkedHashMap<>();
        private boolean archived;
        private @Nullable MatriarchException failure;

        AdoptedReader add(String path, String content, @Nullable String listed) {
            BackupPath place = BackupPath.ofData(path);
            contents.put(place, content);
            entries.put(
                    place,
                    new BackupEntry(
                            place,
                            false,
                            content.length(),
                            0600,
                            Instant.EPOCH,
                            Optional.empty(),
                            Optional.ofNullable(listed).map(text -> new FileChecksum(Algorithm.CRC32C, sum(text)))));
            return this;
        }

        @Override
        public Backup backup() {
            return Fixtures.backup(1, BackupStatus.DONE, 1, 1, 1);
        }

        @Override
        public List<BackupEntry> entries() {
            if (failure != null) {
                throw failure;
            }
            return List.copyOf(entries.values());
        }

        @Override
        public Optional<Instant> serverTime() {
            return Optional.empty();
        }

        @Override
        public InputStream open(BackupPath path) {
            return new ByteArrayInputStream(contents.getOrDefault(path, "").getBytes(UTF_8));
        }

        @Override
        public boolean isArchived() {
            return archived;
        }

        @Override
        public void readAll(Visitor visitor) throws IOException, InterruptedException {
            for (Map.Entry<BackupPath, String> content : contents.entrySet()) {
                visitor.file(Objects.requireNonNull(entries.get(content.getKey())), open(content.getKey()));
            }
        }

        @Override
        public Optional<Path> localFile(BackupPath path) {
            return Optional.empty();
        }
    }
}
