package org.matriarch.shell.internal.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.shell.internal.output.Text;

/** The one line that a Nagios plugin prints, and its exit code. */
record NagiosReport(String line, int exitCode) {

    private static final int CRITICAL = 2;

    /**
     * Sums up the checks.
     *
     * @param incomplete whether a server could not be checked at all
     * @param performance sizes of backups and WAL, as Nagios wants them behind a bar; may be empty
     */
    static NagiosReport of(Map<String, List<CheckResult>> results, boolean incomplete, String performance) {
        var troubled = new ArrayList<String>();
        var failures = new StringBuilder();
        results.forEach((server, checks) -> {
            List<String> failed = names(checks, Outcome.FAILED);
            if (!failed.isEmpty()) {
                troubled.add(server);
                failures.append(" * %s FAILED: %s".formatted(server, String.join(", ", failed)));
            }
        });
        String end = performance.isEmpty() ? "" : "|" + performance;
        if (troubled.isEmpty() && !incomplete) {
            return new NagiosReport("MATRIARCH OK - " + praise(results) + end, 0);
        }
        if (troubled.isEmpty()) {
            return new NagiosReport("MATRIARCH CRITICAL - a server could not be checked" + end, CRITICAL);
        }
        return new NagiosReport(
                Text.oneLine("MATRIARCH CRITICAL - server%s %s %s issues%s%s"
                        .formatted(
                                troubled.size() == 1 ? "" : "s",
                                String.join(", ", troubled),
                                troubled.size() == 1 ? "has" : "have",
                                failures,
                                end)),
                CRITICAL);
    }

    /** Says what was checked, and no more: that a server is sound does not mean that it has a backup already. */
    private static String praise(Map<String, List<CheckResult>> results) {
        if (results.isEmpty()) {
            return "no server is configured";
        }
        long warnings = results.values().stream()
                .mapToLong(checks -> names(checks, Outcome.WARNING).size())
                .sum();
        String which =
                results.size() == 1 ? "server " + results.keySet().iterator().next() : results.size() + " servers";
        return "all checks of %s passed%s"
                .formatted(which, warnings == 0 ? "" : " with " + Text.count(warnings, "warning"));
    }

    private static List<String> names(List<CheckResult> checks, Outcome outcome) {
        return checks.stream()
                .filter(check -> check.outcome() == outcome)
                .map(CheckResult::name)
                .toList();
    }
}
