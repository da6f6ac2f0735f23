package org.matriarch.hook.script.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a script that was cancelled, and of everything that it started: asked first, so that it can clear away what
 * it has half done, and killed a little later.
 */
final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    /** The container itself has ten seconds to stop. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final Process process;
    private final boolean leadsGroup;

    /**
     * Ends a process.
     *
     * @param leadsGroup whether the process has a process group, to which belongs what it started
     */
    Ending(Process process, boolean leadsGroup) {
        this.process = process;
        this.leadsGroup = leadsGroup;
    }

    void carryOut() {
        // Listed before, for the child of an ended process is nobody's descendant.
        List<ProcessHandle> children = process.descendants().toList();
        signalGroup("TERM");
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        boolean interrupted = !awaitEnd();
        signalGroup("KILL");
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits a while; returns false if somebody has no time for that. */
    private boolean awaitEnd() {
        try {
            boolean ended = process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("script {} has ended: {}", process.pid(), ended);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Java signals no group. The number stands in no text that a shell would read as a command. */
    private void signalGroup(String signal) {
        if (!leadsGroup) {
            return;
        }
        try {
            new ProcessBuilder(
                            "sh",
                            "-c",
                            "kill -s \"$1\" -- \"-$2\" 2>/dev/null",
                            "sh",
                            signal,
                            Long.toString(process.pid()))
                    .start()
                    .waitFor(1, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.warn("unable to send {} to the process group {}", signal, process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
