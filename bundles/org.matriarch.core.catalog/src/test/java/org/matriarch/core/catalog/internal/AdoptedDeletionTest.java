package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.core.repository.internal.FileRepositories;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** Deletions that Barman began, in directories as it leaves them: they are finished, and nothing else is touched. */
final class AdoptedDeletionTest {

    private static final String OLD = "20140723T110043";
    private static final String FIRST = "20261101T030000";
    private static final String SECOND = "20261102T030000";
    private static final String CHILD = "20261103T030000";
    private static final String LAST = "20261104T030000";

    @TempDir
    Path home;

    private FileRepositories repositories;
    private CatalogService catalog;

    @BeforeEach
    void leaveWhatBarmanLeft() throws IOException {
        write("base/%s/backup.info".formatted(OLD), info("DONE", 2));
        write("base/%s/annotations/keep".formatted(OLD), "standalone");
        write("base/%s/pgdata/PG_VERSION".formatted(OLD), "9.3");
        for (String id : List.of(FIRST, SECOND, CHILD, LAST)) {
            write("base/%s/data/PG_VERSION".formatted(id), "17");
            write("base/%s/data/base/1/1".formatted(id), "row");
        }
        record(FIRST, info("DONE", 4));
        record(SECOND, info("DONE", 6));
        record(CHILD, info("DONE", 7) + "parent_backup_id=%s\n".formatted(SECOND));
        record(LAST, info("DONE", 9));
        for (int number = 1; number <= 9; number++) {
            write("wals/0000000100000000/" + Fixtures.segment(1, number), "wal " + number);
        }
        write("wals/00000001.history", "");
        write("meta/notes.txt", "not ours");
    }

    @AfterEach
    void close() {
        repositories.close();
    }

    @Test
    void finishesItWithAllThatDependsOnIt() throws IOException {
        mark(SECOND);
        Files.delete(home.resolve("main/base/%s/data/PG_VERSION".formatted(SECOND))); // as far as Barman came
        var left = files();
        left.keySet().removeIf(file -> file.contains(SECOND) || file.contains(CHILD));

        assertThat(finishAll(Optional.of(new RetentionPolicy.Redundancy(1)))).containsExactly(SECOND);

        assertThat(files()).containsAllEntriesOf(left);
        assertThat(files().keySet()).noneMatch(file -> file.contains(SECOND) || file.contains(CHILD));
        assertThat(remaining()).containsExactly(OLD, FIRST, LAST);
    }

    @Test
    void finishesThatOfOneThatHasFailedAndOfOneOfAnOldBarman() throws IOException {
        Files.delete(home.resolve("main/base/%s/annotations/keep".formatted(OLD)));
        mark(OLD);
        record(LAST, info("FAILED", 9) + "error=failure copying files\n");
        mark(LAST);
        var left = files();
        left.keySet().removeIf(file -> file.contains(OLD) || file.contains(LAST));
        left.keySet().removeIf(file -> file.matches("wals/.*[123]$"));

        assertThat(finishAll(Optional.empty())).containsExactlyInAnyOrder(OLD, LAST);

        assertThat(files()).containsAllEntriesOf(left);
        assertThat(files().keySet()).noneMatch(file -> file.contains(OLD) || file.contains(LAST));
        assertThat(files().keySet()).noneMatch(file -> file.matches("wals/.*[123]$"));
        assertThat(remaining()).containsExactly(FIRST, SECOND, CHILD);
    }

    @Test
    void removesWalBehindOneThatIsKeptStandaloneOnlyIfThereIsAPolicy() throws IOException {
        mark(FIRST);
        assertThat(finishAll(Optional.empty())).containsExactly(FIRST);
        assertThat(archived()).hasSize(9);

        repositories.close();
        record(FIRST, info("DONE", 4));
        mark(FIRST);
        assertThat(finishAll(Optional.of(new RetentionPolicy.Redundancy(2)))).containsExactly(FIRST);
        assertThat(archived())
                .containsExactly(
                        Fixtures.segment(1, 2),
                        Fixtures.segment(1, 6),
                        Fixtures.segment(1, 7),
                        Fixtures.segment(1, 8),
                        Fixtures.segment(1, 9));
    }

