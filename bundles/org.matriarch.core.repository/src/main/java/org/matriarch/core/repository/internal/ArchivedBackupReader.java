package org.matriarch.core.repository.internal;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.spi.storage.ObjectName;

/**
 * Reads a backup of Barman's that lies in tar archives. What is in them is known only when they have been read to their end
 * once; small files, of which a restore opens some by name, are then kept in memory.
 */
final class ArchivedBackupReader implements BackupReader {

    private static final int SMALL_BYTES = 64 << 10;
    private static final int MOST_SMALL_FILES = 64;

    private final ArchiveStreams streams;
    private final Layout layout;
    private final Backup backup;
    private final List<BackupArchive> archives;

    /** Guarded by this; nothing until the archives were read. */
    private @Nullable Map<BackupPath, BackupEntry> entries;

    /** Guarded by this. */
    private final Map<BackupPath, byte[]> small = new HashMap<>();

    ArchivedBackupReader(ArchiveStreams streams, Layout layout, Backup backup, List<BackupArchive> archives) {
        this.streams = streams;
        this.layout = layout;
        this.backup = backup;
        this.archives = archives;
    }

    @Override
    public Backup backup() {
        return backup;
    }

    @Override
    public List<BackupEntry> entries() {
        return List.copyOf(known().values());
    }

    @Override
    public Optional<Instant> serverTime() {
        return Optional.empty();
    }

    @Override
    public boolean isArchived() {
        return true;
    }

    @Override
    public List<String> archives() {
        String prefix = layout.backupPrefix(backup.id());
        Optional<Path> directory = streams.store().directory(prefix);
        return archives.stream()
                .map(archive -> archive.name().value())
                .map(name -> directory
                        .map(path ->
                                path.resolve(name.substring(prefix.length())).toString())
                        .orElse(name))
                .toList();
    }

    @Override
    public Optional<Path> localFile(BackupPath path) {
        return Optional.empty();
    }

    @Override
    public InputStream open(BackupPath path) {
        byte[] content = small(path);
        if (content != null) {
            return new ByteArrayInputStream(content);
        }
        for (BackupArchive archive : archives) {
            if (archive.tablespaceOid() == path.tablespaceOid()) {
                return find(archive, path);
            }
        }
        throw missing(path);
    }

    private synchronized byte @Nullable [] small(BackupPath path) {
        return small.get(path);
    }

    @Override
    public void readAll(Visitor visitor) throws IOException, InterruptedException {
        Map<BackupPath, BackupEntry> known = known();
        for (BackupArchive archive : archives) {
            read(archive, (path, entry, content) -> {
                BackupEntry found = known.get(path);
                if (found != null && !entry.directory()) {
                    visitor.file(found, content);
                }
            });
        }
    }

    /** Takes what an archive holds. */
    private interface Member {
        void take(BackupPath path, TarArchive.Entry entry, InputStream content)
                throws IOException, InterruptedException;
    }

    private synchronized Map<BackupPath, BackupEntry> known() {
        Map<BackupPath, BackupEntry> known = entries;
        if (known == null) {
            known = look();
            entries = known;
        }
        return known;
    }

    private Map<BackupPath, BackupEntry> look() {
        var found = new TreeMap<BackupPath, BackupEntry>();
        for (BackupArchive archive : archives) {
            try {
                read(archive, (path, entry, content) -> {
                    found.put(
                            path,
                            new BackupEntry(
                                    path,
                                    entry.directory(),
                                    entry.sizeBytes(),
                                    entry.mode(),
                                    entry.modified(),
                                    Optional.empty()));
                    if (!entry.directory() && isOpenedByName(path, entry)) {
                        small.put(path, content.readAllBytes());
                    }
                });
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e); // streams are guarded, and nobody waits
            }
        }
        for (String directory : BackupArchive.directories(layout, backup)) {
            PlainBackupReader.serverManifest(streams.store(), new ObjectName(directory + PostgresManifest.NAME))
                    .ifPresent(files ->
                            PostgresManifest.apply(files, backup.source().tablespaces(), found));
        }
        return found;
    }

    /** Settings lie in the top of the data directory. */
    private boolean isOpenedByName(BackupPath path, TarArchive.Entry entry) {
        boolean wanted = path.path().indexOf('/') < 0 || path.path().equals("global/pg_control");
        return path.tablespaceOid() == 0
                && wanted
                && entry.sizeBytes() <= SMALL_BYTES
                && small.size() < MOST_SMALL_FILES;
    }

    private void read(BackupArchive archive, Member member) throws IOException, InterruptedException {
        ObjectName name = archive.name();
        try (InputStream in = streams.open(name)) {
            var tar = new TarArchive(in);
            for (Optional<TarArchive.Entry> next = next(tar, name); next.isPresent(); next = next(tar, name)) {
                TarArchive.Entry entry = next.get();
                member.take(path(archive, entry), entry, streams.guard(tar, name));
            }
            in.transferTo(OutputStream.nullOutputStream()); // the checksum of the whole comes last
        }
    }

    private InputStream find(BackupArchive archive, BackupPath path) {
        InputStream archived = streams.open(archive.name());
        boolean found = false;
        try {
            var tar = new TarArchive(archived);
            for (Optional<TarArchive.Entry> next = next(tar, archive.name());
                    next.isPresent();
                    next = next(tar, archive.name())) {
                TarArchive.Entry entry = next.get();
                if (!entry.directory() && entry.path().equals(path.path())) {
                    found = true;
                    InputStream content = streams.guard(tar, archive.name());
                    return new FilterInputStream(content) {
                        @Override
                        public void close() throws IOException {
                            archived.close();
                        }
                    };
                }
            }
            throw missing(path);
        } finally {
            if (!found) {
                close(archived);
            }
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            throw StoreFailures.of("close an archive", e);
        }
    }

    private Optional<TarArchive.Entry> next(TarArchive tar, ObjectName name) {
        try {
            return tar.next();
        } catch (IOException e) {
            throw streams.failure(name, e);
        } catch (IllegalArgumentException e) { // a number in a header that is none
            throw streams.failure(name, new IOException(e.getMessage(), e));
        }
    }

    private BackupPath path(BackupArchive archive, TarArchive.Entry entry) {
        try {
            return new BackupPath(archive.tablespaceOid(), entry.path());
        } catch (IllegalArgumentException e) {
            throw streams.failure(archive.name(), new IOException(e.getMessage(), e));
        }
    }

    private MatriarchException missing(BackupPath path) {
        return new MatriarchException(
                ErrorCode.BACKUP_CORRUPT,
                "file '%s' of backup '%s' of server '%s' is missing in its archive"
                        .formatted(path, backup.id(), layout.server()),
                "backup:verify %s %s lists all that is wrong with it; restore another backup."
                        .formatted(layout.server(), backup.id()));
    }
}
