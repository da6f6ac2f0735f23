package org.matriarch.core.schedule.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why rounds of servers are not done, said once for each reason, and how many rounds to leave out, so that a job that fails does
 * not fail every minute. Thread-safe.
 */
final class RoundTroubles {

    private static final Logger LOG = LoggerFactory.getLogger(RoundTroubles.class);

    /** Rounds left out at most: one in an hour is tried. */
    private static final int MOST_LEFT_OUT = 59;

    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

    /**
     * What keeps a server from being maintained.
     *
     * @param hint what to do about it; empty if it is meant
     * @param failures how often it was tried in vain
     * @param leftOut how many rounds are still left out
     */
    record Trouble(String reason, String hint, int failures, int leftOut) {}

    /** Returns what keeps a server from being maintained. */
    Optional<Trouble> of(String server) {
        return Optional.ofNullable(troubles.get(server));
    }

    /** Returns whether to leave out a round, and counts it. */
    boolean leaveOut(String server) {
        Trouble trouble = troubles.get(server);
        if (trouble == null || trouble.leftOut() == 0) {
            return false;
        }
        troubles.replace(
                server,
                trouble,
                new Trouble(trouble.reason(), trouble.hint(), trouble.failures(), trouble.leftOut() - 1));
        return true;
    }

    /** The server is not to be maintained now. */
    void rests(String server, String reason, String hint) {
        Trouble before = troubles.put(server, new Trouble(reason, hint, 0, 0));
        if (before == null || !before.reason().equals(reason)) {
            LOG.info("server '{}' is not maintained: {}", server, reason);
        }
    }

    /** A round failed. */
    void failed(String server, MatriarchException e) {
        Trouble before = troubles.get(server);
        int failures = before == null ? 1 : before.failures() + 1;
        // A store that is away costs nothing to ask for; it may be back in a minute.
        int leftOut =
                e.code() == ErrorCode.STORE_MISSING ? 0 : Math.min(MOST_LEFT_OUT, (1 << Math.min(failures - 1, 6)) - 1);
        troubles.put(server, new Trouble(e.summary(), e.hint(), failures, leftOut));
        if (before == null || !sameReason(before.reason(), e.summary())) {
            LOG.warn(
                    "unable to maintain server '{}': MATR-{}: {}; it is tried again",
                    server,
                    e.code().number(),
                    e.summary());
        }
    }

    /** A round was done. */
    void over(String server) {
        if (troubles.remove(server) != null) {
            LOG.info("server '{}' is maintained again", server);
        }
    }

    /** The server is another one now. */
    void forget(String server) {
        troubles.remove(server);
    }

    /** The number of the job that failed does not make it another reason. */
    private static boolean sameReason(String one, String other) {
        return one.replaceAll("\\d+", "").equals(other.replaceAll("\\d+", ""));
    }
}
