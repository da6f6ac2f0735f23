package org.matriarch.api.server;

import java.util.Optional;

/**
 * An option of a server, with the value in force and where that comes from.
 *
 * @param value as it would stand in a file, with secrets masked; empty if the option has none
 * @param file name of the file in {@code etc/} that says so, or of the one that is refused now; empty for a default
 * @param refused what a file says of the option now, if that is not in force because the file is refused for it
 */
public record ConfiguredOption(
        String key, String value, Source source, String file, Optional<ConfigurationProblem> refused) {

    /** Where a value comes from. */
    public enum Source {
        /** The server's own file. */
        SERVER_FILE,
        /** The file of the whole installation. */
        GLOBAL_FILE,
        /** No file says anything of it. */
        DEFAULT,
        /** A file that is refused now: what was in force before. */
        LAST_GOOD
    }
}
