package org.matriarch.api.postgres;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes a base backup as it arrives: first the start, then one tar archive after another, last the manifest.
 *
 * <p>Called on the thread of {@code baseBackup}; what it throws ends the backup and reaches that caller. Every archive
 * is a complete tar stream, whatever the server's version.
 */
@ConsumerType
public interface BaseBackupListener {

    /** The backup has begun on the server. */
    void started(BaseBackupStart start) throws IOException;

    /** An archive begins: of a tablespace, or of the data directory if {@code tablespaceOid} is 0. */
    void archive(long tablespaceOid) throws IOException;

    /** Bytes of the archive; the array is reused afterwards. */
    void data(byte[] buffer, int offset, int length) throws IOException;

    /** The archive is complete. */
    void archiveEnd() throws IOException;

    /** The server's backup manifest, as JSON. */
    void manifest(byte[] json) throws IOException;
}
