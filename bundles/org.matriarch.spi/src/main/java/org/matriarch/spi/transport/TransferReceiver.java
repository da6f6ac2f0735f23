package org.matriarch.spi.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.repository.BackupPath;
import org.osgi.annotation.versioning.ProviderType;

/** Takes what a transport delivers. Several files may be open at once, each used by one thread. */
@ProviderType
public interface TransferReceiver {

    /** The backup has begun on the server. Comes first. */
    void started(BaseBackupStart start) throws IOException;

    /** A directory; parents need not come first. */
    void directory(BackupPath path, int mode, Instant modified) throws IOException;

    /** A file of exactly {@code sizeBytes}. */
    TransferFile file(BackupPath path, long sizeBytes, int mode, Instant modified) throws IOException;

    /**
     * Takes a file over from the backup that is reused, if it is certain that the file has not changed since.
     *
     * @param modified of the file on the server; fractions of a second are not looked at
     * @return false if it has to be copied
     */
    boolean reuse(BackupPath path, long sizeBytes, int mode, Instant modified) throws IOException;

    /**
     * Returns the local directory into which the files of an area may be put ahead of {@link #adopt}, for transports that
     * copy with a program.
     *
     * @param tablespaceOid of the area, 0 for the data directory
     * @param sizeBytes how much is to come; the store refuses what it has no room for
     * @throws TransportException if the repository lies in a store without directories
     */
    Path localDirectory(long tablespaceOid, long sizeBytes) throws IOException;

    /**
     * Takes a file that lies whole in {@link #localDirectory}, with the size, the mode and the time that it has there. It is
     * read once and becomes durable with the others.
     *
     * @return false if there is no such file
     */
    boolean adopt(BackupPath path) throws IOException;

    /** The server's own manifest, if the transport gets one; the files are then checked against it. */
    void serverManifest(byte[] json) throws IOException;
}
