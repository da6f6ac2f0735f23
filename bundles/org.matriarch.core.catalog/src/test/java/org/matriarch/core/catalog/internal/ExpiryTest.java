package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.catalog.internal.Fixtures.backup;
import static org.matriarch.core.catalog.internal.Fixtures.id;
import static org.matriarch.core.catalog.internal.Fixtures.kept;
import static org.matriarch.core.catalog.internal.Fixtures.segment;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

/** What the retention policy has deleted, to the name, and that nothing that is needed goes. */
final class ExpiryTest {

    private static final RepositorySettings POLICY = new RepositorySettings(
            "default", "plain", "none", Optional.empty(), 0, Optional.of(new RetentionPolicy.Redundancy(1)));

    private final InMemoryRepository repository = new InMemoryRepository("main");
    private final DirectJobs jobs = DirectJobs.inline();
    private final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch"))
            .repository(POLICY)
            .build());
    private final CatalogService catalog = new CatalogService(
            servers,
            repository,
            jobs,
            new CatalogService.Reports(
                    new RecordingEvents(), new RecordingHooks(), Fixtures.RECORDED, new MutableClock(Instant.EPOCH)),
            new Rechecks());

    /**
     * Backups oldest first, each with what the policy says of it and where it lies: timeline, first and last segment, and after
     * ^ the number of the backup that it stands on. WAL by timeline and number; b stands for the label of a backup, h for a
     * history.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "V:1:3-4                       | 1:1 1:2 1:3 1:4 1:5      | -   | 1:1 1:2",
                "V:1:3-4 V:1:6-7               | 1:1 1:2 1:3 1:6          | -   | -",
                "W:1:3-4                       | 1:1 1:2 1:3 1:4          | -   | -",
                "X:1:3-4                       | 1:1 1:2 1:3 1:4          | -   | -",
                "V:1:3-4 X:1:5-5               | 1:1 1:3 1:5              | -   | 1:1",
                "V:1:3-4 W:1:6-6               | 1:1 1:3 1:5              | -   | -",
                "F:1:3-4                       | 1:1 1:2 1:3 1:5          | -   | 1:1 1:2",
                "O:1:3-4 V:1:6-7               | 1:1 1:3 1:4 1:5 1:6 1:7  | 1   | 1:1 1:3 1:4 1:5",
                "O:1:3-4 O:1:6-7 V:1:9-9       | 1:3 1:4 1:6 1:8 1:9      | 1 2 | 1:3 1:4 1:6 1:8",
                "O:1:3-4 P:1:6-7 V:1:9-9       | 1:3 1:6 1:9              | 1   | 1:3",
                "O:1:3-4 X:1:4-4 V:1:6-7       | 1:3 1:4 1:5 1:6          | 1   | 1:3 1:4 1:5",
                "O:1:3-4 W:1:6-7               | 1:3 1:4 1:5 1:6          | 1   | 1:3 1:4 1:5",
                "O:1:3-4 V:1:6-7               | h1 1:3 1:5b 1:6 1:6b h2  | 1   | 1:3 1:5b",
                "V:1:3-4 O:1:6-7 V:1:9-9       | 1:1 1:3 1:6 1:8          | 2   | -",
                "F:1:3-4 O:1:6-7 V:1:9-9       | 1:1 1:3 1:6 1:8          | 2   | -",
                "O:1:3-4 F:1:6-7 O:1:9-9       | 1:3 1:5 1:6 1:8 1:9      | 1 3 | 1:3 1:5",
                "S:1:3-4 O:1:6-7 V:1:9-9       | 1:1 1:3 1:4 1:5 1:6 1:9  | 2   | 1:1 1:5 1:6",
                "S:1:3-4 O:1:6-7 V:1:9-9       | 1:3 1:3b 1:4 1:4b 1:5b   | 2   | 1:5b",
                "O:1:1-1 S:1:3-4 O:1:6-7 V:1:9-9 | 1:1 1:2 1:3 1:4 1:5 1:6 1:9 | 1 3 | 1:1 1:2 1:5 1:6",
                "O:1:1-1 S:1:3-4 V:1:9-9       | 1:1 1:2 1:3 1:4 1:5 1:8 1:9 | 1 | 1:1 1:2 1:5 1:8",
                "S:1:1-2 S:1:4-5 O:1:7-7 V:1:9-9 | 1:1 1:2 1:3 1:4 1:5 1:6 1:7 1:9 | 3 | 1:3 1:6 1:7",
                "O:1:3-4 S:1:6-7               | 1:1 1:3 1:5 1:6 1:7 1:8  | 1   | 1:1",
                "O:1:3-4 V:2:6-7               | 1:3 1:5 2:5 2:6          | 1   | 1:3 1:5 2:5",
                "O:1:3-4 V:2:6-7 V:1:8-8       | 1:3 1:5 2:5 2:6          | 1   | 2:5",
                "S:1:3-4 O:2:6-7 V:2:9-9       | 1:1 1:3 1:4 1:5 2:6 2:8 2:9 | 2 | 2:6 2:8",
                "V:2:6-7                       | 1:3 1:9 2:5 2:6          | -   | 1:3 1:9 2:5",
                "O:1:3-4 V:1:6-7 N             | 1:3 1:5 1:6              | 1   | -",
                "S:1:3-4 O:1:5-5^1 V:1:9-9     | 1:1 1:3 1:3b 1:4 1:5 1:5b 1:8 1:9 | 2 | 1:1 1:5 1:5b 1:8",
                "S:1:3-4 O:1:5-5^1 O:1:6-6^2 V:1:9-9 | 1:2 1:3 1:5 1:6 1:8 1:9 | 3 2 | 1:2 1:5 1:6 1:8",
                "S:1:3-4 O:1:5-5^1 O:1:6-6^1 O:1:7-7^2 V:1:9-9 | 1:4 1:5 1:6 1:7 1:8 1:9 | 4 2 3 | 1:5 1:6 1:7 1:8",
                "S:1:3-4 O:1:5-5^1 X:1:6-6^2 V:1:9-9 | 1:1 1:4 1:6 1:9   | 3 2 | 1:1 1:6",
                "S:1:3-4 X:1:5-5^1 V:1:9-9     | 1:1 1:4 1:5 1:9          | -   | -",
                "S:1:3-4 P:1:5-5^1 V:1:9-9     | 1:1 1:4 1:5 1:9          | -   | -",
                "S:1:3-4 V:1:5-5^1 V:1:6-6^2   | 1:1 1:4 1:5 1:9          | -   | -",
                "S:1:3-4 O:1:5-5^1 O:1:6-7 V:1:9-9 | 1:1 1:3 1:5 1:6 1:8 1:9 | 2 3 | 1:1 1:5 1:6 1:8",
                "S:1:3-4 O:1:6-7 O:1:8-8^1 V:1:9-9 | 1:1 1:3 1:5 1:6 1:8 1:9 | 2 3 | 1:1 1:5 1:6 1:8",
                "S:1:3-4 V:1:6-7 O:1:8-8^1 V:1:9-9 | 1:1 1:3 1:5 1:6 1:8 1:9 | 3 | -",
                "F:1:1-1 S:1:3-4 O:1:5-5^2 V:1:9-9 | 1:1 1:2 1:3 1:5 1:8 | 3   | -",
                "O:1:1-1 O:1:2-2^1 S:1:4-4 O:1:5-5^3 V:1:9-9 | 1:1 1:2 1:3 1:4 1:5 1:8 1:9 | 2 1 4 | 1:1 1:2 1:3 1:5 1:8",
                "S:1:3-4 O:1:5-5^1 S:1:7-7 O:1:8-8^3 V:1:9-9 | 1:1 1:3 1:5 1:6 1:7 1:8 1:9 | 2 4 | 1:1 1:5 1:6 1:8",
                "S:1:3-4 O:1:6-6^1 S:1:8-8     | 1:1 1:3 1:5 1:6 1:7 1:8  | 2   | 1:1 1:5",
                "S:1:3-4 O:1:5-5^1 V:2:7-7     | h2 1:1 1:3 1:5 1:9 2:6 2:7 | 2 | 2:6",
                "S:1:3-4 O:1:5-5^1 V:1:8-8 N   | 1:1 1:5 1:7              | 2   | -",
                "O:1:3-4 X:1:5-5^1 O:1:6-6^2 V:1:9-9 | 1:1 1:3 1:6 1:9   | 3 2 1 | 1:1 1:3 1:6",
                "S:1:3-4 W:1:5-5^1 O:1:6-6^2 V:1:9-9 | 1:1 1:4 1:5 1:6   | 3   | -",
            })
    void removesToTheName(String backups, String wal, String goingBackups, String goingWal) {
        String[] words = backups.strip().split(" +", -1);
        for (int i = 0; i < words.length; i++) {
            repository.add(backupOf(i + 1, words[i]));
        }
        words(wal).forEach(word -> repository.wal().add(walOf(word)));

        DeletionPlan plan = catalog.plan("main");

        assertThat(plan.backups())
                .extracting(Backup::id)
                .containsExactlyElementsOf(words(goingBackups)
                        .map(Integer::valueOf)
                        .map(Fixtures::id)
                        .toList());
        assertThat(plan.wal())
                .extracting(WalFileName::value)
                .containsExactlyInAnyOrderElementsOf(
                        words(goingWal).map(ExpiryTest::walOf).toList());
        assertThat(plan.isEmpty())
                .isEqualTo(goingBackups.strip().equals("-") && goingWal.strip().equals("-"));
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.strip().split(" +", -1)).filter(word -> !word.equals("-"));
    }

    private static Backup backupOf(int day, String word) {
        if (word.equals("N")) {
            return backup(day, BackupStatus.STARTED);
        }
        String[] parts = word.split("[:^-]", -1);
        BackupStatus status = switch (parts[0]) {
            case "X" -> BackupStatus.FAILED;
            case "W" -> BackupStatus.WAITING_FOR_WALS;
            default -> BackupStatus.DONE;
        };
        RetentionStatus retention = switch (parts[0]) {
            case "V" -> RetentionStatus.VALID;
            case "O" -> RetentionStatus.OBSOLETE;
            case "P" -> RetentionStatus.POTENTIALLY_OBSOLETE;
            case "F" -> RetentionStatus.KEEP_FULL;
            case "S" -> RetentionStatus.KEEP_STANDALONE;
            default -> RetentionStatus.NONE;
        };
        Backup backup = kept(
                backup(day, status, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3])),
                retention);
        return parts.length > 4 ? Fixtures.childOf(backup, id(Integer.parseInt(parts[4]))) : backup;
    }

    private static String walOf(String word) {
        if (word.startsWith("h")) {
            return "0000000%s.history".formatted(word.charAt(1));
        }
        String[] parts = word.replace("b", "").split(":", -1);
        String name = segment(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        return word.endsWith("b") ? name + ".00000028.backup" : name;
    }

    @Test
    void deletesWhatIsObsoleteWithWhatDependsOnIt() {
        threeBackups();
        Job job = catalog.apply(catalog.plan("main"));

        assertThat(job.error()).isEmpty();
        assertThat(job.kind()).isEqualTo("retention:apply");
        assertThat(repository.backups()).extracting(Backup::id).containsExactly(id(3));
        assertThat(archived()).containsExactly(segment(1, 6), segment(1, 7));
        assertThat(catalog.plan("main").isEmpty()).isTrue();
    }

    @Test
    void plansNothingWithoutAPolicy() {
        threeBackups();
        servers.put(new ServerBuilder("main", Path.of("/srv/matriarch")).build());

        assertThat(catalog.plan("main").isEmpty()).isTrue();
    }

    @Test
    void leavesTheRestOfAChainOfWhichAJobReadsABackup() {
        repository.add(kept(backup(1, BackupStatus.DONE, 1, 3, 4), RetentionStatus.KEEP_STANDALONE));
        repository.add(kept(Fixtures.childOf(backup(2, BackupStatus.DONE, 1, 5, 5), id(1)), RetentionStatus.OBSOLETE));
        repository.add(kept(Fixtures.childOf(backup(3, BackupStatus.DONE, 1, 6, 6), id(2)), RetentionStatus.OBSOLETE));
        repository.add(kept(backup(4, BackupStatus.DONE, 1, 9, 9), RetentionStatus.VALID));
        archive(1, 3, 4, 5, 6, 7, 8, 9);
        jobs.pretend("backup:restore", "main", id(3).value());
        assertThat(catalog.plan("main").isEmpty()).isTrue();
        jobs.forget();

        Job job = catalog.apply(catalog.plan("main"));

        assertThat(job.error()).isEmpty();
        assertThat(repository.backups()).extracting(Backup::id).containsExactly(id(1), id(4));
        assertThat(archived()).containsExactly(segment(1, 3), segment(1, 4), segment(1, 9));
    }

    @Test
    void deletesAnObsoleteChainWithItsRootOrNotAtAll() {
        threeBackups();
        jobs.pretend("backup:verify", "main", id(1).value());

        assertThat(catalog.plan("main").isEmpty()).isTrue();
    }

    @Test
    void leavesABackupThatAJobReadsAndTheWalThatItNeeds() {
        threeBackups();
        jobs.pretend("backup:restore", "main", id(2).value()); // the child of the obsolete one

        assertThat(catalog.plan("main").isEmpty()).isTrue();
        jobs.forget();
        assertThat(catalog.plan("main").backups()).hasSize(2);
    }

    @Test
    void sparesWhatWasKeptAfterThePlan() {
        repository.add(kept(backup(1, BackupStatus.DONE, 1, 3, 4), RetentionStatus.OBSOLETE));
        repository.add(kept(backup(2, BackupStatus.DONE, 1, 5, 5), RetentionStatus.OBSOLETE));
        repository.add(kept(backup(3, BackupStatus.DONE, 1, 8, 8), RetentionStatus.VALID));
        archive(3, 4, 5, 6, 7, 8);
        DeletionPlan plan = catalog.plan("main");
        catalog.keep("main", id(1).value(), Optional.of(KeepTarget.FULL));

        catalog.apply(plan);

        assertThat(repository.backups()).extracting(Backup::id).containsExactly(id(1), id(3));
        assertThat(archived()).hasSize(6);
    }

    @Test
    void finishesWhatBrokeAtAnyStepAndNeverTakesWhatIsNeeded() {
        for (String step : List.of("updateStatus", "wal.delete", "delete")) {
            for (BackupId old : repository.backups().stream().map(Backup::id).toList()) {
                repository.delete(old);
            }
            threeBackups();
            repository.add(kept(backup(0, BackupStatus.DONE, 1, 1, 1), RetentionStatus.KEEP_STANDALONE));
            archive(1, 2);
            DeletionPlan plan = catalog.plan("main");
            repository.faults().arm(step, new MatriarchException(ErrorCode.STORE_FAILED, "disk " + step, "look."));

            assertThat(catalog.apply(plan).error()).as(step).contains("disk " + step);

            assertThat(repository.findBackup(id(3)).orElseThrow().status()).isEqualTo(BackupStatus.DONE);
            assertThat(archived()).as(step).contains(segment(1, 1), segment(1, 6), segment(1, 7));
            var broken = new HashSet<>(catalog.deletions().broken("main"));
            while (!broken.isEmpty()) {
                catalog.deletions().resume("main", broken);
            }
            catalog.apply(catalog.plan("main"));
            assertThat(repository.backups()).as(step).extracting(Backup::id).containsExactly(id(0), id(3));
            assertThat(archived()).as(step).containsExactly(segment(1, 1), segment(1, 6), segment(1, 7));
        }
    }

    @Test
    void goesOnWithADeletionThatBrokeWhenAsked() {
        threeBackups();
        repository.faults().arm("delete", new MatriarchException(ErrorCode.STORE_FAILED, "disk", "look."));
        assertThat(catalog.resumeDeletion("main")).isEmpty();
        assertThat(catalog.apply(catalog.plan("main")).error()).contains("disk");

        jobs.pretend("retention:apply", "main", "");
        assertThat(catalog.resumeDeletion("main")).as("while others delete").isEmpty();
        jobs.forget();
        while (catalog.resumeDeletion("main").isPresent()) {
            assertThat(jobs.jobs().get(0).kind()).isEqualTo("backup:delete");
        }

        assertThat(repository.backups()).extracting(Backup::id).containsExactly(id(3));
    }

    @Test
    void keepsAWholeBackupThatIsDone() {
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(Fixtures.childOf(backup(2, BackupStatus.DONE, 1, 5, 5), id(1)));
        repository.add(backup(3, BackupStatus.FAILED, 1, 6, 6));

        assertThat(catalog.keep("main", "oldest", Optional.of(KeepTarget.STANDALONE))
                        .retention())
                .isEqualTo(RetentionStatus.KEEP_STANDALONE);
        assertThat(catalog.keep("main", "oldest", Optional.empty()).retention()).isEqualTo(RetentionStatus.NONE);
        assertThatThrownBy(() -> catalog.keep("main", id(2).value(), Optional.of(KeepTarget.FULL)))
                .hasMessageContaining("it is incremental");
        assertThatThrownBy(() -> catalog.keep("main", id(3).value(), Optional.of(KeepTarget.FULL)))
                .hasMessageContaining("it is FAILED");
        assertThat(catalog.keep("main", id(3).value(), Optional.empty()).retention())
                .isEqualTo(RetentionStatus.NONE);
    }

    private void threeBackups() {
        repository.add(kept(backup(1, BackupStatus.DONE, 1, 3, 4), RetentionStatus.OBSOLETE));
        repository.add(kept(Fixtures.childOf(backup(2, BackupStatus.DONE, 1, 4, 5), id(1)), RetentionStatus.OBSOLETE));
        repository.add(kept(backup(3, BackupStatus.DONE, 1, 6, 7), RetentionStatus.VALID));
        archive(3, 4, 5, 6, 7);
    }

    private void archive(int... numbers) {
        Arrays.stream(numbers).forEach(number -> repository.wal().add(segment(1, number)));
    }

    private List<String> archived() {
        return repository.wal().entries().stream()
                .map(entry -> entry.name().value())
                .toList();
    }
}
