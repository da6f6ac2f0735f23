package org.matriarch.shell.internal.server;

import java.util.List;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Fields;

/** What is refused in configuration files, as text. */
final class RefusedValues {

    private RefusedValues() {}

    /** Prints nothing if nothing is refused. */
    static void print(Console console, List<ConfigurationProblem> problems) {
        if (problems.isEmpty()) {
            return;
        }
        console.out().println("refused, so that the last good values stay in force:");
        var refused = new Fields();
        problems.forEach(problem ->
                refused.add(problem.file(), "%s = %s: %s".formatted(problem.key(), problem.value(), problem.reason())));
        refused.print(console, 2);
    }
}
