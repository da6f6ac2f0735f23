package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.matriarch.testkit.server.ServerBuilder;

final class BackupServiceTest extends BackupScene {

    @Test
    void takesABackup() {
        Job job = backups.create("main", options(Optional.of("first-one"), 0, false));

        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(job.subject()).isEqualTo("20261120T120000");
        Backup backup = repository.backups().get(0);
        assertThat(backup.status()).isEqualTo(BackupStatus.WAITING_FOR_WALS);
        assertThat(backup.name()).contains("first-one");
        assertThat(backup.span().beginLsn()).contains(new Lsn(0x2000028));
        assertThat(backup.span().endLsn()).contains(new Lsn(0x3000000));
        assertThat(backup.source().dataDirectory()).isEqualTo("/data");
        assertThat(backup.source().tablespaces())
                .containsExactly(new Tablespace("fast", 16385, "/fast"), new Tablespace("16390", 16390, "/new"));
        assertThat(repository.open(backup.id()).entries())
                .filteredOn(entry -> !entry.directory())
                .extracting(BackupEntry::path)
                .extracting(Object::toString)
                .containsExactly("PG_VERSION", "backup_label", "backup_manifest");
        assertThat(repository.identity()).contains(new RepositoryIdentity("77", 16));
        assertThat(job.progress().totalBytes()).isEqualTo(4096);
        assertThat(job.progress().doneBytes()).isEqualTo(7);
        assertThat(postgres.asked)
                .containsExactly(new BaseBackupOptions("Matriarch backup main 20261120T120000", true, 0));
        assertThat(transport.jobs).isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void followsTheOptionsOfTheCaller() {
        backups.create(
                "main",
                new BackupOptions(
                        Optional.empty(),
                        Optional.of(false),
                        Optional.of(2048),
                        Optional.of(3),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty()));

        assertThat(postgres.asked.get(0).fastCheckpoint()).isFalse();
        assertThat(postgres.asked.get(0).maxRateKib()).isEqualTo(2048);
        assertThat(transport.jobs).isEqualTo(3);
    }

    @Test
    void refusesWhatCannotSucceed() {
        ServerConfiguration main = servers.requireServer("main");
        servers.put(with(main, false, main.wal().streaming()));
        assertThatThrownBy(() -> backups.create("main", BackupOptions.CONFIGURED))
                .hasMessage(
                        "MATR-4001: unable to back up server 'main': it is not active%n"
                                + "HINT: set 'active = true' in etc/org.matriarch.server-main.cfg.",
                        new Object[0]);
        servers.put(main);
        for (int rate : new int[] {31, -1, (1 << 20) + 1}) {
            assertThatThrownBy(() -> backups.create("main", rate(rate)))
                    .hasMessageStartingWith("MATR-1003: bandwidth limit %d KiB/s is out of range".formatted(rate));
        }
        backups.create("main", rate(0));
        backups.create("main", options(Optional.of("mine"), 0, false));
        assertThatThrownBy(() -> backups.create("main", options(Optional.of("mine"), 0, false)))
                .hasMessageStartingWith("MATR-4001: unable to call a backup 'mine': backup '20261120T120001' of server "
                        + "'main' has that name");
    }

    @Test
    void runsHooksAroundABackup() {
        servers.put(hooked());

        Job job = backups.create("main", options(Optional.empty(), 0, false));

        assertThat(job.error()).isEmpty();
        assertThat(hooks.calls()).containsExactly("before BACKUP 20261120T120000", "after BACKUP 20261120T120000");
        assertThat(hooks.subjects())
                .extracting(subject -> ((HookSubject.OfBackup) subject).backup().status())
                .containsExactly(BackupStatus.STARTED, BackupStatus.WAITING_FOR_WALS);
    }

    @Test
    void doesNotBeginAndDoesNotRepeatWhatAHookStops() {
        servers.put(hooked());
        hooks.on("before BACKUP", () -> {
            throw new MatriarchException(ErrorCode.HOOK_ABORTED, "it said stop", "ask it.");
        });

        Job job = backups.create("main", options(Optional.empty(), 3, false));

        assertFailed(job, 8006, "it said stop");
        assertThat(hooks.calls())
                .containsExactly("before BACKUP 20261120T120000", "after BACKUP 20261120T120000: it said stop");
        assertThat(postgres.asked).isEmpty();
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
    }

    @Test
    void runsHooksAfterABackupThatWasStopped() {
        servers.put(hooked());
        hooks.on("before BACKUP", () -> {
            throw new InterruptedException("cancelled");
        });

        Job job = backups.create("main", options(Optional.empty(), 3, false));

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(hooks.calls())
                .containsExactly("before BACKUP 20261120T120000", "after BACKUP 20261120T120000: the job was stopped");
    }

    @Test
    void saysThatAHookCouldNotBeRunAfterTheBackup() {
        servers.put(hooked());
        hooks.on("after BACKUP", () -> {
            throw new MatriarchException(ErrorCode.PLUGIN_MISSING, "no runner", "install it.");
        });

        assertFailed(backups.create("main", options(Optional.empty(), 0, false)), 8003, "no runner");
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.WAITING_FOR_WALS);
    }

