package org.matriarch.core.job.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Progress;

@Timeout(60)
final class PersistedJobsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private PersistedJobs jobs;

    @BeforeEach
    void open() {
        jobs = reopened(1000);
    }

    @AfterEach
    void close() throws InterruptedException {
        jobs.deactivate();
    }

    @Test
    void runsATaskOnAThreadNamedAfterIt() throws InterruptedException {
        var name = new AtomicReference<String>();

        Job job = jobs.submit(
                request("backup:create"),
                context -> name.set(Thread.currentThread().getName()));
        Job ended = jobs.await(job.id(), LONG);

        assertThat(name).hasValue("matriarch-backup:create-main");
        assertThat(ended.state()).isEqualTo(JobState.DONE);
        assertThat(ended.ended()).contains(NOW);
        assertThat(jobs.await(job.id(), LONG)).isEqualTo(ended);
        assertThat(jobs.cancel(job.id())).isEqualTo(ended);
        assertThat(jobs.findJob(job.id())).contains(ended);
    }

    @Test
    void showsProgressWhileItRuns() throws InterruptedException {
        var reported = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Job job = jobs.submit(request("backup:create"), context -> {
            context.subject("20261120T120000");
            context.totalBytes(100);
            context.advance(30);
            context.advance(12);
            context.step("copies files");
            context.waiting(true);
            reported.countDown();
            goOn.await();
            context.waiting(false);
        });
        reported.await();

        Job seen = jobs.findJob(job.id()).orElseThrow();

        assertThat(seen.state()).isEqualTo(JobState.WAITING);
        assertThat(seen.subject()).isEqualTo("20261120T120000");
        assertThat(seen.progress()).isEqualTo(new Progress(42, 100, "copies files"));
        assertThat(jobs.await(job.id(), Duration.ofMillis(1)).state()).isEqualTo(JobState.WAITING);
        assertThat(jobs.jobs()).containsExactly(seen);
        await().untilAsserted(() -> assertThat(recorded(job.id())).isEqualTo(seen));
        goOn.countDown();
        assertThat(jobs.await(job.id(), LONG).progress().doneBytes()).isEqualTo(42);
    }

    @Test
    void refusesASecondJobOfAnExclusiveName() throws InterruptedException {
        var goOn = new CountDownLatch(1);
        JobRequest exclusive = new JobRequest("backup:create", "main", "", Optional.of("backup main"));
        Job first = jobs.submit(exclusive, context -> goOn.await());

        assertThatThrownBy(() -> jobs.submit(exclusive, context -> {})).hasMessage("""
                        MATR-8004: unable to start 'backup:create' of server 'main': job 1 (backup:create) is running
                        HINT: wait for it with 'job:watch 1', or stop it with 'job:cancel 1'.""");
        goOn.countDown();
        jobs.await(first.id(), LONG);

        assertThat(jobs.await(jobs.submit(exclusive, context -> {}).id(), LONG).state())
                .isEqualTo(JobState.DONE);
    }

    @Test
    void cancelsByInterrupting() throws InterruptedException {
        var begun = new CountDownLatch(1);
        Job job = jobs.submit(request("wal:check"), context -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        begun.await();

        jobs.cancel(job.id());
        Job ended = jobs.await(job.id(), LONG);

        assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
        assertThat(ended.errorCode()).contains(8002);
        assertThat(recorded(job.id())).isEqualTo(ended);
    }

    @Test
    void tellsEveryThreadOfAJobThatItIsCancelled() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        var seen = new AtomicReference<Throwable>();
        Job job = jobs.submit(request("backup:create"), context -> {
            begun.countDown();
            Thread helper = new Thread(() -> seen.set(failureOf(context, cancelled)));
            helper.start();
            join(helper);
        });
        begun.await();

        jobs.cancel(job.id());
        cancelled.countDown();

        assertThat(jobs.await(job.id(), LONG).state()).isEqualTo(JobState.DONE); // it finished in spite of it
        assertThat(seen.get()).hasMessage("job 1 is to stop");
    }

    @Test
    void takesAFailureThatStemsFromTheInterruptForACancellation() throws InterruptedException {
        assertThat(cancelledWith(wrapping(new InterruptedException()))).isEqualTo(JobState.CANCELLED);
        assertThat(cancelledWith(wrapping(new ClosedByInterruptException()))).isEqualTo(JobState.CANCELLED);
        assertThat(cancelledWith(wrapping(new java.io.InterruptedIOException())))
                .isEqualTo(JobState.CANCELLED);
        assertThat(cancelledWith(new MatriarchException(ErrorCode.JOB_CANCELLED, "stopped", "none.")))
                .isEqualTo(JobState.CANCELLED);
        assertThat(cancelledWith(new MatriarchException(ErrorCode.JOB_INTERRUPTED, "stopped", "none.")))
                .isEqualTo(JobState.CANCELLED);
        assertThat(cancelledWith(wrapping(new SocketTimeoutException()))).isEqualTo(JobState.FAILED);
    }

    @Test
    void keepsCodeAndHintOfAFailure() throws InterruptedException {
        Job ended = end(context -> {
            throw new MatriarchException(ErrorCode.STORE_FULL, "no room in store 'default'", "make some.");
        });

        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.errorCode()).contains(2003);
        assertThat(ended.error()).contains("no room in store 'default'");
        assertThat(ended.hint()).contains("make some.");
    }

    @Test
    void takesAFailureThatTellsOfAnInterruptNobodySentForAFailure() throws InterruptedException {
        Job ended = end(context -> {
            throw new MatriarchException(ErrorCode.JOB_CANCELLED, "stopped", "none.");
        });

        assertThat(ended.state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void callsAnUnexpectedExceptionInternal() throws InterruptedException {
        Job ended = end(context -> {
            throw new IllegalStateException("oops");
        });

        assertThat(ended.errorCode()).contains(9001);
        assertThat(ended.error()).contains("job 1 ended by an unexpected error: java.lang.IllegalStateException: oops");
    }

    @Test
    void endsAJobWhoseBundleIsGone() throws InterruptedException {
        Job ended = end(context -> {
            throw new NoClassDefFoundError("org/example/Gone");
        });

        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.errorCode()).contains(9001);
    }

    @Test
    void knowsNoJobOfAnotherNumber() {
        assertThat(jobs.findJob(7)).isEmpty();
        assertThatThrownBy(() -> jobs.cancel(7))
                .hasMessage("MATR-8001: unable to find job '7'%nHINT: job:list shows the jobs there are.".formatted());
        assertThatThrownBy(() -> jobs.await(7, LONG)).hasMessageStartingWith("MATR-8001");
    }

    @Test
    void remembersJobsAndNumbersAcrossRestarts() throws InterruptedException {
        Job first = end(context -> {});
        jobs.deactivate();

        jobs = reopened(1000);

        assertThat(jobs.jobs()).containsExactly(first);
        assertThat(end(context -> {}).id()).isEqualTo(2);
    }

    @Test
    void callsWhatRanAtACrashInterrupted() throws IOException, InterruptedException {
        write(running(5));
        Files.writeString(directory.resolve("6.json.tmp"), "{", UTF_8);
        Files.writeString(directory.resolve("9.json"), "{ torn", UTF_8);
        Files.writeString(directory.resolve("notes.txt"), "kept", UTF_8);

        jobs = reopened(1000);

        Job seen = jobs.findJob(5).orElseThrow();
        assertThat(seen.state()).isEqualTo(JobState.INTERRUPTED);
        assertThat(seen.errorCode()).contains(8005);
        assertThat(recorded(5)).isEqualTo(seen);
        assertThat(names()).containsExactlyInAnyOrder("5.json", "9.json", "notes.txt");
        assertThat(end(context -> {}).id()).isEqualTo(10);
    }

    @Test
    void keepsTheNewestJobsOnly() throws InterruptedException {
        jobs = reopened(2);
        for (int i = 0; i < 4; i++) {
            end(context -> {});
        }

        assertThat(jobs.jobs()).extracting(Job::id).containsExactly(4L, 3L);
        await().untilAsserted(() -> assertThat(names()).containsExactlyInAnyOrder("3.json", "4.json"));
    }

    @Test
    void marksWhatItHadToCutOffAtItsEnd() throws InterruptedException {
        var begun = new CountDownLatch(2);
        Job willing = jobs.submit(request("wal:check"), context -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        var release = new CountDownLatch(1);
        Job stubborn = jobs.submit(request("backup:verify"), context -> {
            begun.countDown();
            awaitUninterruptibly(release);
        });
        begun.await();

        jobs.deactivate();

        assertThat(recorded(willing.id()).state()).isEqualTo(JobState.INTERRUPTED);
        assertThat(recorded(stubborn.id()).state()).isEqualTo(JobState.INTERRUPTED);
        release.countDown();
        await().untilAsserted(() -> assertThat(threads()).noneMatch(name -> name.contains("backup:verify")));
        assertThat(recorded(stubborn.id()).state()).isEqualTo(JobState.INTERRUPTED);
        assertThatThrownBy(() -> jobs.submit(request("wal:check"), context -> {}))
                .hasMessageStartingWith(
                        "MATR-8005: unable to start 'wal:check' of server 'main': the container is stopping");
    }

    @Test
    void goesOnWhenTheHistoryCannotBeWritten() throws Exception {
        Files.delete(directory);
        Files.writeString(directory, "a file where the directory was", UTF_8);

        Job ended = end(context -> {});
        Files.delete(directory);
        Job second = end(context -> {});

        assertThat(ended.state()).isEqualTo(JobState.DONE);
        assertThat(recorded(second.id())).isEqualTo(second);
    }

    @Test
    void startsWithoutAHistoryThatCannotBeRead() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "", UTF_8);

        var elsewhere = new PersistedJobs(file, Clock.systemUTC(), 10, LONG, LONG);

        assertThat(elsewhere.jobs()).isEmpty();
        elsewhere.deactivate();
    }

    @Test
    void recordsAJobThoughTheSubmitterIsInterrupted() throws InterruptedException {
        Thread.currentThread().interrupt();

        Job job = jobs.submit(request("wal:check"), context -> {});

        assertThat(Thread.interrupted()).isTrue();
        jobs.await(job.id(), LONG);
        assertThat(recorded(job.id()).state()).isEqualTo(JobState.DONE);
    }

    private PersistedJobs reopened(int kept) {
        return new PersistedJobs(
                directory, Clock.fixed(NOW, ZoneOffset.UTC), kept, Duration.ofMillis(20), Duration.ofMillis(300));
    }

    private Job end(JobTask task) throws InterruptedException {
        return jobs.await(jobs.submit(request("wal:check"), task).id(), LONG);
    }

    private JobState cancelledWith(MatriarchException failure) throws InterruptedException {
        var begun = new CountDownLatch(1);
        Job job = jobs.submit(request("wal:check"), context -> {
            begun.countDown();
            awaitUninterruptibly(new CountDownLatch(1), failure);
        });
        begun.await();
        jobs.cancel(job.id());
        return jobs.await(job.id(), LONG).state();
    }

    private static MatriarchException wrapping(Exception cause) {
        return new MatriarchException(ErrorCode.BACKUP_FAILED, "broke off", "none.", cause);
    }

    private static void awaitUninterruptibly(CountDownLatch latch, MatriarchException atInterrupt) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw atInterrupt;
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean opened = false;
        while (!opened) {
            try {
                latch.await();
                opened = true;
            } catch (InterruptedException e) {
                opened = latch.getCount() == 0; // stubborn on purpose
            }
        }
    }

    private static void join(Thread thread) {
        boolean ended = false;
        while (!ended) {
            try {
                thread.join();
                ended = true;
            } catch (InterruptedException e) {
                ended = false;
            }
        }
    }

    private static Throwable failureOf(JobContext context, CountDownLatch moment) {
        try {
            moment.await();
            context.checkCancelled();
            return new AssertionError("not cancelled");
        } catch (InterruptedException e) {
            return e;
        }
    }

    private static JobRequest request(String kind) {
        return new JobRequest(kind, "main", "", Optional.empty());
    }

    private static Job running(long id) {
        return new Job(
                id,
                "backup:create",
                "main",
                "20261120T115900",
                JobState.RUNNING,
                new Progress(1, 2, "copies files"),
                NOW.minusSeconds(60),
                Optional.of(NOW.minusSeconds(59)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void write(Job job) throws IOException {
        Files.write(directory.resolve(job.id() + ".json"), JobFile.write(job));
    }

    private Job recorded(long id) {
        try {
            return JobFile.read(Files.readAllBytes(directory.resolve(id + ".json")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
