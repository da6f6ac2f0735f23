package org.matriarch.shell.internal.job;

import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.output.Console;

/** Shows on standard error how far a job is. */
interface ProgressDisplay {

    /** Shows nothing. */
    ProgressDisplay SILENT = job -> {};

    /** Takes the job as it stands now; called again and again, the last time when it has ended. */
    void show(Job job);

    /** Clears the line that the cursor is in, for other output. */
    default void clear() {
        // Whole lines leave the cursor where it should be.
    }

    /** Returns the display that suits the caller: a bar on a terminal, lines elsewhere. */
    static ProgressDisplay of(Console console, boolean silent) {
        if (silent) {
            return SILENT;
        }
        return console.facts().errorIsTerminal()
                ? new ProgressBar(console, new ProgressRate())
                : new ProgressLines(console, new ProgressRate());
    }
}
