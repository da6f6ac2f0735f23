package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;

/** The hooks around the archiving of one file. */
final class ArchiveHooks {

    private final WalServices services;
    private final ServerConfiguration server;
    private final WalFileName name;
    private final Path queued;
    private final long sizeBytes;
    private final Instant written;

    /** Looks at a file of the queue. */
    ArchiveHooks(WalServices services, ServerConfiguration server, WalFileName name, Path queued) throws IOException {
        this.services = services;
        this.server = server;
        this.name = name;
        this.queued = queued;
        this.sizeBytes = Files.size(queued);
        this.written = Files.getLastModifiedTime(queued).toInstant();
    }

    /** Runs what is to run before; tells of the file in the queue. */
    void before() throws InterruptedException {
        var file = new HookSubject.OfWal(name, Optional.of(queued), sizeBytes, written, Optional.empty());
        services.hooks().before(server, HookEvent.ARCHIVE, file);
    }

    /**
     * Runs what is to run after; tells of the archived file.
     *
     * @param error why it is not archived
     */
    void after(Optional<String> error) throws InterruptedException {
        WalArchive archive = services.repositories().repository(server).wal();
        Optional<WalEntry> entry = archive.find(name);
        var file = new HookSubject.OfWal(
                name,
                archive.localFile(name),
                entry.map(WalEntry::storedBytes).orElse(sizeBytes),
                written,
                entry.flatMap(WalEntry::compression));
        services.hooks().after(server, HookEvent.ARCHIVE, file, error);
    }
}
