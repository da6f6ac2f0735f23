package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields of a {@code backup.info}: the text of each, as the file holds it.
 *
 * <p>Barman refuses a file with a field that it does not know, so no field is ever added to its own. Fields that were read
 * are kept as they are, also those that only a newer Barman knows. Immutable.
 */
final class BackupInfo {

    /** How Python writes that there is no value. */
    static final String NONE = "None";

    /** Every field that Barman 3.17 writes whether it is known or not. */
    private static final List<String> ALWAYS = List.of(
            "backup_label",
            "begin_offset",
            "begin_time",
            "begin_wal",
            "begin_xlog",
            "children_backup_ids",
            "cluster_size",
            "compression",
            "config_file",
            "copy_stats",
            "data_checksums",
            "deduplicated_size",
            "encryption",
            "end_offset",
            "end_time",
            "end_wal",
            "end_xlog",
            "error",
            "hba_file",
            "ident_file",
            "included_files",
            "mode",
            "parent_backup_id",
            "pgdata",
            "server_name",
            "size",
            "status",
            "summarize_wal",
            "systemid",
            "tablespaces",
            "timeline",
            "version",
            "xlog_segment_size");

    /** The fields that Barman 3.17 leaves out unless they have a value. */
    private static final List<String> HIDDEN = List.of("backup_name", "snapshots_info");

    private final SortedMap<String, String> fields;

    private BackupInfo(SortedMap<String, String> fields) {
        this.fields = fields;
    }

    static BackupInfo empty() {
        return new BackupInfo(new TreeMap<>());
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a line is neither a comment nor {@code name=value}
     */
    static BackupInfo parse(byte[] content) {
        var fields = new TreeMap<String, String>();
        for (String line : new String(content, UTF_8).split("\n", -1)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int sign = text.indexOf('=');
            if (sign < 1) {
                throw new IllegalArgumentException("line '%s' is not of the form name=value".formatted(text));
            }
            fields.put(text.substring(0, sign).strip(), text.substring(sign + 1).strip());
        }
        return new BackupInfo(fields);
    }

    /** Returns the file: one line per field, in name order. */
    byte[] format() {
        var lines = new TreeMap<>(fields);
        ALWAYS.forEach(name -> lines.putIfAbsent(name, NONE));
        HIDDEN.forEach(name -> lines.remove(name, NONE));
        var out = new StringBuilder();
        lines.forEach(
                (name, value) -> out.append(name).append('=').append(value).append('\n'));
        return out.toString().getBytes(UTF_8);
    }

    /** Returns a field; empty if there is none or it has no value. */
    Optional<String> find(String name) {
        return Optional.ofNullable(fields.get(name)).filter(value -> !value.equals(NONE) && !value.isEmpty());
    }

    /** Returns this with other values of some fields; an empty value becomes None. */
    BackupInfo with(Map<String, Optional<String>> changes) {
        var changed = new TreeMap<>(fields);
        changes.forEach((name, value) -> {
            if (!ALWAYS.contains(name) && !HIDDEN.contains(name)) {
                throw new IllegalArgumentException("Barman knows no field '%s'".formatted(name));
            }
            changed.put(name, value.map(BackupInfo::oneLine).orElse(NONE));
        });
        return new BackupInfo(changed);
    }

    private static String oneLine(String value) {
        return value.lines().findFirst().orElse("").strip();
    }
}
