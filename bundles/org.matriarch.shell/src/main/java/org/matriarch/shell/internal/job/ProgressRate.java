package org.matriarch.shell.internal.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Progress;
import org.matriarch.shell.internal.output.Text;

/** How fast a job is, over the last seconds. */
final class ProgressRate {

    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private record Sample(long nanos, long bytes) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private final LongSupplier nanoClock;

    ProgressRate() {
        this(System::nanoTime);
    }

    ProgressRate(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Returns a time that only grows. */
    long now() {
        return nanoClock.getAsLong();
    }

    /** Takes how far the job is now. */
    void add(Progress progress) {
        Sample newest = samples.peekLast();
        if (newest != null && progress.doneBytes() < newest.bytes()) {
            samples.clear(); // It began again.
        }
        long now = now();
        samples.addLast(new Sample(now, progress.doneBytes()));
        while (samples.size() > 2 && now - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Returns the bytes per second, once there is something to measure. */
    Optional<Long> bytesPerSecond() {
        if (samples.size() < 2) {
            return Optional.empty();
        }
        Sample oldest = samples.getFirst();
        Sample newest = samples.getLast();
        long nanos = newest.nanos() - oldest.nanos();
        return nanos <= 0 ? Optional.empty() : Optional.of((long) ((newest.bytes() - oldest.bytes()) * 1e9 / nanos));
    }

    /** Returns bytes, rate and time left, as far as they are known. */
    String describe(Job job) {
        Progress progress = job.progress();
        boolean done = job.state() == JobState.DONE;
        if (progress.doneBytes() == 0 && progress.totalBytes() == 0) {
            return "";
        }
        var text = new StringBuilder(Text.size(progress.doneBytes()));
        if (progress.totalBytes() > 0 && !done) {
            text.append(" of ").append(Text.size(progress.totalBytes()));
        }
        bytesPerSecond().filter(rate -> rate > 0).ifPresent(rate -> {
            text.append(", ").append(Text.size(rate)).append("/s");
            long left = progress.totalBytes() - progress.doneBytes();
            if (left > 0 && !done) {
                text.append(", ")
                        .append(Text.span(Duration.ofSeconds(left / rate)))
                        .append(" left");
            }
        });
        return text.toString();
    }

    /** Returns the part done in percent, or -1 while the whole is unknown. The whole is an estimate: a job that is done is. */
    static int percent(Job job) {
        if (job.state() == JobState.DONE) {
            return 100;
        }
        Progress progress = job.progress();
        if (progress.totalBytes() <= 0) {
            return -1;
        }
        return (int) Math.min(100, progress.doneBytes() * 100 / progress.totalBytes());
    }
}
