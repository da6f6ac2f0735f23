package org.matriarch.core.monitor.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.monitor.Seen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One question about one server, of which never more than one is unanswered, and its last answer. Thread-safe. */
final class LastSeen<T> {

    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);

    /** When no answer yet is as good as none. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Guarded by this. */
    private @Nullable Seen<T> seen;

    /** Guarded by this. */
    private boolean asked;

    /** Guarded by this. */
    private boolean failed;

    /** When the question that is unanswered was asked. Guarded by this. */
    private @Nullable Long askedNanos;

    /** What may be answered by nobody, because the bundle that could is away. */
    interface Question<T> {

        Optional<T> ask();
    }

    /** Asks, unless an earlier question is still unanswered or every thread is occupied. */
    void ask(Question<T> question, Rounds threads, Clock clock) {
        synchronized (this) {
            if (askedNanos != null) {
                return;
            }
            askedNanos = System.nanoTime();
        }
        try {
            threads.start(() -> answer(question, clock));
        } catch (RejectedExecutionException e) {
            LOG.debug("every thread is occupied", e);
            end(null, false);
        }
    }

    private void answer(Question<T> question, Clock clock) {
        Seen<T> answer = null;
        boolean wrong = true;
        try {
            answer = question.ask()
                    .map(value -> new Seen<>(value, clock.instant()))
                    .orElse(null);
            wrong = answer == null;
        } catch (MatriarchException e) {
            LOG.debug("no answer: {}", e.summary());
        } finally {
            end(answer, wrong);
        }
    }

    private synchronized void end(@Nullable Seen<T> answer, boolean wrong) {
        askedNanos = null;
        if (answer != null) {
            seen = answer;
        }
        asked |= answer != null || wrong;
        failed = wrong;
    }

    synchronized Optional<Seen<T>> seen() {
        return Optional.ofNullable(seen);
    }

    /** Returns whether the last question was answered in time; empty if none was ever asked. */
    synchronized Optional<Boolean> answers() {
        boolean late = askedNanos != null && System.nanoTime() - askedNanos > PATIENCE.toNanos();
        return asked || late ? Optional.of(!failed && !late) : Optional.empty();
    }
}
