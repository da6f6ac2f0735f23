package org.matriarch.shell.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.shell.internal.job.ScriptedJobs;

final class BackupRestoreCommandTest {

    private final ScriptedJobs jobs = new ScriptedJobs();
    private final ScriptedRestores restores = new ScriptedRestores(jobs.first());
    private final Caller caller =
            new Caller(new ScriptedServices().with(Jobs.class, jobs).with(Restores.class, restores));

    @Test
    void understandsAllOptions() {
        assertThat(plan(
                        "relative dir",
                        "--target-time",
                        "2026-11-20 12:00:00Z",
                        "--exclusive",
                        "--target-action",
                        "promote",
                        "--target-tli",
                        "latest",
                        "--tablespace",
                        "fast:/ssd/new fast",
                        "--tablespace",
                        "slow:rel",
                        "--no-get-wal",
                        "--standby-mode",
                        "--retry-times",
                        "3",
                        "--retry-sleep",
                        "2 MINUTES",
                        "--jobs",
                        "4"))
                .isZero();

        RestoreRequest request = restores.planned().get(0);
        assertThat(request.destination()).isEqualTo(Caller.DIRECTORY.resolve("relative dir"));
        assertThat(request.target()).isEqualTo(new RecoveryTarget.Time(Instant.parse("2026-11-20T12:00:00Z")));
        assertThat(request.exclusive()).isTrue();
        assertThat(request.action()).contains(TargetAction.PROMOTE);
        assertThat(request.timeline()).contains("latest");
        assertThat(request.tablespaces())
                .isEqualTo(Map.of("fast", Path.of("/ssd/new fast"), "slow", Caller.DIRECTORY.resolve("rel")));
        assertThat(request.getWal()).contains(false);
        assertThat(request.standbyMode()).isTrue();
        assertThat(request.jobs()).contains(4);
        assertThat(request.retryTimes()).contains(3);
        assertThat(request.retrySleep()).contains(Duration.ofMinutes(2));
    }

    @Test
    void understandsEveryTarget() {
        plan("/d");
        plan("/d", "--target-xid", "731");
        plan("/d", "--target-name", "before upgrade");
        plan("/d", "--target-lsn", "16/B374D848");
        plan("/d", "--target-immediate");

        assertThat(restores.planned().stream().map(RestoreRequest::target))
                .containsExactly(
                        new RecoveryTarget.Latest(),
                        new RecoveryTarget.Xid(731),
                        new RecoveryTarget.Name("before upgrade"),
                        new RecoveryTarget.Position(Lsn.parse("16/B374D848")),
                        new RecoveryTarget.Immediate());
    }

    @Test
    void refusesWordsThatMakeNoSense() {
        List<String[]> wrong = List.of(
                new String[] {"/d", "--target-xid", "5", "--target-immediate"},
                new String[] {"/d", "--target-xid", "-5"},
                new String[] {"/d", "--target-lsn", "5"},
                new String[] {"/d", "--target-tli", "0"},
                new String[] {"/d", "--target-action", "stop"},
                new String[] {"/d", "--tablespace", "fast"},
                new String[] {"/d", "--tablespace", "a:/x", "--tablespace", "a:/y"},
                new String[] {"/d", "--get-wal", "--no-get-wal"},
                new String[] {""},
                new String[] {"/d", "--delta", "--no-delta"},
                new String[] {"/d", "--remote-ssh-command", ""},
                new String[] {"d", "--remote-ssh-command", "ssh x"},
                new String[] {"/d", "--remote-ssh-command", "ssh x", "--tablespace", "fast:d"});
        for (String[] words : wrong) {
            assertThat(plan(words)).as(String.join(" ", words)).isEqualTo(2);
            assertThat(caller.err()).startsWith("MATR-1003: ");
        }
        assertThat(restores.planned()).isEmpty();
    }

    @Test
    void printsThePlanAndTheZoneItAssumed() {
        assertThat(plan("/d", "--target-time", "2026-11-20 12:00:00")).isZero();

        assertThat(caller.out())
                .contains("target time read in zone : ")
                .contains("WAL copied               : 1 file, 000000010000000000000002 to 000000010000000000000002\n")
                .contains("  restore_command : cp /d/wal/%f %p\n")
                .contains("WARNING: look at archive_command\n");
        assertThat(restores.carriedOut()).isZero();
    }

    @Test
    void restoresToAnotherHostAndUsesWhatIsThere() {
        jobs.then(ScriptedJobs.job(JobState.DONE, new Progress(3000, 3000, "2.8 of 2.9 KiB were there already")));
        String[] words = {"main", "latest", "/d", "--remote-ssh-command", "ssh postgres@pg", "--delta"};

        assertThat(caller.call("backup:restore", words)).isZero();

        RestoreRequest request = restores.planned().get(0);
        assertThat(request.remoteSshCommand()).contains("ssh postgres@pg");
        assertThat(request.delta()).contains(true);
        assertThat(caller.out())
                .isEqualTo(
                        "backup 20261120T120000 of server main is restored to /d, through ssh postgres@pg: 900 files,"
                                + " 2.9 KiB; 2.8 of 2.9 KiB were there already\n");
    }

    @Test
    void tellsTheSameAsJson() {
        jobs.then(ScriptedJobs.job(JobState.DONE, new Progress(3000, 3000, "2.8 of 2.9 KiB were there already")));

        caller.call("backup:restore", "main", "latest", "/d", "--delta", "--format", "json");

        assertThat(caller.out())
                .contains("\"remoteSshCommand\" : null")
                .contains("\"delta\" : true")
                .contains("\"result\" : \"2.8 of 2.9 KiB were there already\"");
    }

    @Test
    void restoresAndWaits() {
        jobs.then(ScriptedJobs.job(JobState.DONE, Progress.NONE));

        assertThat(caller.call("backup:restore", "main", "latest", "/d")).isZero();

        assertThat(restores.carriedOut()).isEqualTo(1);
        assertThat(caller.out())
                .isEqualTo("backup 20261120T120000 of server main is restored to /d: 900 files, 2.9 KiB\n");
        assertThat(caller.err()).contains("WARNING: look at archive_command\n");
    }

    private int plan(String... words) {
        var all = new ArrayList<String>(List.of("main", "latest"));
        all.addAll(List.of(words));
        all.add("--dry-run");
        return caller.call("backup:restore", all.toArray(String[]::new));
    }

    /** Plans whatever it is asked for. */
    private static final class ScriptedRestores implements Restores {

        private final Job job;
        private final List<RestoreRequest> planned = new ArrayList<>();
        private int carriedOut;

        ScriptedRestores(Job job) {
            this.job = job;
        }

        List<RestoreRequest> planned() {
            return planned;
        }

        int carriedOut() {
            return carriedOut;
        }

        @Override
        public RestorePlan plan(RestoreRequest request) {
            planned.add(request);
            return new RestorePlan(
                    request,
                    ScriptedCatalog.backup(),
                    1,
                    Map.of(16400L, Path.of("/ssd/fast")),
                    3000,
                    900,
                    List.of(new WalFileName("000000010000000000000002")),
                    new LinkedHashMap<>(Map.of("restore_command", "cp /d/wal/%f %p")),
                    Optional.of("recovery.signal"),
                    List.of("look at archive_command"));
        }

        @Override
        public Job carryOut(RestorePlan plan) {
            carriedOut++;
            return job;
        }
    }
}
