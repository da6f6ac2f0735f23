package org.matriarch.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/** What the files of any host do. The tests see the host's file system themselves. */
public abstract class HostFilesContract {

    /** A name that means much to shells, patterns and programs. */
    private static final String NAME = "-n 'a' \"b\" $(touch owned) * ? [x] \\ ; ä";

    @TempDir
    private Path top;

    @SuppressWarnings("NullAway.Init")
    private HostFiles files;

    /** Opens the files of the host, as for a restore to {@code destination}. */
    protected abstract HostFiles open(Path destination) throws IOException;

    @BeforeEach
    final void openFiles() throws IOException {
        files = open(top);
    }

    @AfterEach
    final void closeFiles() {
        files.close();
    }

    @Test
    final void writesAFileWholeWithItsMode() throws Exception {
        byte[] content = bytes(3_000_001);
        Path file = top.resolve(NAME);

        try (HostFiles.Output out = files.create(file, 0640)) {
            assertThat(mode(file)).isEqualTo("rw-------");
            out.write(ByteBuffer.wrap(content, 0, 5));
            out.write(ByteBuffer.wrap(content, 5, content.length - 5));
            out.finish();
        }

        assertThat(file).hasBinaryContent(content);
        assertThat(mode(file)).isEqualTo("rw-r-----");
        assertThat(top.resolve("owned")).doesNotExist();
        assertThat(Path.of("owned")).doesNotExist();
        assertThat(files.read(file)).isEqualTo(content);
    }

    @Test
    final void createsOnlyWhatIsNotThere() throws Exception {
        Path file = write("taken", "mine");

        assertThatThrownBy(() -> files.create(file, 0600)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasContent("mine");
        assertThatThrownBy(() -> files.create(top.resolve("none/x"), 0600)).isInstanceOf(IOException.class);
    }

    @Test
    final void leavesAFileThatWasNotFinishedToBeRemoved() throws Exception {
        Path file = top.resolve("half");
        try (HostFiles.Output out = files.create(file, 0600)) {
            out.write(ByteBuffer.wrap(bytes(100_000)));
        }

        files.delete(file);

        assertThat(file).doesNotExist();
    }

    @Test
    final void tellsWhatIsThere() throws Exception {
        Path file = write(NAME, "12345");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path directory = Files.createDirectory(top.resolve("directory"));
        Path link = Files.createSymbolicLink(top.resolve("link"), directory);
        Path twice = write("twice", "");
        Files.createLink(top.resolve("same"), twice);

        assertThat(files.find(file)).contains(new HostFile(file, HostFile.Kind.FILE, 5, 0640, 1));
        assertThat(files.find(top.resolve("none"))).isEmpty();
        assertThat(files.find(link)).map(HostFile::kind).contains(HostFile.Kind.DIRECTORY);
        assertThat(files.readLink(link)).isEqualTo(directory);
        List<HostFile> found = files.list(top);
        assertThat(found)
                .extracting(HostFile::path)
                .containsExactlyInAnyOrder(file, directory, link, twice, top.resolve("same"));
        assertThat(found)
                .filteredOn(each -> each.path().equals(link))
                .extracting(HostFile::kind)
                .containsExactly(HostFile.Kind.LINK);
        assertThat(found)
                .filteredOn(each -> each.path().equals(twice))
                .extracting(HostFile::links)
                .containsExactly(2);
        assertThat(files.list(directory)).isEmpty();
    }

    @Test
    final void listsDirectoriesOfAnySize() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Files.createFile(top.resolve("file-%d".formatted(i)));
        }

        assertThat(files.list(top)).hasSize(1000);
    }

    @Test
    final void makesLinksRenamesAndRemoves() throws Exception {
        Path directory = top.resolve("a " + NAME);
        files.makeDirectory(directory);
        files.makeDirectory(directory);
        files.setMode(directory, 0750);
        files.link(top.resolve("link"), directory);
        Path older = write("older", "older");
        Path newer = write("newer", "newer");

        files.rename(newer, older);
        files.sync(older);
        files.sync(top);

        assertThat(mode(directory)).isEqualTo("rwxr-x---");
        assertThat(Files.readSymbolicLink(top.resolve("link"))).isEqualTo(directory);
        assertThat(older).hasContent("newer");
        assertThat(newer).doesNotExist();
        for (Path path : List.of(top.resolve("link"), directory, older, newer)) {
            files.delete(path);
        }
        assertThat(top).isEmptyDirectory();
        assertThatThrownBy(() -> files.makeDirectory(top.resolve("none/below"))).isInstanceOf(IOException.class);
    }

    @Test
    final void removesNoDirectoryWithContent() throws Exception {
        Path directory = Files.createDirectory(top.resolve("full"));
        Files.createFile(directory.resolve("x"));

        assertThatThrownBy(() -> files.delete(directory)).isInstanceOf(IOException.class);

        assertThat(directory.resolve("x")).exists();
    }

    @Test
    final void computesChecksums() throws Exception {
        Path plain = Files.write(top.resolve(NAME), bytes(2_000_000));
        Path line = Files.write(top.resolve("two\nlines"), bytes(0));

        Map<Path, String> found = files.sha256(List.of(plain, top.resolve("none"), line));

        assertThat(found).isEqualTo(Map.of(plain, sha256(plain), line, sha256(line)));
    }

    @Test
    final void knowsItsRoom() throws Exception {
        HostFiles.Room room = files.room(top);

        assertThat(room.usableBytes()).isPositive();
        assertThat(room.fileSystem()).isEqualTo(files.room(top).fileSystem());
        assertThat(files.room(Path.of("/proc")).fileSystem()).isNotEqualTo(room.fileSystem());
        assertThat(files.describe(top)).endsWith(top.toString());
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(top.resolve(name), content);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i ^ i >>> 8 ^ i >>> 16);
        }
        return bytes;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
