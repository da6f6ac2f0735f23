package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/** A plugin that was made for another version of our interfaces is dropped into a running container. */
final class UnfitPluginITest {

    private static final String NEEDS =
            "bundle 'org.example.future' 3.2.1 needs org.matriarch.spi.storage in version" + " [7.0,8), this is 1.";

    @Test
    void isRefusedWithBothVersionsNamed() throws IOException {
        try (Container container = Container.start()) {
            Path made = plugin(container.data().resolve("future.jar"));
            Path dropped =
                    Files.move(made, container.data().resolve("deploy/future.jar"), StandardCopyOption.ATOMIC_MOVE);

            await("the plugin's line")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> container.ok("plugin:list").out().contains("org.example.future"));
            Container.Result list = container.ok("plugin:list");
            assertThat(list.out()).containsPattern("store +\\| - +\\| REFUSED \\| 3\\.2\\.1 +\\| org.example.future");
            assertThat(list.error()).contains("refused: " + NEEDS);
            assertThat(container.ok("plugin:list", "--format", "json").out()).contains(NEEDS.replace("\"", "\\\""));
            assertThat(container.log()).contains("plugin refused: " + NEEDS);

            Files.delete(dropped);
            await("the plugin's end")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> !container.ok("plugin:list").out().contains("org.example.future"));
        }
    }

    private static Path plugin(Path jar) throws IOException {
        var manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "org.example.future");
        headers.putValue("Bundle-Version", "3.2.1");
        headers.putValue("Import-Package", "org.matriarch.spi.storage;version=\"[7.0,8)\"");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }
}
