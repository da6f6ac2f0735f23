package org.matriarch.core.schedule.internal;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Says whether this container is in charge of a server's repository, without waiting: the disk is asked on another thread, since
 * it may hang. Thread-safe.
 */
final class Charges {

    /** Who is in charge. */
    enum Answer {
        /** Ask again soon. */
        UNKNOWN,
        OURS,
        /** Another container, which begins the backups. */
        OTHERS
    }

    private final Predicate<String> isOurs;
    private final Executor workers;
    private final Map<String, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();

    /** Asks {@code isOurs} on one of the workers. */
    Charges(Predicate<String> isOurs, Executor workers) {
        this.isOurs = isOurs;
        this.workers = workers;
    }

    /** Returns the answer if there is one; each is given once. */
    Answer ask(String server) {
        CompletableFuture<Answer> answer = asked.computeIfAbsent(
                server,
                name -> CompletableFuture.supplyAsync(() -> isOurs.test(name) ? Answer.OURS : Answer.OTHERS, workers));
        if (!answer.isDone()) {
            return Answer.UNKNOWN;
        }
        asked.remove(server);
        return answer.join();
    }
}
