package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.server.ServerConfiguration;

/** Values that the tests share. */
final class Samples {

    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private Samples() {}

    static ServerConfiguration server(int minimumRedundancy) {
        return server(Path.of("/srv"), minimumRedundancy);
    }

    static ServerConfiguration server(Path matriarchHome, int minimumRedundancy) {
        var texts = new LinkedHashMap<>(Judgement.effective(Map.of("conninfo", "host=pg"), Map.of()));
        texts.put("minimum_redundancy", Integer.toString(minimumRedundancy));
        return Settings.configuration("main", texts, matriarchHome);
    }

    /** Returns a server with options of the test's own. */
    static ServerConfiguration server(Map<String, String> options) {
        var texts = new LinkedHashMap<>(Judgement.effective(Map.of("conninfo", "host=pg"), Map.of()));
        texts.putAll(options);
        return Settings.configuration("main", texts, Path.of("/srv"));
    }

    static Backup backup(String id, BackupStatus status, BackupKind kind) {
        return new Backup(
                new BackupId(id),
                Optional.empty(),
                "main",
                status,
                kind,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource("7000", new PostgresVersion(160_004), 1, 16L << 20, "/data", List.of()),
                new BackupSpan(
                        NOW.minusSeconds(7200),
                        Optional.of(NOW.minusSeconds(3600)),
                        Optional.empty(),
                        Optional.empty()),
                BackupSize.NONE,
                RetentionStatus.NONE,
                Optional.empty());
    }
}
