package org.matriarch.shell.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class WalPutCommandTest {

    private static final String NAME = "000000010000000000000002";

    private final Shelf shelf = new Shelf();
    private final Caller caller = new Caller(new ScriptedServices().with(WalIntake.class, shelf));

    @TempDir
    private Path directory;

    @Test
    void handsOverAFileOfTheCaller() throws IOException {
        Files.writeString(directory.resolve("saved"), "content");

        assertThat(caller.in(directory).call("wal:put", "main", NAME, "saved")).isZero();

        assertThat(shelf.files).containsEntry("main/" + NAME, "content");
        assertThat(caller.out()).isEqualTo("server main has taken %s\n".formatted(NAME));
    }

    @Test
    void saysThatTheFileIsThereAlready() throws IOException {
        shelf.files.put("main/" + NAME, "content");
        Path file = Files.writeString(directory.resolve("saved"), "content");

        assertThat(caller.call("wal:put", "main", NAME, file.toString())).isZero();

        assertThat(caller.out()).isEqualTo("server main has %s already, with the same content\n".formatted(NAME));
    }

    @Test
    void printsJson() throws IOException {
        Path file = Files.writeString(directory.resolve("saved"), "content");

        assertThat(caller.call("wal:put", "main", NAME, file.toString(), "--format", "json"))
                .isZero();

        assertThat(caller.out().replaceAll("\\s", ""))
                .isEqualTo("{\"server\":\"main\",\"name\":\"%s\",\"stored\":true}".formatted(NAME));
    }

    @Test
    void endsWithTheCodeOfWhatIsWrong() throws IOException {
        shelf.files.put("main/" + NAME, "other content");
        Path file = Files.writeString(directory.resolve("saved"), "content");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        assertRefused(
                2, "MATR-1003: unable to read '%s': it is a symbolic link".formatted(link), NAME, link.toString());
        assertRefused(1, "MATR-3003: it differs", NAME, file.toString());
        assertRefused(3, "MATR-1004: 'saved' is not the name of a WAL file", "saved", file.toString());
        assertRefused(
                2, "MATR-1003: unable to read '%s': it is not a file".formatted(directory), NAME, directory.toString());
        assertRefused(
                2, "MATR-1003: unable to read '%s.gone': there is no such file".formatted(file), NAME, file + ".gone");
    }

    private void assertRefused(int code, String message, String name, String file) {
        assertThat(caller.call("wal:put", "main", name, file)).isEqualTo(code);

        assertThat(caller.err()).startsWith(message);
    }

    /** Takes files into memory. */
    private static final class Shelf implements WalIntake {

        private final Map<String, String> files = new HashMap<>();

        @Override
        public Outcome take(String server, String name, InputStream content, Supplier<Optional<String>> sha256) {
            try {
                String text = new String(content.readAllBytes(), UTF_8);
                String before = files.putIfAbsent(server + "/" + name, text);
                if (before != null && !before.equals(text)) {
                    throw new MatriarchException(ErrorCode.WAL_CONFLICT, "it differs", "look.");
                }
                return before == null ? Outcome.STORED : Outcome.DUPLICATE;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
