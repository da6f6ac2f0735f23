package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps other processes out of a directory by a lock of the operating system on {@code .matriarch.lock} in it (fcntl(2)). The
 * kernel drops it when its holder dies, however it dies; on a network file system (NFSv4, or NFSv3 with a lock manager) it holds
 * between hosts, and that system's server drops it when a host is gone. No clock is involved.
 *
 * <p>Such a lock goes when any descriptor of the file is closed in the process that holds it: nobody else may open the file here.
 * It is never removed, for somebody may be waiting for that very file.
 */
final class DirectoryLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

    static final String FILE = ".matriarch.lock";
    private static final int MOST_BYTES = 4096;

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final @Nullable Object key;

    private DirectoryLock(Path file, FileChannel channel, FileLock lock) throws IOException {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.key = key(file);
    }

    /**
     * Locks a directory, which is made if need be.
     *
     * @return empty if another process holds it, or another run of this bundle
     */
    static Optional<DirectoryLock> take(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(FILE);
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                return Optional.empty();
            }
            var held = new DirectoryLock(file, channel, lock);
            held.sign();
            taken = true;
            return Optional.of(held);
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /** Returns who holds the lock of a directory, as they wrote it; empty if nothing can be read. */
    static Optional<String> holder(Path directory) {
        try (FileChannel channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.READ)) {
            var text = ByteBuffer.allocate(MOST_BYTES);
            channel.read(text);
            return Optional.of(new String(text.array(), 0, text.position(), UTF_8).strip())
                    .filter(line -> !line.isEmpty());
        } catch (IOException e) {
            LOG.debug("unable to read who holds '{}'", directory, e);
            return Optional.empty();
        }
    }

    /** Returns whether the lock still keeps others out: not so if somebody removed or replaced the file. */
    boolean holds() {
        try {
            return lock.isValid() && Objects.equals(key, key(file));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("unable to look at '{}'", file, e);
            return lock.isValid(); // the disk does not answer: it will not take what is written either
        }
    }

    /** For people alone: that nothing could be written there, because the disk is full, say, changes nothing. */
    private void sign() {
        String text = "process %d on host '%s', in '%s', since %s%n"
                .formatted(ProcessHandle.current().pid(), host(), System.getProperty("karaf.base", "."), Instant.now());
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
        } catch (IOException e) {
            LOG.debug("unable to write '{}'", file, e);
        }
    }

    /** Without asking a name server, which may not answer. */
    private static String host() {
        try {
            return Files.readString(Path.of("/etc/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("unknown");
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("unable to let go of '{}': {}", file, e.getMessage());
        }
    }
}
