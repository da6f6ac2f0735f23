package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeptConfigurationsTest {

    @TempDir
    Path directory;

    @Test
    void keepsValuesForTheirOwnerOnly() throws IOException {
        Path kept = directory.resolve("kept");
        KeptConfigurations lastGood = new KeptConfigurations(kept);

        lastGood.keep("server-main", Map.of("conninfo", "host=größe = #"));
        lastGood.keep("server-main", Map.of("conninfo", "host=b"));

        assertThat(new KeptConfigurations(kept).load("server-main")).contains(Map.of("conninfo", "host=b"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.resolve("server-main.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    void writesNothingThatIsThereAlready() throws IOException {
        KeptConfigurations lastGood = new KeptConfigurations(directory);
        lastGood.keep("a", Map.of("k", "v"));
        Path file = directory.resolve("a.properties");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));

        lastGood.keep("a", Map.of("k", "v"));

        assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
    }

    @Test
    void forgets() {
        KeptConfigurations lastGood = new KeptConfigurations(directory);
        lastGood.keep("a", Map.of());

        lastGood.forget("a");
        lastGood.forget("a");

        assertThat(lastGood.load("a")).isEmpty();
    }

    @Test
    void livesWithADirectoryThatCannotBeUsed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "", UTF_8);
        KeptConfigurations lastGood = new KeptConfigurations(file);
        Files.createDirectories(directory.resolve("b.properties/full"));
        Files.writeString(directory.resolve("c.properties"), "k=\\u12", UTF_8);

        lastGood.keep("a", Map.of());
        lastGood.forget("a");
        new KeptConfigurations(directory).forget("b");

        assertThat(lastGood.load("a")).isEmpty();
        assertThat(new KeptConfigurations(directory).load("c")).isEmpty();
    }

    @Test
    void forgetsWhatItsFileIsGoneOf() throws IOException {
        KeptConfigurations lastGood = new KeptConfigurations(directory);
        Path there = Files.writeString(directory.resolve("a.cfg"), "", UTF_8);
        lastGood.keep("there", Map.of("at", there.toUri().toString()));
        lastGood.keep("gone", Map.of("at", directory.resolve("b.cfg").toUri().toString()));
        lastGood.keep("elsewhere", Map.of("at", "http://example.org/c.cfg"));
        lastGood.keep("strange", Map.of("at", "file:not absolute"));
        lastGood.keep("nowhere", Map.of());

        lastGood.forgetOrphans("at");
        new KeptConfigurations(directory.resolve("none")).forgetOrphans("at");

        assertThat(lastGood.load("gone")).isEmpty();
        assertThat(lastGood.load("there")).isPresent();
        assertThat(lastGood.load("elsewhere")).isPresent();
        assertThat(lastGood.load("strange")).isPresent();
        assertThat(lastGood.load("nowhere")).isPresent();
    }
}
