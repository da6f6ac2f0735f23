package org.matriarch.shell.internal.server;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question that may find nobody who answers, as on a dead disk: asked on a thread of its own, and given up in time. */
final class BoundedQuestion<T> {

    private final FutureTask<T> task;

    private BoundedQuestion(Callable<T> question) {
        this.task = new FutureTask<>(question);
    }

    /** Begins to ask. */
    static <T> BoundedQuestion<T> ask(Callable<T> question) {
        var asked = new BoundedQuestion<>(question);
        var thread = new Thread(asked.task, "matriarch-question");
        thread.setDaemon(true);
        thread.setContextClassLoader(BoundedQuestion.class.getClassLoader());
        thread.start();
        return asked;
    }

    /**
     * Waits for the answer.
     *
     * @throws ExecutionException with what was thrown instead of an answer
     * @throws TimeoutException if there is none in time; the thread is interrupted and ends when it can
     */
    T await(Duration limit) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            task.cancel(true);
        }
    }
}
