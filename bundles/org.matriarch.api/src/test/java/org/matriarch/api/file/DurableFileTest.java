package org.matriarch.api.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {

    @TempDir
    private Path directory;

    @Test
    void replacesAFileAndTheRestOfACrash() throws Exception {
        Path file = directory.resolve("a/b/file");

        DurableFile.replace(file, bytes("old and long"));
        Path rest = Files.writeString(directory.resolve("a/b/file.tmp"), "half");
        Files.setPosixFilePermissions(rest, PosixFilePermissions.fromString("rw-rw-rw-"));
        DurableFile.replace(file, bytes("new"));

        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(rest).doesNotExist();
    }

    @Test
    void givesTheFileThePermissionsThatAreAskedFor() throws Exception {
        Path file = directory.resolve("file");
        var everybody = PosixFilePermissions.fromString("rw-r--r--");

        DurableFile.replace(file, bytes("x"), everybody);

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(everybody);
    }

    @Test
    void leavesTheOldFileIfItCannotWriteTheNewOne() throws Exception {
        Path file = directory.resolve("file");
        DurableFile.replace(file, bytes("old"));

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> DurableFile.replace(file, bytes("new")))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).hasContent("old");
        assertThatThrownBy(() -> DurableFile.replace(file.resolve("below"), bytes("new")))
                .isInstanceOf(FileSystemException.class);
        assertThat(file).hasContent("old");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
