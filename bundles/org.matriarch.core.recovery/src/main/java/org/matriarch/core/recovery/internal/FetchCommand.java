package org.matriarch.core.recovery.internal;

/**
 * The restore_command of a server that fetches its WAL from this container.
 *
 * <p>The script distinguishes a file that is not archived (exit code 1: recovery goes on or ends) from any failure (above
 * 125: PostgreSQL stops instead of ending recovery early). Source: PostgreSQL manual, {@code restore_command}.
 */
record FetchCommand(String program) {

    /** Returns the command that the distribution in a directory carries. */
    static FetchCommand of(String installation) {
        return new FetchCommand(installation + "/bin/matriarch-wal-fetch");
    }

    /** Returns the command line for one server; PostgreSQL puts the names in and has a shell run it. */
    String forServer(String server) {
        return "'%s' '%s' %%f %%p".formatted(escape(program), escape(server));
    }

    private static String escape(String word) {
        return word.replace("'", "'\\''").replace("%", "%%");
    }
}
