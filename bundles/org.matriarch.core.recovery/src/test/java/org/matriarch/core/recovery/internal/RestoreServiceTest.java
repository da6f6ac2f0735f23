package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.repository.InMemoryWalArchive;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

final class RestoreServiceTest {

    private static final Duration SLEEP = Duration.ofSeconds(7);
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    private final DirectJobs jobs = DirectJobs.inline();
    private final RecordingEvents events = new RecordingEvents();
    private final RecordingHooks hooks = new RecordingHooks();
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private final FixedServers servers = new FixedServers();
    private final Backup older = Fixtures.backup();
    private final Backup newer = Fixtures.backup("20261120T120000", 1, "0/3000028", "0/4000100", Fixtures.END);

    @TempDir
    private Path directory;

    private Path data;
    private StoredBackups backups;
    private RestoreService restores;

    @BeforeEach
    void storeTwoBackups() throws IOException {
        data = directory.resolve("data");
        servers.put(new ServerBuilder("main", directory).build());
        InMemoryWalArchive wal = Fixtures.archive("000000010000000000000003", "000000010000000000000004");
        backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(older)
                .with(newer)
                .file(0, "PG_VERSION", "16\n")
                .file(0, "global/pg_control", "control")
                .file(0, "base/1/1", "table")
                .file(0, "postgresql.conf", "port = 1\n")
                .file(16400, "PG_16_202307071/5/1234", "rows");
        restores = new RestoreService(
                servers,
                new OneRepository(backups),
                new ChosenBackups(Map.of("monday", older, "latest", newer)),
                new ListedWalFiles(wal),
                new RestoreService.Surroundings(
                        jobs,
                        events,
                        hooks,
                        new MutableClock(NOW),
                        pauses::add,
                        new FetchClient(directory, () -> new OpenWalDoor(directory, Optional.empty())),
                        null));
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(directory.resolve("bin/matriarch-wal-fetch"), "#!/bin/sh\n");
    }

    @Test
    void plansTheBackupThatTheCatalogChooses() {
        assertThat(restores.plan(request("monday")).backup()).isEqualTo(older);
        assertThat(restores.plan(request("latest")).backup()).isEqualTo(newer);
        assertThatThrownBy(() -> restores.plan(request("tuesday")))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("server 'main' has no backup 'tuesday'");
    }

    @Test
    void runsHooksAroundARestore() {
        restores.carryOut(restores.plan(request("latest")));

        assertThat(hooks.calls()).containsExactly("before RECOVERY 20261120T120000", "after RECOVERY 20261120T120000");
        assertThat(((HookSubject.OfRestore) hooks.subjects().get(1)).request().destination())
                .isEqualTo(data);
    }

    @Test
    void restoresNothingIfAHookSaysSo() {
        hooks.on("before RECOVERY", () -> {
            throw new MatriarchException(ErrorCode.HOOK_ABORTED, "it said stop", "ask it.");
        });

        Job job = restores.carryOut(restores.plan(request("latest")));

        assertThat(job.error()).contains("it said stop");
        assertThat(data).doesNotExist();
        assertThat(hooks.calls()).hasSize(1);
    }

