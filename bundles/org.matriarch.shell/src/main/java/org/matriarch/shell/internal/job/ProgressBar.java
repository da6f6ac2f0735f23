package org.matriarch.shell.internal.job;

import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Text;

/** Draws one line over and over on a terminal. */
final class ProgressBar implements ProgressDisplay {

    private static final int BAR = 20;

    private final Console console;
    private final ProgressRate rate;
    private int drawn;

    ProgressBar(Console console, ProgressRate rate) {
        this.console = console;
        this.rate = rate;
    }

    @Override
    public void show(Job job) {
        rate.add(job.progress());
        String line = line(job);
        int room = Math.max(1, console.facts().columns() - 1);
        if (line.length() > room) {
            line = line.substring(0, room);
        }
        String blanks = " ".repeat(Math.max(0, Math.min(drawn, room) - line.length()));
        drawn = line.length();
        console.err().print("\r" + line + blanks);
        if (job.state().isEnded()) {
            console.err().println();
        }
        console.err().flush();
    }

    private String line(Job job) {
        int percent = ProgressRate.percent(job.progress());
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
        line.append(rate.describe(job.progress())).append(' ');
        if (job.state().isEnded()) {
            line.append(job.state());
        } else {
            line.append(Text.oneLine(job.progress().step()));
        }
        return line.toString().stripTrailing();
    }
}
