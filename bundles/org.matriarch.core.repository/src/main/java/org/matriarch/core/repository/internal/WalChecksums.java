package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.api.model.WalFileName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the archived WAL files contained: {@code <server>-xlog.db.crc32c/}, beside the WAL index, where Barman does not look.
 * One small file for each directory of the archive, to which lines are appended. Thread-safe.
 *
 * <p>Not synced, as the index is not: what a power failure takes is the check of the last files, not the files. A line that
 * it has torn is passed over.
 */
final class WalChecksums {

    private static final Logger LOG = LoggerFactory.getLogger(WalChecksums.class);

    private static final String HISTORIES = "histories";
    private static final int DIRECTORY_NAME_LENGTH = 16;
    private static final Pattern LINE = Pattern.compile("([0-9A-Za-z.]{16,60})\t([0-9a-f]{8})\t(\\d{1,18})");

    private final Path directory;

    /** Finds them beside an index. */
    WalChecksums(Path indexFile) {
        this.directory = indexFile.resolveSibling(indexFile.getFileName() + ".crc32c");
    }

    /**
     * What a file contains, however it is compressed.
     *
     * @param crc32c of its bytes
     * @param sizeBytes how many they are
     */
    record Sum(int crc32c, long sizeBytes) {

        @Override
        public String toString() {
            return "%d bytes with CRC-32C %s"
                    .formatted(sizeBytes, HexFormat.of().toHexDigits(crc32c));
        }
    }

    /** Returns what a file contained when it was archived; empty if nobody knows, as of files that Barman archived. */
    synchronized Optional<Sum> find(WalFileName name) throws IOException {
        Optional<Sum> found = Optional.empty();
        for (String line : lines(file(name))) {
            Matcher matcher = LINE.matcher(line);
            if (line.startsWith(name + "\t") && matcher.matches()) {
                found = Optional.of( // the last one counts
                        new Sum(HexFormat.fromHexDigits(matcher.group(2)), Long.parseLong(matcher.group(3))));
            }
        }
        return found;
    }

    /** Remembers what a file contains. */
    synchronized void add(WalFileName name, Sum sum) {
        // It begins with an end of line, lest it continues one that was torn.
        String line = "\n%s\t%s\t%d\n".formatted(name, HexFormat.of().toHexDigits(sum.crc32c()), sum.sizeBytes());
        try {
            Files.createDirectories(directory);
            try (FileChannel channel =
                    FileChannel.open(file(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                channel.write(ByteBuffer.wrap(line.getBytes(ISO_8859_1)));
            }
        } catch (IOException e) {
            LOG.warn("unable to remember the checksum of '{}' in '{}': {}", name, directory, e.getMessage());
        }
    }

    /** Forgets files: others may get their names. */
    synchronized void remove(Collection<WalFileName> names) {
        Map<Path, Set<String>> byFile = names.stream()
                .collect(Collectors.groupingBy(this::file, Collectors.mapping(WalFileName::value, Collectors.toSet())));
        byFile.forEach((file, removed) -> {
            try {
                remove(file, removed);
            } catch (IOException e) {
                LOG.warn("unable to remove checksums from '{}': {}", file, e.getMessage());
            }
        });
    }

    private static void remove(Path file, Set<String> removed) throws IOException {
        List<String> kept = lines(file).stream()
                .filter(line -> !line.isEmpty() && !removed.contains(line.split("\t", 2)[0]))
                .toList();
        if (kept.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Path temporary = file.resolveSibling(requireNonNull(file.getFileName()) + ".tmp");
        Files.write(temporary, kept, ISO_8859_1);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns where the checksum of a file is looked for. */
    Path file(WalFileName name) {
        return directory.resolve(
                name.kind() == WalFileName.Kind.HISTORY
                        ? HISTORIES
                        : name.value().substring(0, DIRECTORY_NAME_LENGTH));
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file, ISO_8859_1);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
