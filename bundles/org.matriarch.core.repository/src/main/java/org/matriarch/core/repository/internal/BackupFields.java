package org.matriarch.core.repository.internal;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupEnd;

/** Says a backup in the fields of a {@link BackupInfo}, and back. */
final class BackupFields {

    static final String FORMAT = "plain";

    private static final long DEFAULT_SEGMENT_BYTES = 16L << 20;
    /** Our transports in Barman's words, where it has them. */
    private static final Map<String, String> MODES = Map.of("streaming", "postgres", "rsync", "rsync-concurrent");

    private final ZoneId zone;

    BackupFields(ZoneId zone) {
        this.zone = zone;
    }

    /** Returns a time as the clock shows it where ids and times of backups come from. */
    LocalDateTime local(Instant time) {
        return LocalDateTime.ofInstant(time, zone);
    }

    /** Returns the fields of a backup that has not stored anything yet. */
    Map<String, Optional<String>> begun(Backup backup, ServerFacts facts) {
        var fields = new HashMap<String, Optional<String>>();
        fields.put("server_name", Optional.of(backup.server()));
        fields.put("backup_name", backup.name());
        fields.put("mode", Optional.of(MODES.getOrDefault(backup.transport(), backup.transport())));
        fields.put("parent_backup_id", backup.parent().map(BackupId::value));
        fields.put("begin_time", Optional.of(PythonTime.format(backup.span().beginTime(), zone)));
        for (String setting : List.of("config_file", "hba_file", "ident_file", "data_checksums", "summarize_wal")) {
            fields.put(setting, Optional.ofNullable(facts.settings().get(setting)));
        }
        fields.put("cluster_size", positive(facts.databaseSizeBytes()));
        fields.putAll(source(backup.source()));
        fields.putAll(status(backup.status(), Optional.empty()));
        return fields;
    }

    /** Returns the fields that say where a backup comes from. */
    Map<String, Optional<String>> source(BackupSource source) {
        return Map.of(
                "pgdata",
                text(source.dataDirectory()),
                "systemid",
                text(source.systemId()),
                "tablespaces",
                tablespaces(source.tablespaces()),
                "timeline",
                positive(source.timeline()),
                "version",
                Optional.of(Integer.toString(source.version().number())),
                "xlog_segment_size",
                Optional.of(Long.toString(source.segmentSizeBytes())));
    }

    /** Returns the fields that say where a backup's WAL begins. */
    Map<String, Optional<String>> beginning(Backup backup) {
        return Map.of(
                "begin_xlog", backup.span().beginLsn().map(Lsn::toString),
                "begin_wal", backup.beginWal().map(WalFileName::value),
                "begin_offset", offset(backup, backup.span().beginLsn()));
    }

    /** Returns the fields that say how a backup ended. */
    Map<String, Optional<String>> ending(Backup backup, BackupEnd end) {
        String seconds = PythonTime.seconds(
                Math.max(0, ChronoUnit.MICROS.between(backup.span().beginTime(), end.endTime())));
        return Map.of(
                "end_time", Optional.of(PythonTime.format(end.endTime(), zone)),
                "end_xlog", Optional.of(end.endLsn().toString()),
                "end_wal", backup.endWal().map(WalFileName::value),
                "end_offset", offset(backup, Optional.of(end.endLsn())),
                "backup_label", text(end.backupLabel()).map(PythonLiteral::quote),
                "copy_stats", Optional.of("{'copy_time': %s, 'total_time': %s}".formatted(seconds, seconds)),
                "size", Optional.of(Long.toString(backup.size().sizeBytes())),
                "deduplicated_size", Optional.of(Long.toString(backup.size().storedBytes())));
    }

    static Map<String, Optional<String>> status(BackupStatus status, Optional<String> error) {
        return Map.of("status", Optional.of(status.name()), "error", error);
    }

