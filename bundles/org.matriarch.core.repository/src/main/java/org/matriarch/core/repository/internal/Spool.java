package org.matriarch.core.repository.internal;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds bytes until their number is known, which a store wants to be told first: in memory while all spools together do
 * not take too much of it, and else in a temporary file. Used by one thread; closing it drops the bytes.
 */
final class Spool extends OutputStream {

    private static final int CHUNK_BYTES = 1 << 16;
    private static final String PREFIX = "spool-";

    /** The same for all of this process, also after an update of the bundle while another run of it still ends. */
    private static final String OWN_PREFIX = PREFIX + ProcessHandle.current().pid() + "-";

    private final Path directory;
    private final MemoryBudget budget;
    private final List<byte[]> chunks = new ArrayList<>();
    private long sizeBytes;
    private @Nullable Path file;
    private @Nullable OutputStream out;

    Spool(Path directory) {
        this(directory, MemoryBudget.SHARED);
    }

    Spool(Path directory, MemoryBudget budget) {
        this.directory = directory;
        this.budget = budget;
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
        int done = 0;
        while (done < length) {
            OutputStream target = out;
            int used = (int) (sizeBytes % CHUNK_BYTES);
            if (target == null && used == 0 && !addChunk()) {
                target = moveToFile();
            }
            int part = length - done;
            if (target == null) {
                part = Math.min(part, CHUNK_BYTES - used);
                System.arraycopy(buffer, offset + done, chunks.get(chunks.size() - 1), used, part);
            } else {
                target.write(buffer, offset + done, part);
            }
            done += part;
            sizeBytes += part;
        }
    }

    private boolean addChunk() {
        boolean granted = budget.tryTake(CHUNK_BYTES);
        if (granted) {
            chunks.add(new byte[CHUNK_BYTES]);
        }
        return granted;
    }

    private OutputStream moveToFile() throws IOException {
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, OWN_PREFIX, ".tmp");
        file = temporary;
        OutputStream target = new BufferedOutputStream(Files.newOutputStream(temporary), CHUNK_BYTES);
        out = target;
        for (byte[] chunk : chunks) {
            target.write(chunk); // it is full: else there would be room
        }
        dropChunks();
        return target;
    }

    private void dropChunks() {
        budget.giveBack((long) chunks.size() * CHUNK_BYTES);
        chunks.clear();
    }

    /** Returns a stream of all bytes that were written. */
    InputStream open() throws IOException {
        if (out != null) {
            out.flush();
        }
        if (file != null) {
            return Files.newInputStream(file);
        }
        var parts = new ArrayList<InputStream>(chunks.size());
        for (int i = 0; i < chunks.size(); i++) {
            long left = sizeBytes - (long) i * CHUNK_BYTES;
            parts.add(new ByteArrayInputStream(chunks.get(i), 0, (int) Math.min(CHUNK_BYTES, left)));
        }
        return new SequenceInputStream(Collections.enumeration(parts));
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
        dropChunks();
        if (out != null) {
            out.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
