package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The hidden names under which objects are written before they get their own, and what a crash left of them. */
final class TemporaryFiles {

    private static final Pattern NAME = Pattern.compile("\\.matriarch-[0-9a-f]+-[0-9a-f]{16}\\.tmp");

    /** The same for all stores of this process, also after an update of the bundle, and different in any other. */
    private static final String OWNER = Long.toHexString(ProcessHandle.current().pid() << 40
            ^ ProcessHandle.current()
                    .info()
                    .startInstant()
                    .orElse(Instant.EPOCH)
                    .toEpochMilli());

    private TemporaryFiles() {}

    /** Returns a name in a directory that nobody else uses. */
    static Path in(Path directory) {
        return directory.resolve(".matriarch-%s-%016x.tmp"
                .formatted(OWNER, ThreadLocalRandom.current().nextLong()));
    }

    /** Returns whether a file's name is that of a temporary file. */
    static boolean isTemporary(String fileName) {
        return fileName.startsWith(".matriarch-") && NAME.matcher(fileName).matches();
    }

    /**
     * Removes what other processes left behind; ends early if the thread is interrupted.
     *
     * <p>Should such a process still live and write to the same store, its write fails and is repeated: a temporary file
     * is needed only until it has got its name.
     *
     * @return how many were removed
     */
    static int clean(Path root) throws IOException {
        var visitor = new Cleaner();
        Files.walkFileTree(root, visitor);
        return visitor.removed;
    }

    /** Deletes temporary files of other processes on its way. */
    private static final class Cleaner extends SimpleFileVisitor<Path> {

        private int removed;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            String name = TreeWalk.nameOf(file);
            if (attributes.isRegularFile() && isTemporary(name) && !name.startsWith(".matriarch-" + OWNER + "-")) {
                Files.deleteIfExists(file);
                removed++;
            }
            return Thread.currentThread().isInterrupted() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException cause) {
            return FileVisitResult.CONTINUE;
        }
    }
}