    @Test
    void tellsHooksThatTheWalDidNotCome() {
        servers.put(hooked());
        catalog.checks.clear();
        catalog.checks.add(BackupStatus.WAITING_FOR_WALS);

        Job job = backups.create("main", options(Optional.empty(), 0, true));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(hooks.calls().get(1))
                .startsWith("after BACKUP 20261120T120000: backup '20261120T120000' still waits");
        hooks.on("after BACKUP", () -> {
            throw new MatriarchException(ErrorCode.PLUGIN_MISSING, "no runner", "install it.");
        });
        assertThat(backups.create("main", options(Optional.empty(), 0, true)).errorCode())
                .as("the reason, not what went wrong after it")
                .contains(3001);
    }

    private static ServerConfiguration hooked() {
        return new ServerBuilder("main", Path.of("/srv/matriarch"))
                .hook("pre_backup_script", "true")
                .build();
    }

    @Test
    void refusesAServerWhoseWalDoesNotSuffice() {
        postgres.settings = Map.of("wal_level", "minimal");

        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                7003,
                "unable to back up server 'main': its wal_level is 'minimal', 'replica' or 'logical' is needed");
        assertThat(repository.backups()).isEmpty();
    }

    @Test
    void refusesAForeignRepositoryBeforeAByteIsWritten() {
        repository.claim(new RepositoryIdentity("99", 16));

        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                2005,
                "the repository of server 'main' belongs to system 99");
        assertThat(repository.backups()).isEmpty();
    }

    @Test
    void refusesAServerWhoseWalDoesNotArrive() {
        ServerConfiguration main = servers.requireServer("main");
        servers.put(with(main, true, false));
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4001,
                "unable to back up server 'main': no WAL of it is received");
        servers.put(main);
        receiver(State.STOPPED);
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4001,
                "unable to back up server 'main': its WAL receiver is STOPPED");
        receiver(State.CONNECTING, State.REFUSED);
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4001,
                "unable to back up server 'main': its WAL receiver is REFUSED: MATR-3006: slot taken");
        receiver(State.BACKING_OFF);
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4001,
                "unable to back up server 'main': its WAL receiver is BACKING_OFF");
        assertThat(events.lines()).hasSize(4).allMatch(line -> line.startsWith("BACKUP_FAILED main : unable"));
    }

    @Test
    void waitsForAReceiverThatConnects() {
        receiver(State.CONNECTING, State.CONNECTING, State.STREAMING);

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        assertThat(pauses).hasSize(2);
    }

    @Test
    void waitsForAMissingPluginAndThenSaysWhichOne() {
        plugins.removeTransport(transport);

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertFailed(job, 8003, "unable to back up server 'main': transport 'streaming' is not installed");
        assertThat(job.hint())
                .contains(
                        "install it with 'feature:install matriarch-transport-streaming', or change 'backup_method'.");
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-20T12:05:00Z"));
    }

    @Test
    void goesOnWhenTheStoreComesBack() {
        repository.faults().arm("repository", new MatriarchException(ErrorCode.STORE_MISSING, "no store", "x."));

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        assertThat(jobs.steps()).contains("waiting for a plugin: no store");
    }

    @Test
    void asksThePartsThatAreThereWhenItHasCopied() {
        BackupServices restarted = services.get();
        var orphaned = new StubCatalog(repository);
        orphaned.failure = Optional.of(new MatriarchException(ErrorCode.STORE_MISSING, "no store", "x."));
        services.renew(new BackupServices(plugins, postgres, backupWal, orphaned, events, hooks, clock, duration -> {
            assertThat(repository.backups()).hasSize(1);
            services.renew(restarted);
        }));

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        assertThat(jobs.steps()).contains("waiting for a plugin: no store");
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void endsWellWithoutTheStoreOnceAllFilesAreStored() {
        for (ErrorCode code : List.of(ErrorCode.STORE_MISSING, ErrorCode.STORE_FAILED)) {
            catalog.failure = Optional.of(new MatriarchException(code, "no store", "x."));

            assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        }

        assertThat(repository.backups()).extracting(Backup::status).containsOnly(BackupStatus.WAITING_FOR_WALS);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void tellsWhoeverWaitsForItsWalThatTheStoreIsAway() {
        catalog.failure = Optional.of(new MatriarchException(ErrorCode.STORE_MISSING, "no store", "x."));

        Job job = backups.create("main", options(Optional.empty(), 0, true));

        assertFailed(
                job,
                2001,
                "backup '20261120T120000' has all its files, but whether its WAL is archived cannot be seen: no store");
        assertThat(job.hint())
                .contains("the backup becomes DONE by itself when its store is back; see 'backup:check main"
                        + " 20261120T120000'.");
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void failsIfTheBackupIsGoneAfterwards() {
        catalog.failure = Optional.of(new MatriarchException(ErrorCode.BACKUP_UNKNOWN, "deleted", "x."));

        assertFailed(backups.create("main", BackupOptions.CONFIGURED), 4003, "deleted");
    }

    @Test
    void waitsUntilTheBackupIsDone() {
        catalog.reason = Optional.of("WAL x is not archived yet");
        checks(BackupStatus.WAITING_FOR_WALS, BackupStatus.WAITING_FOR_WALS, BackupStatus.DONE);

        assertThat(backups.create("main", options(Optional.empty(), 0, true)).state())
                .isEqualTo(JobState.DONE);
        assertThat(jobs.steps()).contains("waiting for WAL: WAL x is not archived yet");
    }

    @Test
    void givesUpWaitingInTimeOrWhenWalIsGone() {
        catalog.reason = Optional.of("WAL x is not archived yet");
        checks(BackupStatus.WAITING_FOR_WALS);
        assertFailed(
                backups.create("main", options(Optional.empty(), 0, true)),
                3001,
                "backup '20261120T120000' still waits for WAL: WAL x is not archived yet");
        assertThat(backups.create("main", options(Optional.empty(), 0, false)).state())
                .isEqualTo(JobState.DONE);
        catalog.reason = Optional.of("WAL x is missing although later WAL is archived");
        checks(BackupStatus.FAILED);
        assertFailed(
                backups.create("main", BackupOptions.CONFIGURED),
                4002,
                "unable to complete the backup of server 'main': WAL x is missing although later WAL is archived");
    }

    @Test
    void asksAStandbyForNoRestorePoint() {
        postgres.standby = true;

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
    }

    private void receiver(State... states) {
        postgres.receiver.clear();
        postgres.receiver.addAll(List.of(states));
    }

    private void checks(BackupStatus... statuses) {
        catalog.checks.clear();
        catalog.checks.addAll(List.of(statuses));
    }

    private static BackupOptions rate(int kib) {
        return new BackupOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.of(kib),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty());
    }

    private static ServerConfiguration with(ServerConfiguration server, boolean active, boolean streaming) {
        return new ServerConfiguration(
                server.name(),
                server.description(),
                active,
                server.conninfo(),
                server.streamingConninfo(),
                server.home(),
                server.repository(),
                server.backup(),
                server.copy(),
                new ServerConfiguration.WalSettings(
                        streaming,
                        false,
                        server.wal().slotName(),
                        true,
                        server.wal().applicationName()),
                server.restore(),
                server.hooks(),
                server.schedule(),
                server.monitoring());
    }
}
