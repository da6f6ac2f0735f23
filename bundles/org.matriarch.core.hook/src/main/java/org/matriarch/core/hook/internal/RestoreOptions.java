package org.matriarch.core.hook.internal;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;

/** The options of a restore under the names that Barman gives them; what was not asked for is left out. */
final class RestoreOptions {

    private RestoreOptions() {}

    /** Returns the new places of tablespaces by name. */
    static String tablespaces(RestoreRequest request) {
        var moved = new TreeMap<String, Object>();
        request.tablespaces().forEach((name, directory) -> moved.put(name, directory.toString()));
        return PythonText.json(moved);
    }

    /** Returns everything else. */
    static String others(RestoreRequest request) {
        var options = new TreeMap<String, Object>();
        addTarget(options, request.target());
        if (request.exclusive()) {
            options.put("exclusive", true);
        }
        if (request.standbyMode()) {
            options.put("standby_mode", true);
        }
        if (request.isDelta()) {
            options.put("delta_restore", true);
        }
        request.timeline().ifPresent(timeline -> options.put("target_tli", timeline));
        request.action()
                .ifPresent(action -> options.put("target_action", action.name().toLowerCase(Locale.ROOT)));
        return PythonText.json(options);
    }

    private static void addTarget(SortedMap<String, Object> options, RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Time time) {
            options.put("target_time", PythonText.time(time.time()));
        } else if (target instanceof RecoveryTarget.Xid xid) {
            options.put("target_xid", Long.toString(xid.xid()));
        } else if (target instanceof RecoveryTarget.Name name) {
            options.put("target_name", name.name());
        } else if (target instanceof RecoveryTarget.Position position) {
            options.put("target_lsn", position.lsn().toString());
        } else if (target instanceof RecoveryTarget.Immediate) {
            options.put("target_immediate", true);
        }
    }
}
