package org.matriarch.core.repository.internal;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds bytes until their number is known, which a store wants to be told first: a few in memory, more in a temporary
 * file. Used by one thread; closing it drops the bytes.
 */
final class Spool extends OutputStream {

    private static final int MEMORY_BYTES = 1 << 20;
    private static final String PREFIX = "spool-";

    /** The same for all of this process, also after an update of the bundle while another run of it still ends. */
    private static final String OWN_PREFIX = PREFIX + ProcessHandle.current().pid() + "-";

    private final Path directory;
    private final int memoryBytes;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private long sizeBytes;
    private @Nullable Path file;
    private @Nullable OutputStream out;

    Spool(Path directory) {
        this(directory, MEMORY_BYTES);
    }

    Spool(Path directory, int memoryBytes) {
        this.directory = directory;
        this.memoryBytes = memoryBytes;
    }

    /** Removes what a process that was killed left behind. */
    static void sweep(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path file : files) {
                if (!String.valueOf(file.getFileName()).startsWith(OWN_PREFIX)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return; // nothing was ever spooled
        }
    }

    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        OutputStream target = out;
        if (target == null && sizeBytes + length > memoryBytes) {
            Files.createDirectories(directory);
            Path temporary = Files.createTempFile(directory, OWN_PREFIX, ".tmp");
            file = temporary;
            target = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16);
            out = target;
            memory.writeTo(target);
            memory.reset();
        }
        if (target == null) {
            memory.write(buffer, offset, length);
        } else {
            target.write(buffer, offset, length);
        }
        sizeBytes += length;
    }

    /** Returns a stream of all bytes that were written. */
    InputStream open() throws IOException {
        if (out != null) {
            out.flush();
        }
        return file == null ? new ByteArrayInputStream(memory.toByteArray()) : Files.newInputStream(file);
    }

    /** Returns a stream that writes here, and whose end does not drop the bytes. */
    OutputStream unclosed() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                Spool.this.write(value);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                Spool.this.write(buffer, offset, length);
            }
        };
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
