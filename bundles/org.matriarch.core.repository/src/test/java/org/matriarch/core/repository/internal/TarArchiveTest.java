package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TarArchiveTest {

    @Test
    void readsWhatPostgresWrites() throws IOException {
        byte[] archive = new TarWriter()
                .directory("base")
                .file("base/1", "content")
                .file("empty", "")
                .link("pg_tblspc/16385", "/srv/fast")
                .end();

        var tar = new TarArchive(new ByteArrayInputStream(archive));

        assertThat(tar.next()).map(TarArchive.Entry::directory).contains(true);
        TarArchive.Entry file = tar.next().orElseThrow();
        assertThat(file.path()).isEqualTo("base/1");
        assertThat(file.directory()).isFalse();
        assertThat(file.sizeBytes()).isEqualTo(7);
        assertThat(file.mode()).isEqualTo(0640);
        assertThat(file.modified()).hasToString("2025-11-12T18:24:42Z");
        assertThat(tar.readAllBytes()).isEqualTo("content".getBytes(UTF_8));
        assertThat(tar.read()).isEqualTo(-1);
        assertThat(tar.next()).map(TarArchive.Entry::path).contains("empty");
        assertThat(tar.next()).isEmpty();
    }

    @Test
    void passesOverWhatWasNotRead() throws IOException {
        byte[] archive =
                new TarWriter().file("one", "x".repeat(1000)).file("two", "2").end();
        var tar = new TarArchive(new ByteArrayInputStream(archive));

        tar.next();
        assertThat(tar.read()).isEqualTo('x');
        assertThat(tar.next()).map(TarArchive.Entry::path).contains("two");
        assertThat(tar.read()).isEqualTo('2');
    }

    @Test
    void readsNamesAndSizesOfOtherPrograms() throws IOException {
        String longName = "a/" + "n".repeat(150);
        byte[] archive = new TarWriter()
                .entry('L', "././@LongLink", (longName + "\0").getBytes(UTF_8), "")
                .file("cut", "1")
                .entry('g', "pax", pax("comment", "all"), "")
                .entry('x', "pax", pax("path", "p/" + longName), "")
                .file("cut", "22")
                .directory("./top/")
                .entry('0', "old style/", new byte[0], "")
                .end();

        assertThat(read(archive))
                .containsExactly(
                        longName + " FILE 1", "p/" + longName + " FILE 2", "top DIRECTORY 0", "old style DIRECTORY 0");
    }

    @Test
    void readsPrefixesAndLargeSizes() throws IOException {
        byte[] large = ByteBuffer.allocate(12).put(0, (byte) 0x80).putLong(4, 3).array();
        byte[] plain = TarWriter.header('0', "name", "00000000001 ".getBytes(UTF_8), "");
        byte[] prefixed = changed(plain, 345, "before".getBytes(UTF_8));

        byte[] archive = new TarWriter()
                .raw(TarWriter.header('0', "large", large, ""))
                .padded("abc".getBytes(UTF_8))
                .raw(prefixed)
                .padded(new byte[1])
                .end();

        assertThat(read(archive)).containsExactly("large FILE 3", "before/name FILE 1");
    }

    @Test
    void saysWhatIsWrong() {
        byte[] sound = new TarWriter().file("one", "content").end();
        byte[] damaged = sound.clone();
        damaged[3] = 'x';
        byte[] other = "something else ".repeat(100).getBytes(UTF_8);

        for (byte[] wrong : List.of(damaged, other)) {
            assertThatThrownBy(() -> read(wrong))
                    .isInstanceOf(IOException.class)
                    .hasMessage("it is no tar archive, or damaged: the checksum of a header is wrong");
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(sound, 300)))
                .isInstanceOf(EOFException.class)
                .hasMessage("it ends early");
        assertThatThrownBy(() -> read(new TarWriter().file("one", "content").torn()))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> {
                    var tar = new TarArchive(new ByteArrayInputStream(Arrays.copyOf(sound, 515)));
                    tar.next();
                    tar.readAllBytes();
                })
                .isInstanceOf(IOException.class);
        for (String record : List.of("x path=y\n", "99 path=y\n", "2 path=y\n")) {
            assertThatThrownBy(() -> read(new TarWriter()
                            .entry('x', "pax", record.getBytes(UTF_8), "")
                            .file("y", "1")
                            .end()))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> read(new TarWriter()
                        .entry('L', "x", new byte[(1 << 20) + 1], "")
                        .end()))
                .hasMessage("it has a name of 1048577 bytes");
    }

    @Test
    void refusesWhatPostgresDoesNotWrite() {
        for (char type : List.of('1', '3', '4', '6', '7', 'S')) {
            assertThatThrownBy(() -> read(new TarWriter()
                            .entry(type, "odd", new byte[0], "/etc/passwd")
                            .end()))
                    .as("type %s", type)
                    .hasMessage("it holds 'odd', which is neither a plain file nor a directory nor a symbolic link");
        }
    }

    private static byte[] changed(byte[] header, int offset, byte... bytes) {
        ByteBuffer block = ByteBuffer.wrap(header.clone());
        block.put(offset, bytes);
        block.put(148, "        ".getBytes(UTF_8));
        int sum = 0;
        for (int i = 0; i < block.capacity(); i++) {
            sum += block.get(i) & 0xff;
        }
        return block.put(148, "%06o\0 ".formatted(sum).getBytes(UTF_8)).array();
    }

    private static byte[] pax(String key, String value) {
        String tail = " %s=%s\n".formatted(key, value);
        int length = tail.length() + 2;
        if (length > 99) {
            length++;
        }
        return (length + tail).getBytes(UTF_8);
    }

    private static List<String> read(byte[] archive) throws IOException {
        var tar = new TarArchive(new ByteArrayInputStream(archive));
        var found = new ArrayList<String>();
        for (Optional<TarArchive.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
            TarArchive.Entry entry = next.get();
            found.add("%s %s %d".formatted(entry.path(), entry.directory() ? "DIRECTORY" : "FILE", entry.sizeBytes()));
        }
        return found;
    }
}
