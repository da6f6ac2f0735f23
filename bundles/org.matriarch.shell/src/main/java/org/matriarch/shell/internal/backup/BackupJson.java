package org.matriarch.shell.internal.backup;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.Backup;
import org.matriarch.shell.internal.output.Json;

/** A backup as JSON. The names of the fields are a promise to scripts. */
public final class BackupJson {

    private BackupJson() {}

    /** Returns all that is known of a backup. */
    public static Map<String, @Nullable Object> of(Backup backup) {
        return new Json()
                .add("id", backup.id())
                .add("name", backup.name())
                .add("server", backup.server())
                .add("status", backup.status())
                .add("kind", backup.kind().name().toLowerCase(Locale.ROOT))
                .add("transport", backup.transport())
                .add("format", backup.format())
                .add("parent", backup.parent())
                .add("timeline", backup.source().timeline())
                .add("systemId", backup.source().systemId())
                .add("postgresVersion", backup.source().version())
                .add("beginTime", backup.span().beginTime())
                .add("endTime", backup.span().endTime())
                .add("beginLsn", backup.span().beginLsn())
                .add("endLsn", backup.span().endLsn())
                .add("beginWal", backup.beginWal())
                .add("endWal", backup.endWal())
                .add("sizeBytes", backup.size().sizeBytes())
                .add("storedBytes", backup.size().storedBytes())
                .add("walBytes", backup.size().walBytes())
                .add("fileCount", backup.size().fileCount())
                .add(
                        "tablespaces",
                        backup.source().tablespaces().stream()
                                .map(space -> new Json()
                                        .add("name", space.name())
                                        .add("oid", space.oid())
                                        .add("location", space.location())
                                        .build())
                                .toList())
                .add("retention", backup.retention().label())
                .add("error", backup.error())
                .build();
    }
}
