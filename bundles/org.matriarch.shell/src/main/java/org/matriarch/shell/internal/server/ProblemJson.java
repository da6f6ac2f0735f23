package org.matriarch.shell.internal.server;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.shell.internal.output.Json;

/** What is refused in a configuration file, as JSON. */
final class ProblemJson {

    private ProblemJson() {}

    static List<Map<String, @Nullable Object>> of(List<ConfigurationProblem> problems) {
        return problems.stream()
                .map(problem -> new Json()
                        .add("file", problem.file())
                        .add("key", problem.key())
                        .add("value", problem.value())
                        .add("reason", problem.reason())
                        .build())
                .toList();
    }
}
