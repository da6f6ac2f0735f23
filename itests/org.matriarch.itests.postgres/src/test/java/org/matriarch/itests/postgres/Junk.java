package org.matriarch.itests.postgres;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Something that lies where WAL is looked for and must not be taken for it.
 *
 * @param file named as if it were WAL
 * @param reason what is said about it, whichever way it comes
 * @param mayGrow whether it may still become WAL, as what is being copied does
 */
record Junk(Path file, String reason, boolean mayGrow) {

    private static final int SIZE_IN_HEADER = 32;

    /** Makes some of each kind, in a directory. */
    static List<Junk> in(Path directory, Path segment, Path segmentOfAnotherCluster) throws IOException {
        Path six = directory.resolve("0000000100000000000000F1");
        Path zeros = directory.resolve("0000000100000000000000F2");
        Path renamed = directory.resolve("0000000100000000000000F3");
        Path large = directory.resolve("0000000100000000000000F4");
        Path link = directory.resolve("0000000100000000000000F5");
        Path folder = directory.resolve("0000000100000000000000F6");
        Path foreign = directory.resolve(segmentOfAnotherCluster.getFileName());
        Path unnamed = directory.resolve("nonsense");
        Files.write(six, new byte[6]);
        Files.write(zeros, new byte[1 << 20]);
        Files.copy(segment, renamed);
        enlarge(Files.copy(segment, large), 64 << 20);
        Files.createSymbolicLink(link, segment);
        Files.createDirectory(folder);
        Files.copy(segmentOfAnotherCluster, foreign);
        Files.write(unnamed, new byte[1 << 20]);
        return List.of(
                new Junk(six, "it (has|is not whole: it has) 6 bytes", true),
                new Junk(zeros, "it (has|is not whole: it has) 1048576 bytes", true),
                new Junk(renamed, "its header says position [0-9A-F/]+, its name 0/F300000", false),
                new Junk(large, "its segments have 67108864 bytes, those of the archive 1048576", false),
                new Junk(link, "(it|'.*') is a symbolic link", false),
                new Junk(folder, "(it|'.*') is (not a file|a directory)", false),
                new Junk(foreign, "it belongs to system \\d+, the repository to \\d+", false),
                new Junk(unnamed, "is not the name of a WAL (file|segment)", true));
    }

    String name() {
        return String.valueOf(file.getFileName());
    }

    /** Makes of a segment one as another cluster may have it, most of which is a hole. */
    private static void enlarge(Path segment, int sizeBytes) throws IOException {
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(sizeBytes);
            file.seek(SIZE_IN_HEADER);
            file.write(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(sizeBytes)
                    .array());
        }
    }
}
