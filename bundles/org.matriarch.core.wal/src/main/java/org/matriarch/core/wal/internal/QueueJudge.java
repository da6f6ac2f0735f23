package org.matriarch.core.wal.internal;

import java.util.Optional;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration.MonitoringSettings;

/**
 * Says of a directory of WAL whether too much waits there.
 *
 * @param problem what keeps files from being archived; empty if nothing does
 */
record QueueJudge(Optional<String> problem, MonitoringSettings settings) {

    private static final int LONG_QUEUE = 10;

    /**
     * Judges one of the directories.
     *
     * @param elsewhere how many files wait in the others; the limit holds for all of them
     */
    CheckResult judge(String name, long waiting, long elsewhere) {
        if (waiting == 0) {
            return new CheckResult(name, Outcome.OK, "", "");
        }
        if (problem.isPresent()) {
            String[] lines = problem.get().lines().toArray(String[]::new);
            String hint = lines.length > 1 ? lines[1].replaceFirst("^HINT: ", "") : "look into the log.";
            return new CheckResult(name, Outcome.FAILED, "%s: %s".formatted(count(waiting), lines[0]), hint);
        }
        Optional<Integer> most = settings.maxIncomingWalsQueue();
        if (most.isPresent() && waiting + elsewhere > most.get()) {
            return new CheckResult(
                    name,
                    Outcome.FAILED,
                    "%s to be archived%s, allowed are %d"
                            .formatted(
                                    count(waiting),
                                    elsewhere == 0 ? "" : ", %d more in other directories".formatted(elsewhere),
                                    most.get()),
                    "they come faster than they are stored; look at the load, at 'compression' and at 'max_incoming_wals_queue'.");
        }
        return most.isPresent() || waiting <= LONG_QUEUE
                ? new CheckResult(name, Outcome.OK, count(waiting) + " to be archived", "")
                : new CheckResult(
                        name,
                        Outcome.WARNING,
                        count(waiting) + " to be archived",
                        "they come faster than they are stored; look at the load and at 'compression'.");
    }

    private static String count(long files) {
        return files == 1 ? "1 WAL file waits" : files + " WAL files wait";
    }
}
