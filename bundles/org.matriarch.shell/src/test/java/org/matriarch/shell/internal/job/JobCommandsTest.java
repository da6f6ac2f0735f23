package org.matriarch.shell.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class JobCommandsTest {

    private static final long MIB = 1 << 20;

    private final ScriptedJobs jobs = new ScriptedJobs();
    private final Caller caller = new Caller(new ScriptedServices().with(Jobs.class, jobs));

    @Test
    void printsALineForEveryTenthWhereThereIsNoTerminal() {
        for (int percent = 1; percent <= 100; percent++) {
            jobs.then(ScriptedJobs.job(JobState.RUNNING, new Progress(percent * MIB, 100 * MIB, "copying files")));
        }
        jobs.then(ScriptedJobs.job(JobState.DONE, new Progress(100 * MIB, 100 * MIB, "")));

        assertThat(caller.call("job:watch", "7")).isZero();

        assertThat(caller.out()).isEqualTo("job 7 is DONE\n");
        assertThat(caller.err().lines()).hasSize(12).allMatch(line -> line.startsWith("backup:create main job 7: "));
        assertThat(caller.err())
                .contains("RUNNING, 50 %, 50.0 MiB of 100.0 MiB")
                .doesNotContain("\r");
    }

    @Test
    void drawsABarOnATerminal() {
        jobs.then(ScriptedJobs.job(JobState.RUNNING, new Progress(50 * MIB, 100 * MIB, "copying files")))
                .then(ScriptedJobs.job(JobState.DONE, new Progress(100 * MIB, 100 * MIB, "")));

        assertThat(caller.onTerminal(60).call("job:watch", "7")).isZero();

        assertThat(caller.err())
                .contains("\rbackup:create main [##########..........] 50 % 50.0 MiB of ")
                .endsWith("\r\u001b[K")
                .doesNotContain("\n");
        assertThat(caller.err().replace("\u001b[K", "").replace('\r', '\n').lines())
                .allMatch(line -> line.length() < 60);
    }

    @Test
    void clearsTheBarBeforeTheResult() {
        jobs.then(ScriptedJobs.job(JobState.RUNNING, new Progress(50 * MIB, 100 * MIB, "copying files")))
                .then(ScriptedJobs.job(JobState.DONE, new Progress(97 * MIB, 100 * MIB, "")));

        String screen = caller.onTerminal(60).onOneScreen().callAndLook("job:watch", "7");

        assertThat(screen).endsWith("\r\u001b[Kjob 7 is DONE\n");
    }

    @Test
    void showsAJobThatIsDoneAsWhole() {
        jobs.then(ScriptedJobs.job(JobState.DONE, new Progress(97 * MIB, 100 * MIB, "")));

        assertThat(caller.call("job:watch", "7")).isZero();
        assertThat(caller.err()).contains("DONE, 100 %, 97.0 MiB").doesNotContain("of 100.0 MiB");

        assertThat(caller.call("job:list")).isZero();
        assertThat(caller.out()).contains("| DONE  | 97.0 MiB | 100 | 2026");

        assertThat(caller.call("job:show", "7")).isZero();
        assertThat(caller.out()).contains("done      : 97.0 MiB\ntotal     : -\n");
    }

    @Test
    void cutsNoIdAndNoTimeInAList() {
        assertThat(caller.onTerminal(80).call("job:list")).isZero();

        assertThat(caller.out()).contains("backup:create", "20261120T120000", "2026-11-20T12:00:00Z");
        assertThat(caller.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void isSilentWithoutProgress() {
        jobs.then(ScriptedJobs.job(JobState.DONE, Progress.NONE));

        assertThat(caller.call("job:watch", "7", "--no-progress")).isZero();

        assertThat(caller.err()).isEmpty();
    }

    @Test
    void leavesTheJobAloneWhenOnlyTheWatchEnds() {
        assertThat(caller.call("job:watch", "7")).isEqualTo(130);

        assertThat(jobs.cancelled()).isEmpty();
    }

    @Test
    void endsAsTheJobDoes() {
        jobs.then(ScriptedJobs.failed(1001, "key 'x' is unknown", "remove it."));

        assertThat(caller.call("job:watch", "7", "--no-progress")).isEqualTo(2);

        assertThat(caller.err()).isEqualTo("MATR-1001: key 'x' is unknown\nHINT: remove it.\n");
    }

    @Test
    void showsAJobAsJson() {
        assertThat(caller.call("job:show", "7", "--format", "json")).isZero();

        assertThat(caller.out())
                .contains("\"id\" : 7,", "\"state\" : \"RUNNING\"", "\"submitted\" : \"2026-11-20T12:00:00Z\"")
                .contains("\"ended\" : null", "\"errorCode\" : null");
    }

    @Test
    void listsJobs() {
        assertThat(caller.call("job:list")).isZero();

        assertThat(caller.out()).contains("backup:create | main   | 20261120T120000 | RUNNING");
    }

    @Test
    void cancelsAJob() {
        assertThat(caller.call("job:cancel", "7")).isZero();

        assertThat(jobs.cancelled()).containsExactly(7L);
        assertThat(caller.out()).isEqualTo("job 7 is asked to stop, and is still RUNNING\n");
    }

    @Test
    void doesNotKnowAnotherJob() {
        assertThat(caller.call("job:show", "8")).isEqualTo(1);
        assertThat(caller.err()).isEqualTo("MATR-8001: no job '8'\nHINT: run job:list to see the jobs.\n");
        assertThat(caller.call("job:show", "x")).isEqualTo(2);
    }
}
