package org.matriarch.core.server.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookPhase;

/** The options that set hooks, one for each. */
final class HookOptions {

    /** In the order of the table. */
    static final Map<Hook, Option<String>> BY_HOOK = byHook();

    private HookOptions() {}

    private static Map<Hook, Option<String>> byHook() {
        var options = new LinkedHashMap<Hook, Option<String>>();
        for (Hook hook : Hook.ALL) {
            options.put(
                    hook,
                    Option.ofServer(hook.option(), OptionType.text("a shell command"), "", "none", description(hook)));
        }
        return Collections.unmodifiableMap(options);
    }

    private static String description(Hook hook) {
        String when = hook.phase() == HookPhase.PRE ? "before" : "after";
        if (!hook.retry()) {
            return "Runs once %s %s; its exit code is only logged.".formatted(when, work(hook.event()));
        }
        String verdict = hook.phase() == HookPhase.PRE ? "62 (goes on) or 63 (stops the work)" : "62 or 63";
        return "Runs %s %s, again and again until it ends with 0, %s.".formatted(when, work(hook.event()), verdict);
    }

    private static String work(HookEvent event) {
        return switch (event) {
            case BACKUP -> "a backup is taken";
            case ARCHIVE -> "a WAL file is archived";
            case DELETE -> "a backup is deleted";
            case WAL_DELETE -> "a WAL file is deleted from the archive";
            case RECOVERY -> "a backup is restored";
        };
    }
}
