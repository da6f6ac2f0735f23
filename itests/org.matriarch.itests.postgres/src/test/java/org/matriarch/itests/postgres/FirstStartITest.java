package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A container is configured before it has ever run. */
final class FirstStartITest {

    private static final String SERVER = """
            description = configured beforehand
            conninfo = host=127.0.0.1 port=9 user=nobody
            streaming_archiver = off
            archiver = on
            """;

    @Test
    void keepsWhatItFindsAndAddsWhatIsMissing() throws IOException {
        // The second file is what a start leaves that was cut short while it copied.
        Map<String, String> found =
                Map.of("org.matriarch.server-early.cfg", SERVER, "org.matriarch.cfg", "# cut short\n");
        try (Container container = Container.startConfigured(found)) {
            Path etc = container.data().resolve("etc");

            assertThat(container.ok("server:list").out()).contains("early", "configured beforehand");
            assertThat(etc.resolve("org.matriarch.cfg")).hasContent("# cut short");
            assertThat(namesIn(etc))
                    .containsAll(namesIn(Container.script("karaf").resolveSibling("../etc")));
            assertThat(namesIn(etc)).noneMatch(name -> name.startsWith("new."));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc)))
                    .endsWith("------");
        }
    }

    /** Permissions do not bind root, so what was written to is looked for as well. */
    @Test
    void writesNothingToWhereItWasUnpacked() throws IOException {
        Path unpacked = Container.script("karaf").resolveSibling("..").toRealPath();
        Map<Path, FileTime> before = timesIn(unpacked);
        protect(unpacked, "a-w");
        try (Container container = Container.start()) {
            container.ok("server:list");
            container.kill9();
            container.startAgain();
            container.ok("plugin:list");
        } finally {
            protect(unpacked, "u+w");
        }

        assertThat(timesIn(unpacked)).isEqualTo(before);
    }

    private static void protect(Path directory, String mode) throws IOException {
        Process chmod = new ProcessBuilder("chmod", "-R", mode, directory.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(chmod.inputReader().lines()).isEmpty();
    }

    private static Map<Path, FileTime> timesIn(Path directory) throws IOException {
        var times = new TreeMap<Path, FileTime>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