    /**
     * Returns the backup that a file describes.
     *
     * @throws IllegalArgumentException if a value is not of its kind, naming the field
     */
    Backup toBackup(String server, BackupId id, BackupInfo info, long fileCount, RetentionStatus retention) {
        Optional<BackupId> parent = read(info, "parent_backup_id", BackupId::new);
        Instant begun = read(info, "begin_time", this::time).orElseGet(() -> timeOf(id));
        long size = read(info, "size", Long::valueOf).orElse(0L);
        long stored = read(info, "deduplicated_size", Long::valueOf).orElse(size);
        return new Backup(
                id,
                info.find("backup_name"),
                server,
                read(info, "status", BackupFields::statusOf).orElse(BackupStatus.STARTED),
                parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                transport(info.find("mode").orElse("unknown")),
                FORMAT,
                parent,
                new BackupSource(
                        info.find("systemid").orElse(""),
                        new PostgresVersion(
                                read(info, "version", Integer::valueOf).orElse(0)),
                        read(info, "timeline", Integer::parseUnsignedInt).orElse(0),
                        read(info, "xlog_segment_size", Long::valueOf).orElse(DEFAULT_SEGMENT_BYTES),
                        info.find("pgdata").orElse(""),
                        read(info, "tablespaces", BackupFields::tablespacesOf).orElse(List.of())),
                new BackupSpan(
                        begun,
                        read(info, "end_time", this::time),
                        read(info, "begin_xlog", Lsn::parse),
                        read(info, "end_xlog", Lsn::parse)),
                new BackupSize(size, stored, 0, fileCount),
                retention,
                info.find("error"));
    }

    /** Returns what is listed of a backup whose {@code backup.info} cannot be understood. */
    Backup unreadable(String server, BackupId id, String reason) {
        return toBackup(server, id, BackupInfo.empty(), 0, RetentionStatus.NONE)
                .withStatus(BackupStatus.FAILED, Optional.of(reason));
    }

    private Instant time(String text) {
        return PythonTime.parse(text, zone);
    }

    private Instant timeOf(BackupId id) {
        var stamp = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT);
        return LocalDateTime.parse(id.value(), stamp).atZone(zone).toInstant();
    }

    private static <T> Optional<T> read(BackupInfo info, String field, Function<String, T> reading) {
        try {
            return info.find(field).map(reading);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "field '%s' is '%s'".formatted(field, info.find(field).orElse("")), e);
        }
    }

    private static BackupStatus statusOf(String word) {
        return switch (word) {
            // Barman's words for a backup, or a copy of one, that has only begun.
            case "EMPTY", "SYNCING" -> BackupStatus.STARTED;
            default -> BackupStatus.valueOf(word);
        };
    }

    private static String transport(String mode) {
        if (mode.startsWith("rsync") || mode.startsWith("local-rsync")) {
            return "rsync";
        }
        return mode.equals("postgres") ? "streaming" : mode;
    }

    private static Optional<String> tablespaces(List<Tablespace> tablespaces) {
        return text(tablespaces.stream()
                        .map(each -> "(%s, %s, %s)"
                                .formatted(
                                        PythonLiteral.quote(each.name()),
                                        Long.toUnsignedString(each.oid()),
                                        PythonLiteral.quote(each.location())))
                        .collect(Collectors.joining(", ")))
                .map(items -> "[" + items + "]");
    }

    private static List<Tablespace> tablespacesOf(String literal) {
        var tablespaces = new ArrayList<Tablespace>();
        if (PythonLiteral.parse(literal) instanceof List<?> items) {
            for (Object item : items) {
                if (item instanceof List<?> parts
                        && parts.size() == 3
                        && parts.get(0) instanceof String name
                        && parts.get(1) instanceof Long oid
                        && parts.get(2) instanceof String location) {
                    tablespaces.add(new Tablespace(name, oid, location));
                } else {
                    throw new IllegalArgumentException("'%s' is not a list of tablespaces".formatted(literal));
                }
            }
        }
        return tablespaces;
    }

    private static Optional<String> offset(Backup backup, Optional<Lsn> position) {
        long segment = backup.source().segmentSizeBytes();
        return position.map(lsn -> Long.toString(lsn.minus(lsn.segmentStart(segment))));
    }

    private static Optional<String> text(String value) {
        return Optional.of(value).filter(text -> !text.isEmpty());
    }

    private static Optional<String> positive(long value) {
        return Optional.of(value).filter(number -> number > 0).map(String::valueOf);
    }
}
