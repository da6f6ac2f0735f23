package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code <server>-xlog.db}: lines are appended as files are archived; what has been removed is left out by writing a new
 * file beside it and renaming it. Appended lines are not synced: the archive is the truth.
 */
final class WalIndexFile {

    /** What was read of an index. */
    record Content(WalTable table, long newestMicros, boolean whole) {}

    private final Path file;
    private final Object replacing = new Object();

    // Guarded by this.
    /** How long the file should be; negative if it has to be written anew. */
    private long expectedBytes = -1;
    /** Lines that came while a new file is being written; null while none is. */
    private @Nullable List<WalLine> late;

    WalIndexFile(Path file) {
        this.file = file;
    }

    Path path() {
        return file;
    }

    /** Reads the index, or that of Barman before 3.13 if there is none; empty if it has to be made from the archive. */
    synchronized Optional<Content> read() throws IOException {
        Path old = file.resolveSibling("xlog.db");
        boolean ours = Files.exists(file);
        if (!ours && !Files.exists(old)) {
            return Optional.empty();
        }
        Path source = ours ? file : old;
        boolean ended = endsWithLineFeed(source);
        var table = new WalTable();
        long newest = 0;
        int lines = 0;
        try (BufferedReader reader = Files.newBufferedReader(source, UTF_8)) {
            String line = reader.readLine();
            while (line != null) {
                String next = reader.readLine();
                if (next != null || ended) { // half a line may look like a whole one
                    WalLine parsed = WalLine.parse(line);
                    table.put(parsed);
                    newest = Math.max(newest, parsed.micros());
                    lines++;
                }
                line = next;
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // Broken by a power failure, or written by somebody else.
            return Optional.empty();
        }
        boolean whole = ours && ended && lines == table.size();
        expectedBytes = whole ? Files.size(source) : -1;
        return Optional.of(new Content(table, newest, whole));
    }

    /** Adds a line. The file is left to be written anew if this fails, or if somebody else has changed it. */
    synchronized void append(WalLine line) throws IOException {
        if (late != null) {
            late.add(line);
        }
        if (expectedBytes < 0) {
            return;
        }
        byte[] bytes = line.format().getBytes(UTF_8);
        long expected = expectedBytes;
        expectedBytes = -1;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            if (channel.size() == expected) {
                channel.write(ByteBuffer.wrap(bytes));
                expectedBytes = channel.size() == expected + bytes.length ? channel.size() : -1;
            }
        } catch (NoSuchFileException e) {
            return; // somebody has removed it
        }
    }

    synchronized boolean mustBeReplaced() {
        return expectedBytes < 0 && late == null;
    }

    /** Writes a new file of all lines of a table and puts it in place of the old one; lines may be appended meanwhile. */
    void replace(Supplier<List<WalLine>> lines) throws IOException {
        synchronized (replacing) {
            synchronized (this) {
                late = new ArrayList<>();
                expectedBytes = -1; // if this fails, the file still lists what has been removed
            }
            try {
                Path directory = requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a directory");
                Files.createDirectories(directory);
                Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
                write(temporary, lines.get(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
                synchronized (this) {
                    if (late != null && !late.isEmpty()) {
                        write(temporary, late, StandardOpenOption.APPEND);
                    }
                    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    expectedBytes = Files.size(file);
                }
                LocalTree.sync(directory);
            } finally {
                synchronized (this) {
                    late = null;
                }
            }
        }
    }

    private static void write(Path target, List<WalLine> lines, StandardOpenOption... how) throws IOException {
        var options = new ArrayList<>(List.of(how));
        options.add(StandardOpenOption.WRITE);
        try (BufferedWriter writer =
                Files.newBufferedWriter(target, UTF_8, options.toArray(StandardOpenOption[]::new))) {
            for (WalLine line : lines) {
                writer.write(line.format());
            }
        }
        LocalTree.sync(target);
    }

    private static boolean endsWithLineFeed(Path source) throws IOException {
        try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
            var last = ByteBuffer.allocate(1);
            return channel.size() == 0 || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
        }
    }
}
