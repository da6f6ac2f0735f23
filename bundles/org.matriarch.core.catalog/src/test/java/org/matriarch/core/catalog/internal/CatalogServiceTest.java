package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.catalog.internal.Fixtures.backup;
import static org.matriarch.core.catalog.internal.Fixtures.id;
import static org.matriarch.core.catalog.internal.Fixtures.segment;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

final class CatalogServiceTest {

    private final InMemoryRepository repository = new InMemoryRepository("main");
    private final DirectJobs jobs = DirectJobs.inline();
    private final RecordingEvents events = new RecordingEvents();
    private final RecordingHooks hooks = new RecordingHooks();
    private final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch")).build());
    private final Rechecks rechecks = new Rechecks();
    private final CatalogService catalog = new CatalogService(
            servers,
            repository,
            jobs,
            new CatalogService.Reports(events, hooks, Fixtures.RECORDED, new MutableClock(Instant.EPOCH)),
            rechecks);

    @Test
    void countsTheWalOfEachBackup() {
        assertThat(catalog.backups("main")).isEmpty();
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(2, BackupStatus.FAILED, 1, 4, 4));
        repository.add(backup(3, BackupStatus.WAITING_FOR_WALS, 1, 6, 7));
        archive(1, 2, 3, 4, 5, 6);
        repository.wal().add(segment(1, 3) + ".00000028.backup");