    @Test
    void restoresNothingToWhereAHookHasPutSomething() {
        hooks.on("before RECOVERY", () -> {
            try {
                Files.writeString(Files.createDirectories(data).resolve("treasure"), "mine");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        Job job = restores.carryOut(restores.plan(request("latest")));

        assertThat(job.errorCode()).contains(5001);
        assertThat(data.resolve("treasure")).hasContent("mine");
    }

    @Test
    void choosesTheNewestBackupByItself() {
        assertThat(restores.plan(request("auto")).backup()).isEqualTo(newer);
    }

    @Test
    void saysWhatToRestoreIfTheNewestBackupIsTooNewForATargetWithoutADate() {
        for (RecoveryTarget target : List.of(new RecoveryTarget.Xid(7), new RecoveryTarget.Name("before"))) {
            RestorePlan plan = restores.plan(request("auto", target));

            assertThat(plan.backup()).isEqualTo(newer);
            assertThat(plan.warnings())
                    .first()
                    .asString()
                    .contains("'%s' is the newest backup".formatted(newer.id()))
                    .endsWith("restore '%s'".formatted(older.id()));
            assertThat(restores.plan(request("latest", target)).warnings())
                    .noneMatch(line -> line.contains("newest backup"));
        }
        assertThat(restores.plan(request("auto")).warnings()).noneMatch(line -> line.contains("newest backup"));
    }

    @Test
    void refusesAServerThatIsNotConfigured() {
        servers.remove("main");

        assertThatThrownBy(() -> restores.plan(request("auto"))).hasMessageContaining("no server 'main' is configured");
    }

    @Test
    void letsPostgresFetchItsWalIfTheServerIsConfiguredSo() {
        servers.put(new ServerBuilder("main", directory).getWal(true).build());

        RestorePlan plan = restores.plan(request("latest"));

        assertThat(plan.wal()).isEmpty();
        assertThat(plan.settings())
                .containsEntry("restore_command", FetchClient.command("main", false))
                .containsEntry("recovery_end_command", "rm -rf pgsql_tmp.matriarch");
    }

    @Test
    void givesAServerThatFetchesItsWalWhatItNeedsForIt() throws IOException {
        servers.put(new ServerBuilder("main", directory).getWal(true).build());

        Job job = restores.carryOut(restores.plan(request("latest")));

        assertThat(job.error()).isEmpty();
        Path settings = data.resolve("pgsql_tmp.matriarch/client.conf");
        assertThat(settings).hasContent("url=http://127.0.0.1:7681\ntoken=token of main");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
                .isEqualTo("rw-------");
        assertThat(data.resolve("pgsql_tmp.matriarch/matriarch-wal-fetch")).hasContent("#!/bin/sh");
    }

    @Test
    void givesTheTokenToNobodyWhoDoesNotFetch() {
        restores.carryOut(restores.plan(request("latest")));

        assertThat(data.resolve("global/pg_control")).exists();
        assertThat(data.resolve("pgsql_tmp.matriarch")).doesNotExist();
    }

    @Test
    void refusesADestinationInsideTheRepository() {
        Path home = directory.resolve("main");

        for (Path inside : new Path[] {home, home.resolve("new"), directory.resolve("data/../main/base")}) {
            assertThatThrownBy(() -> restores.plan(Fixtures.of("latest", inside, Map.of())))
                    .hasMessage(
                            "MATR-5001: unable to restore to '%s': that is inside the repository%nHINT: choose a directory outside '%s'."
                                    .formatted(inside, home));
        }
        assertThat(jobs.jobs()).isEmpty();
    }

    @Test
    void restoresAsAJobAndTellsSo() {
        Job job = restores.carryOut(restores.plan(request("monday")));

        assertThat(job.error()).isEmpty();
        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(job.kind()).isEqualTo("backup:restore");
        assertThat(job.server()).isEqualTo("main");
        assertThat(job.subject()).isEqualTo("20261120T100000");
        assertThat(job.progress().doneBytes()).isEqualTo(job.progress().totalBytes());
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(events.events())
                .containsExactly(new Event(
                        NOW,
                        Event.Type.RESTORE_DONE,
                        "main",
                        "20261120T100000",
                        "backup restored to '%s'".formatted(data)));
    }

    @Test
    void readsAgainAsOftenAsAsked() {
        backups.remote().failing("base/1/1", 2);
        backups.failing("global/pg_control", 1);

        Job job = restores.carryOut(restores.plan(retrying(2)));

        assertThat(job.error()).isEmpty();
        assertThat(job.progress().doneBytes()).isEqualTo(job.progress().totalBytes());
        assertThat(data.resolve("base/1/1")).hasContent("table");
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(pauses).containsExactly(SLEEP, SLEEP, SLEEP);
    }

    @Test
    void failsWithWhatTheLastTrySaid() {
        backups.remote().failing("base/1/1", 3);

        Job job = restores.carryOut(restores.plan(retrying(2)));

        assertThat(job.errorCode()).contains(2002);
        assertThat(pauses).containsExactly(SLEEP, SLEEP);
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void doesNotReadAgainUnlessConfiguredOrAsked() {
        backups.remote().failing("base/1/1", 1);

        assertThat(restores.carryOut(restores.plan(request("latest"))).errorCode())
                .contains(2002);
        assertThat(pauses).isEmpty();
    }

    @Test
    void refusesASecondRestoreToOnePlaceWhileTheFirstRuns() throws Exception {
        RestorePlan plan = restores.plan(request("latest"));
        var second = new MatriarchException[1];

        jobs.submit(
                new JobRequest("x", "main", "", Optional.of("restore " + data)),
                context -> second[0] = catchThrowableOfType(MatriarchException.class, () -> restores.carryOut(plan)));

        assertThat(second[0]).hasMessageStartingWith("MATR-8004");
        assertThat(data).doesNotExist();
    }

    @Test
    void leavesADestinationAloneThatWasFilledSinceThePlanWasMade() {
        RestorePlan first = restores.plan(request("monday"));
        RestorePlan second = restores.plan(request("latest"));
        restores.carryOut(first);

        Job job = restores.carryOut(second);

        assertThat(job.errorCode()).contains(5001);
        assertThat(job.error())
                .contains("unable to restore the data directory to '%s': it is not empty".formatted(data));
        assertThat(data.resolve("global/pg_control")).hasContent("control");
    }

    @Test
    void saysWhatTheFileSystemRefused() {
        String tooLong = "x".repeat(300);
        backups.emptyDirectory(tooLong);

        Job job = restores.carryOut(restores.plan(request("latest")));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.errorCode()).contains(5004);
        assertThat(job.error().orElseThrow())
                .startsWith("unable to restore backup '20261120T120000' to '%s': ".formatted(data))
                .endsWith("File name too long");
        assertThat(job.hint()).contains("mend the cause and repeat the command; nothing that starts was left there.");
        assertThat(data).isEmptyDirectory();
        assertThat(events.events()).isEmpty();
    }

    private RestoreRequest retrying(int times) {
        RestoreRequest plain = request("latest");
        return new RestoreRequest(
                plain.server(),
                plain.backup(),
                plain.destination(),
                plain.target(),
                plain.exclusive(),
                plain.timeline(),
                plain.action(),
                plain.tablespaces(),
                plain.getWal(),
                plain.standbyMode(),
                plain.jobs(),
                plain.bandwidthLimitKib(),
                Optional.of(times),
                Optional.of(SLEEP),
                Optional.empty(),
                Optional.empty());
    }

    private RestoreRequest request(String backup, RecoveryTarget target) {
        RestoreRequest plain = request(backup);
        return new RestoreRequest(
                plain.server(),
                backup,
                plain.destination(),
                target,
                plain.exclusive(),
                plain.timeline(),
                plain.action(),
                plain.tablespaces(),
                plain.getWal(),
                plain.standbyMode(),
                plain.jobs(),
                plain.bandwidthLimitKib(),
                plain.retryTimes(),
                plain.retrySleep(),
                plain.remoteSshCommand(),
                plain.delta());
    }

    private RestoreRequest request(String backup) {
        return Fixtures.of(backup, data, Map.of("fast", directory.resolve("fast")));
    }
}
