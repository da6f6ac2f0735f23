package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;

/** Tells whether a file can be the WAL file that its name says, from its size and how it begins. */
final class WalContent {

    /** More than any history or backup label that PostgreSQL writes. */
    static final long SMALL_FILE_BYTES = 1L << 20;

    private WalContent() {}

    /**
     * Returns why a file cannot be the WAL file of that name; empty if it can.
     *
     * @param owner whose data the repository holds, if that is known
     * @param segmentSizeBytes how large the segments of that system are, if that is known
     */
    static Optional<String> mismatch(
            WalFileName name, Path file, Optional<RepositoryIdentity> owner, Optional<Long> segmentSizeBytes)
            throws IOException {
        long size = Files.size(file);
        if (size == 0) {
            return Optional.of("it is empty");
        }
        if (isSegment(name)) {
            return segmentMismatch(name, head(file), size, owner, segmentSizeBytes);
        }
        if (size > SMALL_FILE_BYTES) {
            return Optional.of("it has %d bytes, which no such file has".formatted(size));
        }
        String text = Files.readString(file, ISO_8859_1);
        Optional<String> mismatch =
                name.kind() == WalFileName.Kind.HISTORY ? historyMismatch(name, text) : labelMismatch(name, text);
        return mismatch.isPresent() || text.endsWith("\n") ? mismatch : Optional.of("its last line is not whole");
    }

    /** Returns whether a file of that name can have that size, as far as can be told without opening it. */
    static boolean canHave(WalFileName name, long sizeBytes) {
        return isSegment(name) ? WalHeader.isSegmentSize(sizeBytes) : sizeBytes > 0;
    }

    /** Returns whether nothing is missing at the end of a file, whatever it is. */
    static boolean isWhole(WalFileName name, Path file) throws IOException {
        long size = Files.size(file);
        if (isSegment(name)) {
            return WalHeader.parse(head(file))
                    .map(header -> header.segmentSizeBytes() <= size)
                    .orElse(false);
        }
        return size > SMALL_FILE_BYTES || Files.readString(file, ISO_8859_1).endsWith("\n");
    }

    /** Returns whether a segment holds no record: a timeline may end before the header of its last segment does. */
    static boolean isBlank(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return WalHeader.read(in).isEmpty() && Contents.isZero(in);
        }
    }

    /** Returns whether a file of that name is a segment, whole or not. */
    static boolean isSegment(WalFileName name) {
        return name.kind() == WalFileName.Kind.SEGMENT || name.kind() == WalFileName.Kind.PARTIAL;
    }

    /** Returns the bytes that a segment's header is read from. */
    static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(WalHeader.LENGTH);
        }
    }

    private static Optional<String> segmentMismatch(
            WalFileName name,
            byte[] head,
            long size,
            Optional<RepositoryIdentity> owner,
            Optional<Long> segmentSizeBytes) {
        Optional<WalHeader> header = WalHeader.parse(head);
        if (header.isEmpty()) {
            return Optional.of("it has %d bytes and does not begin with the header of a WAL segment".formatted(size));
        }
        // Before the position: with segments of another size, the same name is another position.
        return segmentSizeBytes
                .filter(expected -> expected != header.get().segmentSizeBytes())
                .map(expected -> "its segments have %d bytes, those of the archive %d"
                        .formatted(header.get().segmentSizeBytes(), expected))
                .or(() -> header.get().mismatch(name, size, owner));
    }

    private static Optional<String> historyMismatch(WalFileName name, String text) {
        try {
            TimelineHistory.parse(name.timeline(), text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** A label says in its first line which segment it belongs to. */
    private static Optional<String> labelMismatch(WalFileName name, String text) {
        String first = text.lines().findFirst().orElse("");
        return first.startsWith("START WAL LOCATION: ") && first.endsWith("(file %s)".formatted(name.segment()))
                ? Optional.empty()
                : Optional.of("its first line is not that of a backup that starts in '%s'".formatted(name.segment()));
    }
}
