package org.matriarch.shell.internal.job;

import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Text;

/** Draws one line over and over on a terminal, and leaves nothing of it behind. */
final class ProgressBar implements ProgressDisplay {

    private static final int BAR = 20;

    /** Clears from the cursor to the end of the line, also what the terminal itself wrote there, such as {@code ^C}. */
    private static final String ERASE = "\u001b[K";

    private final Console console;
    private final ProgressRate rate;
    private boolean drawn;

    ProgressBar(Console console, ProgressRate rate) {
        this.console = console;
        this.rate = rate;
    }

    @Override
    public void show(Job job) {
        rate.add(job.progress());
        if (job.state().isEnded()) {
            if (drawn) {
                clear(); // What comes now is the result, and says more than a full bar.
            }
            return;
        }
        String line = line(job);
        int room = Math.max(1, console.facts().columns() - 1);
        console.err().print("\r" + (line.length() > room ? line.substring(0, room) : line) + ERASE);
        console.err().flush();
        drawn = true;
    }

    @Override
    public void clear() {
        console.err().print("\r" + ERASE);
        console.err().flush();
        drawn = false;
    }

    private String line(Job job) {
        int percent = ProgressRate.percent(job);
        var line =
                new StringBuilder(job.kind()).append(' ').append(job.server()).append(' ');
        if (percent >= 0) {
            int full = BAR * percent / 100;
            line.append('[')
                    .append("#".repeat(full))
                    .append(".".repeat(BAR - full))
                    .append("] ");
            line.append(percent).append(" % ");
        }
        line.append(rate.describe(job)).append(' ');
        line.append(Text.oneLine(job.progress().step()));
        return line.toString().stripTrailing();
    }
}
