package org.matriarch.api.server;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Contributes checks to {@code server:check}. Each part of the product registers its own as an OSGi service. */
@ConsumerType
public interface ServerCheck {

    /** Service property: position of the results within the list; smaller comes first. */
    String PROPERTY_ORDER = "matriarch.check.order";

    /**
     * Runs the checks. Failures are results, not exceptions; what is thrown is shown as a failed check.
     *
     * @throws InterruptedException if the check took longer than allowed and was stopped
     */
    List<CheckResult> check(ServerConfiguration server) throws InterruptedException;
}
