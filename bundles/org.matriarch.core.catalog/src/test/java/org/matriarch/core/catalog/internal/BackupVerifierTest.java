package org.matriarch.core.catalog.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryRepository;

final class BackupVerifierTest {

    private final InMemoryRepository repository = new InMemoryRepository("main");

    @TempDir
    private Path directory;

    @BeforeEach
    void addABackup() {
        repository.add(Fixtures.backup(1, BackupStatus.DONE, 1, 1, 1));
    }

    @Test
    void findsASoundBackupSound() throws Exception {
        for (int i = 0; i < 100; i++) {
            addLocal("base/1/" + i, "content " + i);
        }
        addLocal("PG_VERSION", "16");
        repository.addFile(Fixtures.id(1), directory("base/1"), new byte[0], Optional.empty());

        BackupVerification outcome = verify(false);

        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.filesChecked()).isEqualTo(101);
        assertThat(outcome.bytesRead()).isEqualTo(2 + 10 * 9 + 90 * 10);
        assertThat(verify(true)).isEqualTo(new BackupVerification(101, 0, java.util.List.of()));
    }

    @Test
    void namesEveryFileThatIsNotAsTheManifestSays() throws Exception {
        addLocal("PG_VERSION", "16");
        Path missing = addLocal("base/missing", "x");
        Files.delete(missing);
        Path shorter = addLocal("base/shorter", "12345");
        Files.writeString(shorter, "1234");
        Files.writeString(directory.resolve("base/extra"), "x");
        addRemote("altered", "new", 3, Optional.of("old"));
        addRemote("longer", "longer", 3, Optional.empty());
        addRemote("adopted", "abc", 3, Optional.empty());
        addRemote("lost", "abc", 3, Optional.empty());
        repository.loseFile(Fixtures.id(1), BackupPath.ofData("lost"));

        assertThat(verify(false).problems())
                .containsExactly(
                        "'altered' was altered: SHA-256 %s, the manifest says %s"
                                .formatted(sha256("new"), sha256("old")),
                        "'base/extra' is not in the manifest",
                        "'base/missing' is missing",
                        "'base/shorter' has 4 bytes, the manifest says 5",
                        "'longer' has 6 bytes, the manifest says 3",
                        "'lost' is missing");
        assertThat(verify(true).problems())
                .containsExactly(
                        "'base/extra' is not in the manifest",
                        "'base/missing' is missing",
                        "'base/shorter' has 4 bytes, the manifest says 5",
                        "'lost' is missing");
    }

    @Test
    void saysWhichFileCannotBeRead() throws Exception {
        addRemote("a", "abc", 3, Optional.empty());
        repository.faults().arm("read", new java.io.UncheckedIOException(new IOException("bad sector")));

        assertThat(verify(false).problems()).containsExactly("'a' cannot be read: java.io.IOException: bad sector");
    }

    @Test
    void endsWhenTheStoreFails() throws Exception {
        addRemote("a", "abc", 3, Optional.empty());
        repository.faults().arm("read", new MatriarchException(ErrorCode.STORE_FAILED, "no store", "look."));

        assertThat(job(false).error()).contains("no store");
    }

    @Test
    void stopsWhenItsJobIsCancelled() throws Exception {
        addRemote("a", "abc", 3, Optional.empty());

        Job job = DirectJobs.inline().submit(new JobRequest("backup:verify", "main", "", Optional.empty()), context -> {
            Thread.currentThread().interrupt();
            new BackupVerifier(repository.open(Fixtures.id(1)), false, context).verify();
        });

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }

    private BackupVerification outcome;

    private BackupVerification verify(boolean fast) {
        job(fast);
        return outcome;
    }

    private Job job(boolean fast) {
        return DirectJobs.inline()
                .submit(
                        new JobRequest("backup:verify", "main", "", Optional.empty()),
                        context ->
                                outcome = new BackupVerifier(repository.open(Fixtures.id(1)), fast, context).verify());
    }

    private Path addLocal(String path, String content) throws Exception {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        repository.addFile(
                Fixtures.id(1),
                entry(path, content.length(), Optional.of(sha256(content))),
                content.getBytes(UTF_8),
                Optional.of(file));
        return file;
    }

    private void addRemote(String path, String content, long size, Optional<String> original) throws Exception {
        Optional<String> sum = original.isPresent() ? Optional.of(sha256(original.get())) : Optional.empty();
        repository.addFile(Fixtures.id(1), entry(path, size, sum), content.getBytes(UTF_8), Optional.empty());
    }

    private static BackupEntry entry(String path, long size, Optional<String> sha256) {
        return new BackupEntry(BackupPath.ofData(path), false, size, 0600, Instant.EPOCH, sha256);
    }

    private static BackupEntry directory(String path) {
        return new BackupEntry(BackupPath.ofData(path), true, 0, 0700, Instant.EPOCH, Optional.empty());
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    }
}
