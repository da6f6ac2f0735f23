package org.matriarch.core.recovery.internal;

/**
 * The restore_command of a server that fetches its WAL from this container: the one that is installed in a directory and
 * keeps its data in another, or in the same.
 *
 * <p>The script distinguishes a file that is not archived (exit code 1: recovery goes on or ends) from any failure (above
 * 125: PostgreSQL stops instead of ending recovery early). Source: PostgreSQL manual, {@code restore_command}.
 */
record FetchCommand(String installation, String base) {

    /** The environment variable that tells the programs of an installation where their container keeps its data. */
    private static final String DATA_VARIABLE = "MATRIARCH_DATA";

    /** Returns the command line for one server; PostgreSQL puts the names in and has a shell run it. */
    String forServer(String server) {
        // PostgreSQL's own environment knows nothing of the container's.
        String data = base.equals(installation) ? "" : "%s='%s' ".formatted(DATA_VARIABLE, escape(base));
        String program = installation + "/bin/matriarch-wal-fetch";
        return "%s'%s' '%s' %%f %%p".formatted(data, escape(program), escape(server));
    }

    private static String escape(String word) {
        return word.replace("'", "'\\''").replace("%", "%%");
    }
}
