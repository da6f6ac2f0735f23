package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.core.postgres.internal.ConnectionString.Host;

final class PasswordsTest {

    private static final Host HOST = new Host("db", Optional.empty(), 5432);

    @TempDir
    Path home;

    @Test
    void prefersTheConnectionStringThenTheVariableThenTheFile() throws IOException {
        passwordFile("*:*:*:*:file");

        assertThat(passwords("user=u password=own", Map.of("PGPASSWORD", "variable"))
                        .find(HOST, "d"))
                .contains("own");
        assertThat(passwords("user=u", Map.of("PGPASSWORD", "variable")).find(HOST, "d"))
                .contains("variable");
        assertThat(passwords("user=u", Map.of("PGPASSWORD", "")).find(HOST, "d"))
                .contains("file");
    }

    @Test
    void takesTheFirstLineThatMatches() throws IOException {
        passwordFile("""
                # db:5432:replication:u:comment
                db:5433:*:u:port
                other:5432:*:u:host
                db:5432:data:u:database
                db:5432:*:other:user
                db:5432

                \\*:5432:*:u:escaped
                d\\b:5432:replication:u:a\\:b\\\\c:d
                *:*:*:*:any
                """);

        assertThat(passwords("user=u", Map.of()).find(HOST, "replication")).contains("a:b\\c:d");
        assertThat(passwords("user=u", Map.of()).find(HOST, "data")).contains("database");
        assertThat(passwords("user=x", Map.of()).find(HOST, "data")).contains("any");
    }

    @Test
    void findsNothingInAFileThatHasNoLineOrAnEmptyPassword() throws IOException {
        assertThat(passwords("user=u", Map.of()).find(HOST, "d")).isEmpty();
        assertThat(passwords("user=u", Map.of()).problem()).isEmpty();

        passwordFile("nobody:*:*:*:x\ndb:*:*:*:\n");

        assertThat(passwords("user=u", Map.of()).find(HOST, "d")).isEmpty();
    }

    @Test
    void passesOverAFileThatOthersMayRead() throws IOException {
        Path file = passwordFile("*:*:*:*:file");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Passwords passwords = passwords("user=u", Map.of());

        assertThat(passwords.find(HOST, "d")).isEmpty();
        assertThat(passwords.problem())
                .contains("password file '%s' is passed over, since others may read it: chmod 0600 it".formatted(file));
    }

    @Test
    void looksWhereConnectionStringOrVariableSay() throws IOException {
        Path file = Files.writeString(home.resolve("elsewhere"), "*:*:*:*:there");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(passwords("user=u passfile=" + file, Map.of()).find(HOST, "d"))
                .contains("there");
        assertThat(passwords("user=u", Map.of("PGPASSFILE", file.toString())).find(HOST, "d"))
                .contains("there");
    }

    @Test
    void survivesAFileThatIsNoText() throws IOException {
        Path file = Files.write(home.resolve(".pgpass"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(passwords("user=u", Map.of()).find(HOST, "d")).isEmpty();
    }

    private Path passwordFile(String content) throws IOException {
        Path file = Files.writeString(home.resolve(".pgpass"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Passwords passwords(String conninfo, Map<String, String> variables) {
        LocalUser local = new LocalUser("nobody", home, name -> Optional.ofNullable(variables.get(name)));
        return new Passwords(ConnectionString.parse("conninfo", conninfo), local);
    }
}
