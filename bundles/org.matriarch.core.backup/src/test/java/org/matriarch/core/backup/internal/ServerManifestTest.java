package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerManifestTest {

    private final ArrivedFiles arrived = new ArrivedFiles();

    @Test
    void isContentWithExactlyTheFilesOfTheManifest() throws IOException {
        arrive("PG_VERSION", "16");
        arrive("für", "x");
        arrive("plain", "y");
        arrive("pg_wal/000000010000000000000001", "wal");
        arrive("backup_manifest", "itself");

        assertThat(arrived.compareWith(Manifests.of(
                        Manifests.file("PG_VERSION", "16"),
                        Manifests.file("x", "x").replace("\"Path\": \"x\"", "\"Encoded-Path\": \"66c3bc72\""),
                        "{ \"Path\": \"plain\", \"Size\": 1, \"New-Field\": [ {} ] }")))
                .isEmpty();
    }

    @Test
    void namesWhatDiffers() throws IOException {
        arrive("altered", "new");
        arrive("short", "1");
        arrive("extra", "x");

        assertThat(arrived.compareWith(Manifests.of(
                        Manifests.file("altered", "old"), Manifests.file("short", "12"), Manifests.file("lost", ""))))
                .containsExactly(
                        "file 'altered' has CRC-32C %s, the server's manifest says %s"
                                .formatted(value("new"), value("old")),
                        "file 'short' has 1 bytes, the server's manifest says 2",
                        "file 'lost' is missing",
                        "1 more");
    }

    @Test
    void passesChecksumsThatAreNotCrc32c() throws IOException {
        arrive("a", "x");

        assertThat(arrived.compareWith(Manifests.of(
                        Manifests.file("a", "x").replace("CRC32C", "SHA256").replace(Manifests.crc32c("x"), "abc"))))
                .isEmpty();
    }

    @Test
    void refusesAManifestThatWasAltered() {
        byte[] manifest = Manifests.of(Manifests.file("a", "x"));
        byte[] altered = new String(manifest, UTF_8)
                .replace("\"Size\": 1", "\"Size\": 2")
                .getBytes(UTF_8);

        assertThatThrownBy(() -> arrived.compareWith(altered))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("its own checksum is ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"Files\": 1}",
                "{\"Files\": [1]}",
                "{\"Files\": [{}]}",
                "{\"Files\": [{\"Path\": \"x\"}]}",
                "{\"Files\": [{\"Size\": 1}]}",
                "{\"Files\": [{\"Encoded-Path\": \"zz\", \"Size\": 1}]}",
                "{\"Files\": [{\"Path\": \"x\", \"Size\": 1, \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"q\"}]}",
                "{\"Files\": [], \"A\": {\"b\": 1}}"
            })
    void refusesWhatIsNoManifest(String json) {
        assertThatThrownBy(() -> arrived.compareWith(json.getBytes(UTF_8))).isInstanceOf(IOException.class);
    }

    private void arrive(String path, String content) {
        arrived.add(path, content.length(), crc(content));
    }

    private static String value(String content) {
        return "%08x".formatted(crc(content));
    }

    private static int crc(String content) {
        var crc = new CRC32C();
        crc.update(content.getBytes(UTF_8));
        return (int) crc.getValue();
    }
}
