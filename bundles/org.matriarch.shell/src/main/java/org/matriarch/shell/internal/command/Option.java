package org.matriarch.shell.internal.command;

/**
 * A word that begins with two hyphens.
 *
 * @param value what follows it, as help shows it; empty for a switch
 * @param repeatable whether it may be given more than once
 */
public record Option(String name, String value, String description, boolean repeatable, Suggestions suggestions) {

    /** Returns whether no value follows. */
    public boolean isSwitch() {
        return value.isEmpty();
    }
}
