package org.matriarch.core.recovery.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.job.JobContext;

/** A job's context that can end the job at a chosen moment: at the n-th call of whatever kind. */
final class CountingContext implements JobContext {

    final AtomicInteger calls = new AtomicInteger();
    final AtomicLong doneBytes = new AtomicLong();
    private final int failAt;
    private long totalBytes;

    CountingContext(int failAt) {
        this.failAt = failAt;
    }

    long totalBytes() {
        return totalBytes;
    }

    @Override
    public long jobId() {
        return 1;
    }

    @Override
    public void step(String step) {
        if (!step.startsWith("removing")) {
            call();
        }
    }

    @Override
    public void subject(String subject) {
        call();
    }

    @Override
    public void totalBytes(long bytes) {
        totalBytes = bytes;
    }

    @Override
    public void advance(long bytes) {
        doneBytes.addAndGet(bytes);
        call();
    }

    @Override
    public void waiting(boolean waiting) {
        call();
    }

    @Override
    public void checkCancelled() throws InterruptedException {
        if (calls.incrementAndGet() == failAt) {
            throw new InterruptedException("cancelled at call " + failAt);
        }
    }

    private void call() {
        if (calls.incrementAndGet() == failAt) {
            throw new IllegalStateException("ended at call " + failAt);
        }
    }
}
