package org.matriarch.core.backup.internal;

import java.util.Map;
import org.matriarch.api.postgres.ServerFacts;

/** What a server says of itself, changed by a test. */
final class Facts {

    private Facts() {}

    static ServerFacts with(ServerFacts facts, Map<String, String> settings) {
        return new ServerFacts(
                facts.version(),
                facts.systemId(),
                facts.timeline(),
                facts.segmentSizeBytes(),
                facts.clock(),
                facts.inRecovery(),
                facts.currentLsn(),
                facts.databaseSizeBytes(),
                facts.superuser(),
                facts.backupPrivileges(),
                facts.monitoringPrivileges(),
                facts.tablespaces(),
                settings);
    }
}
