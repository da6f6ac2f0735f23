package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
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

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
