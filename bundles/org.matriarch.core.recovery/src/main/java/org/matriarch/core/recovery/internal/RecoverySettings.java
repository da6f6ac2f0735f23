package org.matriarch.core.recovery.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.matriarch.api.model.Backup;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;

/**
 * The settings that make PostgreSQL recover a restored data directory as asked, for postgresql.auto.conf.
 *
 * <p>Source: PostgreSQL manual, "Archive Recovery" and "Recovery Target" (13 to 18).
 */
final class RecoverySettings {

    /** Directory within the data directory that holds the WAL for recovery; removed when recovery ends. */
    static final String WAL_DIRECTORY = "matriarch_wal";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private RecoverySettings() {}

    /**
     * Returns the settings in the order in which they are written.
     *
     * @param fetchCommand the restore_command to use, or empty to read from {@link #WAL_DIRECTORY}
     */
    static Map<String, String> of(RestoreRequest request, Backup backup, int timeline, String fetchCommand) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("archive_command", "false");
        if (backup.source().version().major() >= 15) {
            settings.put("archive_library", "");
        }
        // PostgreSQL runs the command in the data directory: a relative path needs no quoting and survives a move.
        boolean copied = fetchCommand.isEmpty();
        settings.put("restore_command", copied ? "cp %s/%%f %%p".formatted(WAL_DIRECTORY) : fetchCommand);
        settings.put("recovery_end_command", "rm -rf " + (copied ? WAL_DIRECTORY : FetchClient.DIRECTORY));
        addTarget(settings, request);
        settings.put("recovery_target_timeline", timelineWord(request, backup, timeline));
        request.action()
                .ifPresent(action ->
                        settings.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT)));
        return settings;
    }

    private static void addTarget(Map<String, String> settings, RestoreRequest request) {
        RecoveryTarget target = request.target();
        if (target instanceof RecoveryTarget.Time time) {
            settings.put("recovery_target_time", format(time.time()));
        } else if (target instanceof RecoveryTarget.Xid xid) {
            settings.put("recovery_target_xid", Long.toString(xid.xid()));
        } else if (target instanceof RecoveryTarget.Name name) {
            settings.put("recovery_target_name", name.name());
        } else if (target instanceof RecoveryTarget.Position position) {
            settings.put("recovery_target_lsn", position.lsn().toString());
        } else if (target instanceof RecoveryTarget.Immediate) {
            settings.put("recovery_target", "immediate");
        }
        if (request.exclusive()) {
            settings.put("recovery_target_inclusive", "false");
        }
    }

    private static String timelineWord(RestoreRequest request, Backup backup, int timeline) {
        if (request.standbyMode() && request.timeline().isEmpty()) {
            return "latest"; // a standby follows its primary wherever that goes
        }
        return timeline == backup.source().timeline() ? "current" : Integer.toString(timeline);
    }

    private static String format(Instant time) {
        return TIME.format(time) + "+00";
    }
}