        assertThat(catalog.backups("main")).extracting(b -> b.size().walBytes()).containsExactly(48L, 0L, 16L);
        assertThat(catalog.requireBackup("main", "latest").size().walBytes()).isEqualTo(16);
        assertThat(catalog.requireRestorable("main", "latest").size().walBytes())
                .isEqualTo(48);
    }

    @Test
    void listsTheFilesThatASelectionMeans() {
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        addFile("PG_VERSION", "16", Optional.of(Path.of("/srv/base/PG_VERSION")));
        repository.addFile(
                id(1),
                new BackupEntry(new BackupPath(16385, "PG_16/1"), false, 0, 0600, Instant.EPOCH, Optional.empty()),
                new byte[0],
                Optional.empty());
        repository.addFile(
                id(1),
                new BackupEntry(BackupPath.ofData("base"), true, 0, 0700, Instant.EPOCH, Optional.empty()),
                new byte[0],
                Optional.empty());
        archive(1, 3, 4, 5);
        List<String> data = List.of("/srv/base/PG_VERSION", "base/20261101T030000/16385/PG_16/1");

        assertThat(catalog.files("main", "latest", FileSelection.DATA)).isEqualTo(data);
        assertThat(catalog.files("main", "latest", FileSelection.STANDALONE))
                .containsSequence(data)
                .endsWith(segment(1, 3), segment(1, 4));
        assertThat(catalog.files("main", "latest", FileSelection.WAL))
                .containsExactly(segment(1, 3), segment(1, 4), segment(1, 5));
        assertThat(catalog.files("main", "latest", FileSelection.FULL)).hasSize(5);
        repository.add(backup(2, BackupStatus.STARTED));
        assertThat(catalog.files("main", id(2).value(), FileSelection.FULL)).isEmpty();
        assertThat(catalog.files("main", id(2).value(), FileSelection.STANDALONE))
                .isEmpty();
    }

    @Test
    void runsHooksAroundADeletion() {
        servers.put(new ServerBuilder("main", Path.of("/srv/matriarch"))
                .hook("pre_delete_script", "true")
                .hook("post_wal_delete_script", "true")
                .build());
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(2, BackupStatus.DONE, 1, 5, 6));
        archive(1, 3, 4, 5, 6);

        Job job = catalog.delete(catalog.planDeletion("main", "oldest"));

        assertThat(job.error()).isEmpty();
        assertThat(hooks.calls())
                .containsExactly(
                        "before DELETE " + id(1),
                        "before WAL_DELETE " + segment(1, 3),
                        "after WAL_DELETE " + segment(1, 3),
                        "before WAL_DELETE " + segment(1, 4),
                        "after WAL_DELETE " + segment(1, 4),
                        "after DELETE " + id(1));
        assertThat(((HookSubject.OfBackup) hooks.subjects().get(5)).backup().status())
                .isEqualTo(BackupStatus.DONE);
    }

    @Test
    void deletesNothingIfAHookSaysSo() {
        servers.put(new ServerBuilder("main", Path.of("/srv/matriarch"))
                .hook("pre_delete_retry_script", "true")
                .build());
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        archive(1, 3, 4);
        hooks.on("before DELETE", () -> {
            throw new MatriarchException(ErrorCode.HOOK_ABORTED, "it said stop", "ask it.");
        });

        Job job = catalog.delete(catalog.planDeletion("main", "oldest"));

        assertThat(job.error()).contains("it said stop");
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.DONE);
        assertThat(hooks.calls()).containsExactly("before DELETE " + id(1));
    }

    @Test
    void tellsHooksThatAFileWasNotDeleted() {
        servers.put(new ServerBuilder("main", Path.of("/srv/matriarch"))
                .hook("pre_wal_delete_script", "true")
                .build());
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(2, BackupStatus.DONE, 1, 5, 6));
        archive(1, 3, 4, 5);
        repository.faults().arm("wal.delete", new MatriarchException(ErrorCode.STORE_FAILED, "it is away", "wait."));

        Job job = catalog.delete(catalog.planDeletion("main", "oldest"));

        assertThat(job.error()).contains("it is away");
        assertThat(hooks.calls())
                .containsExactly(
                        "before WAL_DELETE " + segment(1, 3), "after WAL_DELETE " + segment(1, 3) + ": it is away");
        repository.wal().delete(List.of(new WalFileName(segment(1, 3))));
        assertThat(catalog.delete(catalog.planDeletion("main", id(1).value())).error())
                .isEmpty();
        assertThat(hooks.calls()).endsWith("after WAL_DELETE " + segment(1, 4), "after DELETE " + id(1));
    }

    @Test
    void checksTheNewestThatHasItsFiles() {
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(2, BackupStatus.WAITING_FOR_WALS, 1, 5, 6));
        archive(1, 3, 4, 5);

        assertThat(catalog.check("main", "latest").error())
                .contains("WAL 000000010000000000000006 is not archived yet");
        archive(1, 6);
        assertThat(catalog.check("main", "latest").status()).isEqualTo(BackupStatus.DONE);
    }

    @Test
    void looksAgainWhenWalComesForABackupThatWaits() throws InterruptedException {
        repository.add(backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 6));
        var archived = new Event(Instant.EPOCH, Event.Type.WAL_ARCHIVED, "main", segment(1, 5), "");
        rechecks.onEvent(archived);
        assertThat(rechecks.await(0)).isEmpty();

        catalog.check("main", "latest");
        rechecks.onEvent(archived);
        rechecks.onEvent(archived);
        rechecks.onEvent(new Event(Instant.EPOCH, Event.Type.RECEIVER_UP, "main", "", ""));

        assertThat(rechecks.await(0)).contains("main");
        assertThat(rechecks.await(0)).isEmpty();
        archive(1, 5, 6);
        assertThat(catalog.recheck("main")).extracting(Backup::status).containsExactly(BackupStatus.DONE);
        assertThat(catalog.recheck("main")).isEmpty();
        assertThat(catalog.requireBackup("main", "latest").status()).isEqualTo(BackupStatus.DONE);
        rechecks.onEvent(archived);
        assertThat(rechecks.await(0)).isEmpty();
    }

    @Test
    void resolvesWhatAContainerLeftBehind() {
        repository.add(backup(1, BackupStatus.STARTED));
        repository.add(backup(2, BackupStatus.STARTED));
        repository.add(backup(3, BackupStatus.DONE, 1, 1, 1));
        repository.add(backup(4, BackupStatus.FAILED));
        repository.add(backup(5, BackupStatus.WAITING_FOR_WALS, 1, 5, 6));
        jobs.pretend("backup:create", "main", "");
        catalog.recheck("main");
        assertThat(repository.backups().get(0).status()).isEqualTo(BackupStatus.STARTED);

        jobs.forget();
        jobs.pretend("backup:create", "main", id(2).value());
        jobs.pretend("backup:create", "other", "");
        jobs.pretend("backup:verify", "main", "");
        catalog.recheck("main");

        assertThat(repository.backups().get(0))
                .isEqualTo(backup(1, BackupStatus.FAILED)
                        .withStatus(BackupStatus.FAILED, Optional.of("interrupted by the end of the container")));
        assertThat(repository.backups().get(1).status()).isEqualTo(BackupStatus.STARTED);
        assertThat(events.lines()).hasSize(1);
    }

    @Test
    void showsNobodyAsStartedWhatAContainerLeftBehind() {
        repository.add(backup(1, BackupStatus.STARTED));
        repository.add(backup(2, BackupStatus.STARTED));
        jobs.pretend("backup:create", "main", id(2).value());

        assertThat(catalog.backups("main"))
                .extracting(Backup::status)
                .containsExactly(BackupStatus.FAILED, BackupStatus.STARTED);
        assertThat(catalog.requireBackup("main", "last-failed").error())
                .contains("interrupted by the end of the container");
        assertThat(events.lines()).hasSize(1);
    }

    @Test
    void listsBackupsOfAStoreThatTakesNoRecord() {
        repository.add(backup(1, BackupStatus.STARTED));
        repository.faults().arm("updateStatus", new MatriarchException(ErrorCode.STORE_FAILED, "read-only", "look."));

        assertThat(catalog.backups("main")).extracting(Backup::status).containsExactly(BackupStatus.STARTED);
        assertThat(catalog.backups("main")).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
    }

    @Test
    void deletesABackupWithItsWal() {
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(2, BackupStatus.DONE, 1, 6, 7));
        archive(1, 3, 4, 5, 6, 7);

        Job job = catalog.delete(catalog.planDeletion("main", "oldest"));

        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(catalog.backups("main")).extracting(Backup::id).containsExactly(id(2));
        assertThat(archived()).containsExactly(segment(1, 6), segment(1, 7));
        assertThat(events.lines())
                .containsExactly("BACKUP_DELETED main 20261101T030000: backup '20261101T030000' was deleted");
    }

    @Test
    void finishesADeletionThatBrokeAtAnyStep() {
        for (String step : List.of("updateStatus", "wal.delete", "delete")) {
            repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
            repository.add(Fixtures.childOf(backup(2, BackupStatus.DONE, 1, 4, 5), id(1)));
            repository.add(backup(3, BackupStatus.DONE, 1, 6, 7));
            archive(1, 3, 4, 5, 6, 7);
            DeletionPlan plan = catalog.planDeletion("main", "oldest");
            repository.faults().arm(step, new MatriarchException(ErrorCode.STORE_FAILED, "disk " + step, "look."));

            assertThat(catalog.delete(plan).error()).as(step).contains("disk " + step);

            assertThat(catalog.requireBackup("main", "latest").id()).isEqualTo(id(3));
            var broken = new HashSet<>(catalog.deletions().broken("main"));
            while (!broken.isEmpty()) {
                catalog.deletions().resume("main", broken);
            }
            catalog.deletions().resume("main", broken);
            if (step.equals("updateStatus")) {
                assertThat(catalog.backups("main")).as(step).hasSize(3);
            } else {
                assertThat(catalog.backups("main"))
                        .as(step)
                        .extracting(Backup::id)
                        .containsExactly(id(3));
                assertThat(archived()).as(step).containsExactly(segment(1, 6), segment(1, 7));
            }
        }
    }

    @Test
    void doesNotResumeWhileADeletionRunsOrAfterItEnded() {
        var broken = new HashSet<>(List.of(id(1)));
        jobs.pretend("backup:delete", "main", "");
        catalog.deletions().resume("main", broken);
        assertThat(broken).hasSize(1);
        jobs.forget();

        catalog.deletions().resume("main", broken);

        assertThat(broken).isEmpty();
        assertThat(jobs.jobs()).isEmpty();
    }

    @Test
    void leavesADeletionOfUnknownOriginToTheBackupThatMayBeDoingIt() {
        repository.add(backup(1, BackupStatus.FAILED, 1, 3, 4)
                .withStatus(BackupStatus.FAILED, Optional.of(BegunDeletion.UNKNOWN.text())));
        repository.add(backup(2, BackupStatus.STARTED));
        jobs.pretend("backup:create", "main", id(2).value());
        var broken = new HashSet<>(catalog.deletions().broken("main"));

        assertThat(catalog.deletions().resume("main", broken)).isEmpty();

        assertThat(broken).containsExactly(id(1));
        jobs.forget();
        assertThat(catalog.deletions().resume("main", broken)).isPresent();
        assertThat(repository.backups()).extracting(Backup::id).containsExactly(id(2));
    }

    @Test
    void keepsWalThatANewerBackupCameToNeedAfterThePlan() {
        repository.add(backup(1, BackupStatus.DONE, 1, 3, 4));
        repository.add(backup(3, BackupStatus.DONE, 1, 8, 8));
        archive(1, 3, 4, 5, 6, 7, 8);
        DeletionPlan plan = catalog.planDeletion("main", "oldest");
        repository.add(backup(2, BackupStatus.WAITING_FOR_WALS, 1, 5, 6));

        catalog.delete(plan);

        assertThat(archived()).startsWith(segment(1, 5), segment(1, 6));
    }

    @Test
    void refusesToDeleteWhatAJobHasItsHandsOn() {
        repository.add(backup(1, BackupStatus.STARTED));
        jobs.pretend("backup:create", "main", id(1).value());
        assertThatThrownBy(() -> catalog.planDeletion("main", id(1).value()))
                .hasMessageStartingWith("MATR-4004: unable to delete backup '20261101T030000': it is being taken");

        for (String kind : List.of("backup:verify", "backup:restore", "backup:create")) {
            jobs.forget();
            repository.add(backup(1, BackupStatus.DONE, 1, 1, 1));
            jobs.pretend(kind, "main", id(1).value());
            assertThatThrownBy(() -> catalog.planDeletion("main", "latest"))
                    .hasMessageStartingWith(
                            "MATR-4004: unable to delete backup '20261101T030000': job 1 (%s) works on it"
                                    .formatted(kind));
        }
        jobs.forget();
        jobs.pretend("backup:show", "main", id(1).value());
        jobs.pretend("backup:verify", "main", id(2).value());
        jobs.pretend("backup:verify", "other", id(1).value());
        assertThat(catalog.planDeletion("main", "latest").backups()).hasSize(1);
        jobs.forget();
        repository.add(backup(1, BackupStatus.STARTED));
        assertThat(catalog.planDeletion("main", id(1).value()).backups()).hasSize(1);
    }

    @Test
    void verifiesABackupAndKeepsTheOutcome() {
        repository.add(backup(1, BackupStatus.DONE, 1, 1, 1));
        addFile("PG_VERSION", "16", Optional.empty());
        addFile("altered", "17", Optional.empty());

        Job bad = catalog.verify("main", "latest", false);
        Job fast = catalog.verify("main", "latest", true);

        assertThat(bad.state()).isEqualTo(JobState.FAILED);
        assertThat(bad.errorCode()).contains(4005);
        assertThat(bad.error())
                .hasValueSatisfying(error -> assertThat(error)
                        .startsWith("backup '20261101T030000' is not sound: 1 of 2 files differ from its manifest, "
                                + "first 'altered' was altered"));
        assertThat(catalog.verification(bad.id()).problems()).hasSize(1);
        assertThat(fast.state()).isEqualTo(JobState.DONE);
        assertThat(catalog.verification(fast.id()).filesChecked()).isEqualTo(2);
        assertThatThrownBy(() -> catalog.verification(99))
                .hasMessageStartingWith("MATR-8001: no outcome of a verification is kept for job 99");
    }

    @Test
    void forgetsTheOldestOutcomes() {
        repository.add(backup(1, BackupStatus.DONE, 1, 1, 1));
        for (int i = 0; i < 101; i++) {
            catalog.verify("main", "latest", true);
        }

        assertThatThrownBy(() -> catalog.verification(1)).isInstanceOf(MatriarchException.class);
        assertThat(catalog.verification(101).problems()).isEmpty();
    }

    @Test
    void refusesToVerifyHalfABackup() {
        repository.add(backup(1, BackupStatus.FAILED));

        assertThatThrownBy(() -> catalog.verify("main", id(1).value(), false))
                .hasMessageStartingWith("MATR-4004: unable to verify backup '20261101T030000': it is FAILED");
    }

    private void addFile(String path, String content, Optional<Path> local) {
        repository.addFile(
                id(1),
                new BackupEntry(
                        BackupPath.ofData(path),
                        false,
                        2,
                        0600,
                        Instant.EPOCH,
                        Optional.of("b17ef6d19c7a5b1ee83b907c595526dcb1eb06db8227d650d5dda0a9f4ce8cd9")),
                content.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                local);
    }

    private void archive(int timeline, int... numbers) {
        for (int number : numbers) {
            repository.wal().add(segment(timeline, number));
        }
    }

    private List<String> archived() {
        return repository.wal().entries().stream()
                .map(WalEntry::name)
                .map(WalFileName::value)
                .toList();
    }
}
