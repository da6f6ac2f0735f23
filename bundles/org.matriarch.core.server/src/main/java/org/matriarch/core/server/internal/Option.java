package org.matriarch.core.server.internal;

import java.util.Optional;

/**
 * A key of a configuration file.
 *
 * @param defaultText what holds where nothing is written, as it would be written; empty for no value
 * @param defaultNote what the default is where no text can say it; empty otherwise
 * @param global whether it stands in the global file only
 */
record Option<T>(
        String name, OptionType<T> type, String defaultText, String defaultNote, boolean global, String description) {

    static <T> Option<T> ofServer(String name, OptionType<T> type, String defaultText, String description) {
        return new Option<>(name, type, defaultText, "", false, description);
    }

    static <T> Option<T> ofServer(
            String name, OptionType<T> type, String defaultText, String defaultNote, String description) {
        return new Option<>(name, type, defaultText, defaultNote, false, description);
    }

    static <T> Option<T> ofInstallation(
            String name, OptionType<T> type, String defaultText, String defaultNote, String description) {
        return new Option<>(name, type, defaultText, defaultNote, true, description);
    }

    /** Returns the value of a text; nothing for an empty text and for one that is not allowed. */
    Optional<T> parse(String text) {
        return text.isEmpty() ? Optional.empty() : type.parser().apply(text);
    }

    /** Returns whether a text may stand in a file; an empty one means the default. */
    boolean allows(String text) {
        return text.isEmpty() || parse(text).isPresent();
    }
}
