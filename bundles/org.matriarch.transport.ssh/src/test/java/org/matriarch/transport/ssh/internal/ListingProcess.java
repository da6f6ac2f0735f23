package org.matriarch.transport.ssh.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/**
 * A process that lists a directory over SSH, and prints the paths. What belongs to a user, the home and the agent, is the same
 * for all of a process: whoever wants another one needs another process.
 */
final class ListingProcess {

    private ListingProcess() {}

    /** Takes an ssh_command and a directory. */
    public static void main(String[] arguments) throws IOException {
        try (HostFiles files = new SshRestoreTransport().open(new CopyHost(arguments[0], false), 1)) {
            for (HostFile file : files.list(Path.of(arguments[1]))) {
                System.out.println(file.path());
            }
        }
    }
}
