package org.matriarch.api.server;

import java.nio.file.Path;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** Turns the configuration of a Barman into ours. Thread-safe; two imports never write at the same time. */
@ProviderType
public interface BarmanImport {

    /**
     * What to import.
     *
     * @param configuration Barman's main file; what it includes is read, too
     * @param servers names of the servers to import; empty for all
     * @param replace whether files of ours that say something else are replaced
     */
    record Request(Path configuration, Set<String> servers, boolean replace) {

        /** Keeps its own copy. */
        public Request {
            servers = Set.copyOf(servers);
        }
    }

    /**
     * Says what would be written, and writes nothing.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code CONFIGURATION_INVALID} if Barman's files cannot be read;
     *     {@code SERVER_UNKNOWN} if they have no such server
     */
    BarmanImportReport plan(Request request);

    /**
     * Writes the files, durably, unless the report names a problem: then nothing is written. The global file goes first, and
     * the servers' files follow when it is in force. Ends in between only if the container does or the global file is not
     * taken; the same request goes on with what is missing.
     *
     * @return what was planned and, if it has no problems, done
     * @throws org.matriarch.api.error.MatriarchException as {@link #plan} does; {@code CONFIGURATION_INVALID} also if a file
     *     cannot be written, or the global file is not taken
     * @throws InterruptedException while it waits for the global file to be taken
     */
    BarmanImportReport carryOut(Request request) throws InterruptedException;
}
