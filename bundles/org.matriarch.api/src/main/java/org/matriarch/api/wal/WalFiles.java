package org.matriarch.api.wal;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.WalFileName;
import org.osgi.annotation.versioning.ProviderType;

/** Reads, lists and completes the WAL of a server. Thread-safe. Methods throw {@code SERVER_UNKNOWN}, {@code STORE_MISSING}. */
@ProviderType
public interface WalFiles {

    /**
     * Opens a WAL file, uncompressed, from the archive or, not yet archived, from where it was received or handed over.
     *
     * @param partial whether a segment that is still being received will do; its content is padded with zeros
     * @throws org.matriarch.api.error.MatriarchException {@code WAL_MISSING}, {@code PLUGIN_MISSING}
     */
    InputStream open(String server, WalFileName name, boolean partial);

    /** Returns up to {@code count} names that are there, in the order recovery reads them, beginning with {@code from}. */
    List<WalFileName> peek(String server, WalFileName from, int count);

    /** Lists a part of the archive with its gaps, and what waits to be archived. */
    WalListing list(String server, WalFilter filter);

    /**
     * Makes the server close its current segment.
     *
     * @param force write a checkpoint first, so that there is something to switch
     */
    WalSwitch switchWal(String server, boolean force);

    /**
     * Waits until a segment is archived.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code WAL_MISSING} if it is not in time
     */
    void awaitArchived(String server, WalFileName name, Duration timeout) throws InterruptedException;

    /**
     * Checks that an archive is fit for first use: empty, or holding nothing at or after the server's position.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code ARCHIVE_NOT_EMPTY}
     */
    void checkEmpty(String server, Optional<Integer> timeline);

    /** Returns the segments of one timeline from one to another that are not archived. */
    List<WalFileName> missing(String server, WalFileName from, WalFileName to);
}
