package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.repository.BackupEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes each file that a backup has stored, one line each, so that the next backup can take it over if this one breaks.
 *
 * <p>Nothing is synced, and a crash may tear the last line or lose some: whoever reads this believes of a file only what its
 * content proves. Thread-safe.
 */
final class Journal implements AutoCloseable {

    /** The line that says that files which follow may be the same on the disk as those of another backup. */
    static final String SHARES = "{\"shares\":true}";

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String VERSION = "1 ";

    private final Instant serverTime;

    // Both guarded by this.
    private @Nullable OutputStream file;
    private boolean shares;

    /** Begins a journal in a file. */
    Journal(Path path, Instant serverTime) throws IOException {
        this.serverTime = serverTime;
        // Not a channel, which the interruption of one writer would close for all.
        file = new FileOutputStream(path.toFile());
        write(VERSION + serverTime);
    }

    /** Forgets what it is told. */
    Journal(Instant serverTime) {
        this.serverTime = serverTime;
    }

    /** Reads the first line. */
    static Instant serverTime(@Nullable String line) throws IOException {
        if (line == null || !line.startsWith(VERSION)) {
            throw new IOException("its first line is not known");
        }
        try {
            return Instant.parse(line.substring(VERSION.length()));
        } catch (DateTimeException e) {
            throw new IOException("its first line is torn", e);
        }
    }

    /** Returns what the server's clock said before the first byte of the backup was copied. */
    Instant serverTime() {
        return serverTime;
    }

    /** Notes a file that is stored. */
    synchronized void add(BackupEntry entry) {
        if (file != null) {
            write(Manifest.formatEntry(entry));
        }
    }

    /** Notes that files which follow may be the same on the disk as those of another backup. */
    synchronized void noteSharing() {
        if (!shares) {
            shares = true;
            write(SHARES);
        }
    }

    private synchronized void write(String line) {
        OutputStream open = file;
        if (open == null) {
            return;
        }
        try {
            open.write((line + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            LOG.warn("what the backup stores from now on could not be resumed if it broke: {}", e.getMessage());
            close(); // a line after a torn one would be lost anyway
        }
    }

    @Override
    public synchronized void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("a journal did not close cleanly", e);
        }
        file = null;
    }
}
