package org.matriarch.http.internal.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The commands under way, by the number that the caller chose. Thread-safe. */
final class RunningCommands {

    /** More than this at once is a loop gone wild, and each holds a thread. */
    private static final int MOST = 200;

    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<String, RunningCommand> byId = new HashMap<>();

    /** Returns the command of an id, made on first sight: its requests may arrive in any order. Empty if there are too many. */
    synchronized Optional<RunningCommand> get(String id) {
        RunningCommand known = byId.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        byId.values().removeIf(RunningCommands::isForgotten);
        if (byId.size() >= MOST) {
            return Optional.empty();
        }
        var command = new RunningCommand();
        byId.put(id, command);
        return Optional.of(command);
    }

    synchronized void remove(String id) {
        byId.remove(id);
    }

    /** Stops all. */
    void abandonAll() {
        ArrayList<RunningCommand> all;
        synchronized (this) {
            all = new ArrayList<>(byId.values());
            byId.clear();
        }
        all.forEach(RunningCommand::abandon);
    }

    private static boolean isForgotten(RunningCommand command) {
        return command.ageNanos() > KEPT_NANOS && (command.hasEnded() || !command.hasBegun());
    }
}
