package org.matriarch.core.hook.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.server.ServerConfiguration;

/** What an operator sees of hooks that take long, and how they are ended. */
@Timeout(60)
final class HookJobTest extends HookScene {

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean interruptedAfterwards = new AtomicBoolean();

    @Test
    void aHookThatTakesLongIsAJob() throws InterruptedException {
        runner.ending(ScriptedRunner.HANGING);
        Thread work = begin(server("pre_archive_script", "one"));
        runner.hanging.await();
        assertThat(jobs.jobs()).isEmpty();

        showWhatTakesLong();

        Job job = awaitRunningJob();
        assertThat(job.kind()).isEqualTo("hook:run");
        assertThat(job.server()).isEqualTo("main");
        assertThat(job.subject()).isEqualTo("pre_archive_script 000000010000000000000001");
        assertThat(job.progress().step()).isEqualTo("running");
        work.interrupt();
        work.join();
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
        assertThat(ended(job.id()).state()).isEqualTo(JobState.FAILED);
        assertThat(ended(job.id()).errorCode()).contains(ErrorCode.JOB_INTERRUPTED.number());
    }

    @Test
    void aHookThatIsRepeatedIsAJobThatSaysWhatItWaitsFor() throws InterruptedException {
        runner.ending(7, 0);
        var looked = new AtomicReference<Job>();
        meanwhile = () -> {
            await().until(() -> jobs.jobs().stream().anyMatch(job -> job.state() == JobState.WAITING));
            looked.set(jobs.jobs().get(0));
        };

        hooks.before(server("pre_archive_retry_script", "one"), HookEvent.ARCHIVE, WAL);

        assertThat(looked.get().progress().step())
                .isEqualTo("failed 1 times, last with exit code 7; tried again after 3 s");
        assertThat(ended(looked.get().id()).state()).isEqualTo(JobState.DONE);
        showWhatTakesLong();
        assertThat(jobs.jobs()).hasSize(1);
    }

    @Test
    void cancellingARepeatedHookBeforeTheWorkStopsTheWork() throws InterruptedException {
        runner.ending(1);
        meanwhile = () -> new CountDownLatch(1).await();
        Thread work = begin(server("pre_archive_retry_script", "one"));

        jobs.cancel(awaitRunningJob().id());
        work.join();

        assertThat(failure.get())
                .hasMessageStartingWith("MATR-8006: pre_archive_retry_script of server 'main' was cancelled and so "
                        + "stopped '000000010000000000000001'");
        assertThat(ended(1).state()).isEqualTo(JobState.CANCELLED);
        assertThat(interruptedAfterwards).isFalse();
    }

    @Test
    void cancellingAPlainHookOnlyEndsTheHook() throws InterruptedException {
        runner.ending(ScriptedRunner.HANGING, 0);
        Thread work = begin(server("pre_archive_script", "one", "pre_archive_retry_script", "two"));
        runner.hanging.await();
        showWhatTakesLong();

        jobs.cancel(awaitRunningJob().id());
        work.join();

        assertThat(failure.get()).isNull();
        assertThat(runner.commands).containsExactly("one", "two");
        assertThat(interruptedAfterwards).isFalse();
    }

    @Test
    void aHookThatSaysStopEndsItsJobFailed() throws InterruptedException {
        runner.ending(1, 63);
        Thread work = begin(server("pre_archive_retry_script", "one"));
        work.join();

        assertThat(ended(1).state()).isEqualTo(JobState.FAILED);
        assertThat(ended(1).errorCode()).contains(ErrorCode.HOOK_ABORTED.number());
    }

    @Test
    void isEndedByAContainerThatIsStopping() throws InterruptedException {
        var stopping = new ConfiguredHooks(
                servers,
                new RefusingJobs(),
                runners,
                new HookEnvironment(Path.of("/etc/org.matriarch.cfg")),
                duration -> new CountDownLatch(1).await(),
                later::add);
        runner.ending(1);
        ServerConfiguration server = server("post_archive_retry_script", "one");

        stopping.after(server, HookEvent.ARCHIVE, WAL, Optional.of("the container stops"));

        assertThat(runner.commands).hasSize(1);
        assertThat(Thread.interrupted()).isFalse();
    }

    private Thread begin(ServerConfiguration server) {
        var thread = new Thread(
                () -> {
                    try {
                        hooks.before(server, HookEvent.ARCHIVE, WAL);
                    } catch (InterruptedException | MatriarchException e) {
                        failure.set(e);
                    }
                    interruptedAfterwards.set(Thread.interrupted());
                },
                "work");
        thread.start();
        return thread;
    }

    private void showWhatTakesLong() {
        List.copyOf(later).forEach(Runnable::run);
    }

    private Job awaitRunningJob() {
        await().until(() -> jobs.jobs().stream()
                .anyMatch(job ->
                        job.state() != JobState.QUEUED && !job.progress().step().isEmpty()));
        return jobs.jobs().get(0);
    }

    private Job ended(long id) throws InterruptedException {
        return jobs.await(id, Duration.ofSeconds(20));
    }

    /** As a job service is whose container stops. */
    private static final class RefusingJobs implements Jobs {

        @Override
        public Job submit(JobRequest request, JobTask task) {
            throw new MatriarchException(ErrorCode.JOB_INTERRUPTED, "the container is stopping", "start it again.");
        }

        @Override
        public List<Job> jobs() {
            return List.of();
        }

        @Override
        public Optional<Job> findJob(long id) {
            return Optional.empty();
        }

        @Override
        public Job cancel(long id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Job await(long id, Duration timeout) {
            throw new UnsupportedOperationException();
        }
    }
}
