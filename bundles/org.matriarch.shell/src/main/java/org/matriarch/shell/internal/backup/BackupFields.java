package org.matriarch.shell.internal.backup;

import java.util.Locale;
import org.matriarch.api.model.Backup;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Text;

/** A backup for people. */
final class BackupFields {

    private BackupFields() {}

    static Fields of(Backup backup) {
        Fields fields = new Fields()
                .add("backup", backup.id())
                .add("name", Text.of(backup.name()))
                .add("server", backup.server())
                .add("status", backup.status())
                .add("error", Text.of(backup.error()))
                .add("kind", backup.kind().name().toLowerCase(Locale.ROOT))
                .add("parent", Text.of(backup.parent()))
                .add("retention", backup.retention().label())
                .add("transport", backup.transport())
                .add("format", backup.format())
                .add("PostgreSQL version", backup.source().version())
                .add("system id", backup.source().systemId())
                .add("timeline", backup.source().timeline())
                .add("data directory", backup.source().dataDirectory())
                .add("began", Text.time(backup.span().beginTime()))
                .add("ended", Text.time(backup.span().endTime()))
                .add("begin LSN", Text.of(backup.span().beginLsn()))
                .add("end LSN", Text.of(backup.span().endLsn()))
                .add("begin WAL", Text.of(backup.beginWal()))
                .add("end WAL", Text.of(backup.endWal()))
                .add("size", size(backup, backup.size().sizeBytes()))
                .add("stored", size(backup, backup.size().storedBytes()))
                .add("WAL", size(backup, backup.size().walBytes()))
                .add("files", backup.size().fileCount());
        backup.source()
                .tablespaces()
                .forEach(space -> fields.add(
                        "tablespace %s".formatted(space.name()),
                        "%s (oid %d)".formatted(space.location(), space.oid())));
        return fields;
    }

    /** Returns one of a backup's sizes, or a hyphen if none is known yet, or none ever, because it broke. */
    static String size(Backup backup, long bytes) {
        return backup.size().sizeBytes() == 0 ? "-" : Text.size(bytes);
    }
}
