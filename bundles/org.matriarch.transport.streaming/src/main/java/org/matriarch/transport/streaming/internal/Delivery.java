package org.matriarch.transport.streaming.internal;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/** Turns the archives of one base backup into the files and directories of a transfer. */
final class Delivery implements BaseBackupListener, TarListener, AutoCloseable {

    private static final long DATA_DIRECTORY = 0;

    private final TransferReceiver receiver;
    private final Set<Long> awaited = new HashSet<>();
    private @Nullable TarParser parser;
    private @Nullable TransferFile file;
    private long area;

    Delivery(TransferReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void started(BaseBackupStart start) throws IOException {
        awaited.add(DATA_DIRECTORY);
        for (TablespaceArea tablespace : start.tablespaces()) {
            awaited.add(tablespace.oid());
        }
        receiver.started(start);
    }

    @Override
    public void archive(long tablespaceOid) throws IOException {
        if (parser != null) {
            throw new TransportException("archive '%s' has no end".formatted(archiveName()), true, null);
        }
        area = tablespaceOid;
        if (!awaited.remove(tablespaceOid)) {
            throw new TransportException("archive '%s' was not announced".formatted(archiveName()), true, null);
        }
        parser = new TarParser(archiveName(), this);
    }

    @Override
    public void data(byte[] buffer, int offset, int length) throws IOException {
        currentParser().feed(buffer, offset, length);
    }

    @Override
    public void archiveEnd() throws IOException {
        currentParser().finish();
        parser = null;
    }

    @Override
    public void manifest(byte[] json) throws IOException {
        receiver.serverManifest(json);
    }

    /** Refuses a backup of which an archive never came. */
    void requireComplete() throws TransportException {
        if (parser != null || !awaited.isEmpty()) {
            throw new TransportException(
                    "the server ended the backup without the archives of %s"
                            .formatted(parser != null ? Set.of(area) : awaited),
                    true,
                    null);
        }
    }

    @Override
    public void begin(TarEntry entry) throws IOException {
        String name = relative(entry.name());
        switch (entry.kind()) {
            case FILE -> file = receiver.file(path(name), entry.sizeBytes(), entry.mode(), entry.modified());
            case DIRECTORY -> {
                if (!name.isEmpty()) {
                    receiver.directory(path(name), entry.mode(), entry.modified());
                }
            }
            case SYMBOLIC_LINK -> {
                // The repository makes the links of tablespaces itself; a link elsewhere would lead out of the backup.
                if (area != DATA_DIRECTORY || !name.startsWith("pg_tblspc/")) {
                    throw new TransportException(
                            "archive '%s' holds the symbolic link '%s'".formatted(archiveName(), name), false, null);
                }
            }
        }
    }

    @Override
    public void content(byte[] buffer, int offset, int length) throws IOException {
        if (file != null) {
            file.write(buffer, offset, length);
        }
    }

    @Override
    public void end() throws IOException {
        TransferFile ended = file;
        file = null;
        if (ended != null) {
            ended.close();
        }
    }

    /** Gives up the file that is open, if any. */
    @Override
    public void close() throws IOException {
        end();
    }

    private TarParser currentParser() throws TransportException {
        if (parser == null) {
            throw new TransportException("the server sent bytes that belong to no archive", true, null);
        }
        return parser;
    }

    private BackupPath path(String name) throws TransportException {
        try {
            return new BackupPath(area, name);
        } catch (IllegalArgumentException e) {
            throw new TransportException(
                    "archive '%s' holds '%s', which is not a path within it".formatted(archiveName(), name), false, e);
        }
    }

    /** Returns a member's name without the dot that PostgreSQL puts before some and the slash behind directories. */
    private static String relative(String name) {
        String path = name.startsWith("./") ? name.substring(2) : name;
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private String archiveName() {
        return area == DATA_DIRECTORY ? "base.tar" : area + ".tar";
    }
}
