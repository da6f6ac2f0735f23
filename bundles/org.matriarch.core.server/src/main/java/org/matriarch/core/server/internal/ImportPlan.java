package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.matriarch.api.server.BarmanImportReport;

/**
 * An import of Barman's configuration that could be carried out.
 *
 * @param files what is written, in that order; none of them says it already
 * @param global what the global file says afterwards, by key
 */
record ImportPlan(BarmanImportReport report, List<Target> files, Map<String, String> global) {

    /**
     * A file to write.
     *
     * @param secret whether it holds a password
     */
    record Target(Path path, String content, boolean secret) {}
}
