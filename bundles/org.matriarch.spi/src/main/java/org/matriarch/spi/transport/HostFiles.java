package org.matriarch.spi.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The files of a host, as a restore reads and writes them.
 *
 * <p>Paths are absolute. Whatever a name contains, it is a name: no shell, no pattern. What is created belongs to the user
 * that the host knows us as, unless an implementation says otherwise.
 *
 * <p>Thread-safe. A method that fails may have done its work nevertheless, as when a connection breaks before the answer
 * comes: everything here can be repeated, and a failed method that is not {@link TransportException#retryable} fails again.
 * A method that is interrupted fails or throws {@link InterruptedException} soon.
 */
@ConsumerType
public interface HostFiles extends Closeable {

    /** What is to be said of a path so that the host is told as well, such as {@code pg:/srv/data}. */
    String describe(Path path);

    /** Returns what is at a path; links are followed. Empty if there is nothing. */
    Optional<HostFile> find(Path path) throws IOException;

    /** Returns what a directory holds, in no order; links are not followed. */
    List<HostFile> list(Path directory) throws IOException;

    /** Returns the content of a small file. */
    byte[] read(Path file) throws IOException;

    /** Returns where a symbolic link points; a relative target is resolved against the directory of the link. */
    Path readLink(Path link) throws IOException;

    /**
     * Returns the SHA-256 of files in hexadecimal, by path. A file that cannot be read is left out.
     *
     * @throws IOException if none could be read for a reason that concerns all
     */
    Map<Path, String> sha256(List<Path> files) throws IOException, InterruptedException;

    /** Creates a directory in one that exists; nothing happens if there is one already. Its mode may be narrower. */
    void makeDirectory(Path directory) throws IOException;

    /**
     * Begins a new file, which nobody but its owner can read until {@link Output#finish}.
     *
     * @param mode permission bits it has in the end, such as 0600
     * @throws java.nio.file.FileAlreadyExistsException if there is anything of that name
     */
    Output create(Path file, int mode) throws IOException;

    /** Sets permission bits. */
    void setMode(Path path, int mode) throws IOException;

    /** Creates a symbolic link where there is nothing. */
    void link(Path link, Path target) throws IOException;

    /** Renames a file within a directory, in one step and in place of one that has the name. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file, a link or an empty directory; nothing happens if there is none. */
    void delete(Path path) throws IOException;

    /**
     * Brings a file, or what was created, renamed and removed in a directory, to the disk: once this returns, a power failure
     * no longer loses it.
     */
    void sync(Path path) throws IOException;

    /** Returns how much room there is at a path that exists. */
    Room room(Path path) throws IOException;

    /** Ends all connections. What is on its way breaks off. */
    @Override
    void close();

    /** A file that is being written. Used by one thread. */
    interface Output extends Closeable {

        /** Appends all that a buffer has left. */
        void write(ByteBuffer bytes) throws IOException, InterruptedException;

        /** Brings the whole content and the mode to the disk. The name is safe only when the directory is synced. */
        void finish() throws IOException, InterruptedException;

        /** Ends the file; one that was not finished is worthless, and stays. */
        @Override
        void close() throws IOException;
    }

    /**
     * The room of a file system.
     *
     * @param fileSystem equal for paths on one file system
     * @param usableBytes what we may still write
     */
    record Room(String fileSystem, long usableBytes) {}
}
