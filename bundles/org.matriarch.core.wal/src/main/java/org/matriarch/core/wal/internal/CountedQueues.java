package org.matriarch.core.wal.internal;

import java.io.IOException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalQueue;
import org.matriarch.api.wal.WalQueues;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Counts the files of the directories that WAL passes through. */
@Component
public final class CountedQueues implements WalQueues {

    private final Servers servers;

    /** Takes the servers to count for. */
    @Activate
    public CountedQueues(@Reference Servers servers) {
        this.servers = servers;
    }

    @Override
    public WalQueue queue(String name) {
        ServerConfiguration server = servers.requireServer(name);
        try {
            return new WalQueue(
                    incoming(server),
                    streaming(server),
                    new ErrorsDirectory(server.home(), new LocalDisk()).names().size());
        } catch (IOException e) {
            throw DiskFailure.of("count the WAL files of '%s'".formatted(name), server.home(), e);
        }
    }

    /** Returns how many files were received and wait to be archived. */
    static long streaming(ServerConfiguration server) throws IOException {
        return new StreamingDirectory(server.home(), new LocalDisk())
                .names().stream()
                        .filter(file -> file.kind() != WalFileName.Kind.PARTIAL)
                        .count();
    }

    /** Returns how many files were handed over and wait to be archived. */
    static long incoming(ServerConfiguration server) throws IOException {
        var disk = new LocalDisk();
        long copied = new IncomingDirectory(server.home(), disk)
                .entries().stream()
                        .filter(entry -> WalFileName.find(entry.name()).isPresent())
                        .count();
        return copied + new PushedDirectory(server.home(), disk).names().size();
    }
}
