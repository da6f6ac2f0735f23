package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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
 * <p>Such a lock goes when any descriptor of the file is closed in the process that holds it, so nobody may open the file where it is
 * held already. That is marked in the system's properties, since another run of this bundle, which ends or begins, must know it, too; what
 * one run holds is held for the other. The file is never removed, for somebody may be waiting for that very file.
 */
final class DirectoryLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

    static final String FILE = ".matriarch.lock";
    private static final int MOST_BYTES = 4096;

    private static final String MARK = "org.matriarch.lock:";
    private static final String TAKING = "taking";
    private static final String HELD = "held";

    private final Path file;
    /** Null if another run of this bundle holds the lock. */
    private final @Nullable Held held;

    private record Held(
            FileChannel channel, FileLock lock, @Nullable Object key) {}

    private DirectoryLock(Path file, @Nullable Held held) {
        this.file = file;
        this.held = held;
    }

    /**
     * Locks a directory, which is made if need be.
     *
     * @return empty if another process holds it
     */
    static Optional<DirectoryLock> take(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.toRealPath().resolve(FILE);
        @Nullable Object mark = System.getProperties().putIfAbsent(MARK + file, TAKING);
        if (mark != null) {
            return HELD.equals(mark) ? Optional.of(new DirectoryLock(file, null)) : Optional.empty();
        }
        Optional<Held> held = Optional.empty();
        try {
            held = lock(file);
        } finally {
            if (held.isPresent()) {
                System.setProperty(MARK + file, HELD);
            } else {
                System.clearProperty(MARK + file);
            }
        }
        return held.map(lock -> new DirectoryLock(file, lock));
    }

    private static Optional<Held> lock(Path file) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Optional<Held> held = Optional.empty();
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock != null) {
                sign(file, channel);
                held = Optional.of(new Held(channel, lock, key(file)));
            }
        } finally {
            if (held.isEmpty()) {
                channel.close();
            }
        }
        return held;
    }

    /** Returns whether this process holds the lock of a directory. */
    static boolean isHeldHere(Path directory) {
        try {
            return HELD.equals(System.getProperty(MARK + directory.toRealPath().resolve(FILE)));
        } catch (IOException e) {
            LOG.debug("unable to look at '{}'", directory, e);
            return false;
        }
    }

    /** Returns who holds the lock of a directory, as they wrote it; empty if nothing can be read, or if it is being taken here. */
    static Optional<String> holder(Path directory) {
        try {
            Path file = directory.toRealPath().resolve(FILE);
            if (System.getProperties().putIfAbsent(MARK + file, TAKING) != null) {
                return Optional.empty(); // to close the file that we would read might end the lock
            }
            try {
                return read(file);
            } finally {
                System.clearProperty(MARK + file);
            }
        } catch (IOException e) {
            LOG.debug("unable to read who holds '{}'", directory, e);
            return Optional.empty();
        }
    }

    private static Optional<String> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var text = ByteBuffer.allocate(MOST_BYTES);
            channel.read(text);
            return Optional.of(new String(text.array(), 0, text.position(), UTF_8).strip())
                    .filter(line -> !line.isEmpty());
        }
    }

    /** Returns whether the lock still keeps others out: not so if somebody removed or replaced the file. */
    boolean holds() {
        if (held == null) {
            return HELD.equals(System.getProperty(MARK + file));
        }
        try {
            return held.lock().isValid() && Objects.equals(held.key(), key(file));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("unable to look at '{}'", file, e);
            return held.lock().isValid(); // the disk does not answer: it will not take what is written either
        }
    }

    /** For people alone: that nothing could be written there, because the disk is full, say, changes nothing. */
    private static void sign(Path file, FileChannel channel) {
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
        if (held == null) {
            return;
        }
        System.clearProperty(MARK + file); // first: nobody may count on what is about to go
        try {
            held.channel().close();
        } catch (IOException e) {
            LOG.warn("unable to let go of '{}': {}", file, e.getMessage());
        }
    }
}
