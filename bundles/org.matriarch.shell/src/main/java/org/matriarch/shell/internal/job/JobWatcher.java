package org.matriarch.shell.internal.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.output.Console;

/** Waits for a job on behalf of a command, and shows its progress meanwhile. */
public final class JobWatcher {

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_INTERRUPTED = 130;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final long SAME_KEY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CANCEL_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Jobs jobs;
    private final Console console;
    private final ProgressDisplay display;

    private JobWatcher(Jobs jobs, Console console, ProgressDisplay display) {
        this.jobs = jobs;
        this.console = console;
        this.display = display;
    }

    /** How a job ended, and the exit code that says so; its error is already printed. */
    public record End(Job job, int exitCode) {}

    /** Returns a watcher that shows progress unless {@code --no-progress} is given. */
    public static JobWatcher of(Invocation call) {
        boolean silent = call.words().has("--no-progress");
        return new JobWatcher(call.services().jobs(), call.console(), ProgressDisplay.of(call.console(), silent));
    }

    /** Waits until a job has ended. If the user interrupts, the job is cancelled, and its end waited for. */
    public End watch(Job submitted) {
        try {
            return end(follow(submitted), EXIT_FAILED);
        } catch (InterruptedException e) {
            display.clear();
            console.note("cancelling job %d".formatted(submitted.id()));
            jobs.cancel(submitted.id());
            Job job = awaitEnd(submitted);
            display.clear(); // Karaf does not wait for a command that is interrupted: its prompt stands there already.
            return end(job, EXIT_INTERRUPTED);
        }
    }

    /** Waits until a job has ended. If the user interrupts, the job goes on. */
    public End lookOn(Job job) throws InterruptedException {
        return end(follow(job), EXIT_FAILED);
    }

    private Job follow(Job submitted) throws InterruptedException {
        Job job = submitted;
        display.show(job);
        while (!job.state().isEnded()) {
            job = jobs.await(job.id(), PAUSE);
            display.show(job);
        }
        return job;
    }

    /** Waits for the end of a job that is asked to stop, until the user interrupts that, too. */
    private Job awaitEnd(Job submitted) {
        long begun = System.nanoTime();
        Job job = submitted;
        while (!job.state().isEnded() && System.nanoTime() - begun < CANCEL_NANOS) {
            try {
                job = jobs.await(job.id(), PAUSE);
            } catch (InterruptedException e) {
                // One Ctrl-C may interrupt more than once: Karaf cancels the command as well as what runs it.
                if (System.nanoTime() - begun > SAME_KEY_NANOS) {
                    break;
                }
            }
        }
        return job;
    }

    private End end(Job job, int exitIfCancelled) {
        if (job.state() == JobState.DONE) {
            return new End(job, 0);
        }
        if (!job.state().isEnded()) {
            console.error(
                    ErrorCode.JOB_CANCELLED.number(),
                    "job %d is asked to stop, and is still %s".formatted(job.id(), job.state()),
                    "run job:watch %d to see it end.".formatted(job.id()));
            return new End(job, exitIfCancelled);
        }
        ErrorCode fallback = job.state() == JobState.CANCELLED ? ErrorCode.JOB_CANCELLED : ErrorCode.JOB_INTERRUPTED;
        int number = job.errorCode().orElse(fallback.number());
        console.error(
                number,
                job.error().orElse("job %d is %s".formatted(job.id(), job.state())),
                job.hint().orElse("run job:show %d to see how far it came.".formatted(job.id())));
        return new End(job, job.state() == JobState.FAILED ? exitCode(number) : exitIfCancelled);
    }

    private static int exitCode(int number) {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.number() == number)
                .findFirst()
                .map(ErrorCode::exitCode)
                .orElse(EXIT_FAILED);
    }
}
