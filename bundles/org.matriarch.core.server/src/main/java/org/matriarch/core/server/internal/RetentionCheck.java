package org.matriarch.core.server.internal;

import java.util.List;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Component;

/** Says which retention policy holds, and whether it goes with the redundancy that is wanted. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=590")
public final class RetentionCheck implements ServerCheck {

    private static final String NAME = "retention policy settings";

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        return List.of(server.repository()
                .retention()
                .map(policy -> judge(policy, server.repository().minimumRedundancy()))
                .orElseGet(() -> new CheckResult(NAME, Outcome.OK, "none: no backup is ever obsolete", "")));
    }

    private static CheckResult judge(RetentionPolicy policy, int minimum) {
        if (policy instanceof RetentionPolicy.Redundancy redundancy && redundancy.backups() < minimum) {
            return new CheckResult(
                    NAME,
                    Outcome.WARNING,
                    "%s keeps fewer than minimum_redundancy, %d: that many are kept".formatted(policy, minimum),
                    "raise the redundancy of 'retention_policy', or lower 'minimum_redundancy'.");
        }
        return new CheckResult(NAME, Outcome.OK, policy.toString(), "");
    }
}