    @Test
    void deletesABackupWhoseRecordIsNone() throws IOException {
        record(LAST, "scrambled");
        open(Optional.empty());
        var left = files();
        left.keySet().removeIf(file -> file.contains(LAST));
        assertThat(catalog.requireBackup("main", LAST).error())
                .hasValueSatisfying(error -> assertThat(error).contains("its record cannot be read"));

        Job job = catalog.delete(catalog.planDeletion("main", LAST));

        assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
        assertThat(files()).containsAllEntriesOf(left);
        assertThat(files().keySet()).noneMatch(file -> file.contains(LAST));
    }

    @Test
    void finishesThatOfABackupWhoseRecordIsNone() throws IOException {
        record(LAST, "scrambled");
        mark(LAST);

        assertThat(finishAll(Optional.empty())).containsExactly(LAST);

        assertThat(files().keySet()).noneMatch(file -> file.contains(LAST));
        assertThat(archived()).hasSize(9);
    }

    @Test
    void endsWithBackupsThatStandOnEachOther() throws IOException {
        record(SECOND, info("DONE", 6) + "parent_backup_id=%s\n".formatted(CHILD));
        open(Optional.empty());

        Job job = catalog.delete(catalog.planDeletion("main", SECOND));

        assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
        assertThat(remaining()).containsExactly(OLD, FIRST, LAST);
    }

    /** Goes on with deletions until there are none left, and returns of which backups they were. */
    private List<String> finishAll(Optional<RetentionPolicy> policy) {
        open(policy);
        return Stream.generate(() -> catalog.resumeDeletion("main"))
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .peek(job -> assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE))
                .map(job -> job.subject())
                .toList();
    }

    private void open(Optional<RetentionPolicy> policy) {
        repositories = new FileRepositories(home);
        var server = new ServerBuilder("main", home.resolve("main"))
                .repository(new RepositorySettings("file", "plain", "none", Optional.empty(), 2, policy))
                .build();
        catalog = new CatalogService(
                new FixedServers(server),
                repositories.asService(),
                DirectJobs.inline(),
                new CatalogService.Reports(
                        new RecordingEvents(), new RecordingHooks(), Fixtures.RECORDED, Clock.systemUTC()),
                new Rechecks());
    }

    private List<String> remaining() {
        return catalog.backups("main").stream()
                .map(Backup::id)
                .map(BackupId::value)
                .toList();
    }

    private List<String> archived() throws IOException {
        return files().keySet().stream()
                .filter(file -> file.startsWith("wals/0"))
                .filter(file -> !file.endsWith(".history"))
                .map(file -> file.substring(file.lastIndexOf('/') + 1))
                .toList();
    }

    private void mark(String id) throws IOException {
        write("meta/%s-delete_this".formatted(id), "delete");
    }

    private void record(String id, String info) throws IOException {
        write("meta/%s-backup.info".formatted(id), info);
    }

    /** Returns the record of a backup that begins and ends in one segment. */
    private static String info(String status, int segment) {
        return """
                version=170000
                mode=postgres
                status=%s
                timeline=1
                begin_xlog=0/%X000028
                end_xlog=0/%X000100
                """.formatted(status, segment, segment);
    }

    private void write(String file, String content) throws IOException {
        Path path = home.resolve("main").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    /** Returns the content of each file of the server, but not what we keep for ourselves. */
    private Map<String, String> files() throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> walked = Files.walk(home.resolve("main"))) {
            for (Path file : walked.filter(Files::isRegularFile).toList()) {
                files.put(home.resolve("main").relativize(file).toString(), Files.readString(file));
            }
        }
        files.remove("wals/main-xlog.db");
        return files;
    }
}
