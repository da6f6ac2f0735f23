package org.matriarch.shell.internal.wal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A WAL file in a directory of the caller: it appears under its name when it is whole and on disk. */
final class WalOutputFile {

    private static final Logger LOG = LoggerFactory.getLogger(WalOutputFile.class);

    private final Path directory;
    private final WalFileName name;

    WalOutputFile(Path directory, WalFileName name) {
        this.directory = directory;
        this.name = name;
    }

    /** Writes the content. */
    @FunctionalInterface
    interface Content {

        void writeTo(OutputStream target) throws IOException, InterruptedException;
    }

    void write(Content content) throws InterruptedException {
        Path temporary =
                directory.resolve("." + name + "." + ProcessHandle.current().pid() + "." + System.nanoTime());
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(temporary, directory.resolve(name.value()), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
                parent.force(true); // the rename itself must survive a power failure
            }
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    "unable to write '%s' in directory '%s': %s".formatted(name, directory, e),
                    "give --output a directory that exists and that the user of the container may write.",
                    e);
        } finally {
            remove(temporary);
        }
    }

    private static void remove(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // What went wrong before is what the operator has to see.
            LOG.warn("unable to remove '{}'", temporary, e);
        }
    }
}
