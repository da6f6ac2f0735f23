package org.matriarch.shell.internal.job;

import java.time.Duration;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Text;

/** Prints a line at the start, at the end, and in between for every tenth of the work or every ten seconds. */
final class ProgressLines implements ProgressDisplay {

    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int STEP_PERCENT = 10;

    private final Console console;
    private final ProgressRate rate;
    private boolean begun;
    private long printedAt;
    private int printedTenth;

    ProgressLines(Console console, ProgressRate rate) {
        this.console = console;
        this.rate = rate;
    }

    @Override
    public void show(Job job) {
        rate.add(job.progress());
        int tenth = ProgressRate.percent(job) / STEP_PERCENT;
        boolean due = !begun || job.state().isEnded() || tenth > printedTenth || rate.now() - printedAt >= PAUSE_NANOS;
        if (!due) {
            return;
        }
        begun = true;
        printedAt = rate.now();
        printedTenth = tenth;
        console.note(line(job));
    }

    private String line(Job job) {
        int percent = ProgressRate.percent(job);
        var line = new StringBuilder("%s %s job %d: %s".formatted(job.kind(), job.server(), job.id(), job.state()));
        if (percent >= 0) {
            line.append(", ").append(percent).append(" %");
        }
        String amount = rate.describe(job);
        line.append(amount.isEmpty() ? "" : ", ").append(amount);
        String step = Text.oneLine(job.progress().step());
        line.append(step.isEmpty() || job.state().isEnded() ? "" : ", ")
                .append(job.state().isEnded() ? "" : step);
        return line.toString();
    }
}
