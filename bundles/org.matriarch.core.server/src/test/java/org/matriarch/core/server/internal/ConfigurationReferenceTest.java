package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/configuration.md} and {@code etc/} in step with the table of options. To write them anew:
 *
 * <pre>mvn -pl bundles/org.matriarch.core.server -am test -Dmatriarch.docs=write</pre>
 */
final class ConfigurationReferenceTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .normalize()
            .resolve("../..");

    /** What no two servers have in common. */
    private static final Set<Option<?>> OWN = Set.of(Options.DESCRIPTION, Options.CONNINFO, Options.STREAMING_CONNINFO);

    @Test
    void documentsEveryOption() throws IOException {
        compareOrWrite(ROOT.resolve("docs/configuration.md"), reference());
    }

    @Test
    void shipsACommentedGlobalFile() throws IOException {
        compareOrWrite(ROOT.resolve("etc/org.matriarch.cfg"), globalFile());
    }

    @Test
    void shipsASampleOfAServersFile() throws IOException {
        compareOrWrite(ROOT.resolve("etc/org.matriarch.server-example.cfg.sample"), sampleFile());
    }

    private static void compareOrWrite(Path file, String expected) throws IOException {
        if ("write".equals(System.getProperty("matriarch.docs"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected, UTF_8);
        }
        assertThat(Files.exists(file) ? Files.readString(file, UTF_8) : "")
                .as(
                        "%s is out of date; write it anew with"
                                + " 'mvn -pl bundles/org.matriarch.core.server -am test -Dmatriarch.docs=write'",
                        file)
                .isEqualTo(expected);
    }

    private static String reference() {
        StringBuilder text = new StringBuilder("""
                # Configuration

                <!-- Generated from the table of options (class Options of org.matriarch.core.server). Do not edit. -->

                `etc/org.matriarch.cfg` holds what concerns the whole installation, and defaults for all servers.
                `etc/org.matriarch.server-<name>.cfg` holds one server; `<name>` is made of letters, digits, `_`, `.` and `-`,
                and is neither `all` nor `matriarch`. Files are UTF-8, one `key = value` per line; `#` begins a comment line.

                - A saved file is in force within seconds, without a restart. A job that runs goes on with what it began with.
                - A file with a mistake is refused as a whole. The log names the key, the value and what is allowed, and so does
                  `server:check`. The values that were in force before stay in force, also across a restart: they are kept in
                  `last-good` under the container's base directory, readable by its user only.
                - A file that is deleted takes its server out of care. What is stored of it stays where it is.
                - Each option of a server may stand in `etc/org.matriarch.cfg`, as the default of all servers. An empty value in
                  a server's file means the default of the table below, whatever the global file says.
                - `$[env:NAME]` stands for a variable of the container's environment. One that is not set is refused;
                  `$[env:NAME;default=TEXT]` says what holds then. Never write `${env:NAME}`: unset, it silently
                  becomes nothing.
                - A password does not belong into these files: put it into a pgpass file (`~/.pgpass`, or `passfile=…` in
                  the connection string). Where it stands here all the same, no log and no output shows it.
                """);
        section(text, "For the installation, in `org.matriarch.cfg`", true);
        section(text, "For each server", false);
        return text.toString();
    }

    private static void section(StringBuilder text, String title, boolean global) {
        text.append("\n## ").append(title).append("\n\n");
        text.append("| option | default | allowed | what it does |\n|---|---|---|---|\n");
        for (Option<?> option : Options.ALL) {
            if (option.global() == global) {
                text.append("| `%s` | %s | %s | %s |%n"
                        .formatted(
                                option.name(), defaultOf(option), option.type().allowed(), option.description()));
            }
        }
    }

    private static String defaultOf(Option<?> option) {
        if (option.defaultText().isEmpty()) {
            return option.defaultNote();
        }
        return "`" + option.defaultText() + "`";
    }

    private static String globalFile() {
        StringBuilder text = new StringBuilder("""
                # Settings of the whole installation, and defaults for all servers. docs/configuration.md explains them all.
                # Each line that begins with '#' and a key shows a default; remove the '#' to change it.
                # A change is in force within seconds, without a restart. A mistake is logged and changes nothing.
                """);
        for (Option<?> option : Options.ALL) {
            if (option.equals(Options.DESCRIPTION)) {
                text.append(
                        "\n# Defaults for all servers: a file org.matriarch.server-<name>.cfg may say otherwise.\n");
            }
            if (!OWN.contains(option)) {
                entry(text, option);
            }
        }
        return text.toString();
    }

    private static String sampleFile() {
        StringBuilder text = new StringBuilder("""
                # A PostgreSQL server under care. Copy this file to org.matriarch.server-<name>.cfg, where <name> is what you
                # call the server, and set at least conninfo. docs/configuration.md explains every option.

                description = What the server is, for people
                conninfo = host=pg.example.org user=matriarch dbname=postgres
                streaming_conninfo = host=pg.example.org user=streaming_matriarch
                slot_name = matriarch
                create_slot = auto
                """);
        for (Option<?> option : Options.ofServers()) {
            if (!text.toString().contains("\n" + option.name() + " =")) {
                entry(text, option);
            }
        }
        return text.toString();
    }

    private static void entry(StringBuilder text, Option<?> option) {
        text.append("\n# %s%n".formatted(option.description().replace("`", "'")));
        text.append("# Allowed: %s.%n".formatted(option.type().allowed()));
        if (!option.defaultNote().isEmpty()) {
            text.append("# Default: %s.%n".formatted(option.defaultNote().replace("`", "'")));
        }
        text.append("#%s = %s".formatted(option.name(), option.defaultText()).stripTrailing())
                .append('\n');
    }
}
