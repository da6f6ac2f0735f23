package org.matriarch.api.hook;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the places where an operator's program runs. Source: Barman 3.17, "Hook Scripts".
 *
 * @param retry whether the program is run until it succeeds or gives up, and may stop what it runs before
 */
public record Hook(HookPhase phase, HookEvent event, boolean retry) {

    /** Every hook there is. */
    public static final List<Hook> ALL = Arrays.stream(HookEvent.values())
            .flatMap(event -> Stream.of(
                    new Hook(HookPhase.PRE, event, false),
                    new Hook(HookPhase.PRE, event, true),
                    new Hook(HookPhase.POST, event, true),
                    new Hook(HookPhase.POST, event, false)))
            .toList();

    /** Returns its name without the phase, such as {@code backup_retry_script}. */
    public String name() {
        return event.word() + (retry ? "_retry_script" : "_script");
    }

    /** Returns the option that sets it, such as {@code pre_backup_retry_script}. */
    public String option() {
        return phase.word() + "_" + name();
    }

    @Override
    public String toString() {
        return option();
    }
}
