package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.http.internal.LogLines;

/** How the door follows its configuration while it is in use. */
@Timeout(120)
final class ReconfiguredWalDoorTest {

    private static final String WAL = "000000010000000000000002";
    private static final byte[] CONTENT = "content of a segment".repeat(1000).getBytes(UTF_8);

    @TempDir
    Path data;

    private ScriptedWal wal;
    private WalHttpDoor door;

    @BeforeEach
    void openDoor() {
        wal = new ScriptedWal(data);
        door = Doors.open(wal, data.resolve("tokens"), Map.of());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void speaksTls() throws Exception {
        Path certificate = certificate("a");
        door.modify(properties("wal_listen", "127.0.0.1", "tls_certificate", certificate, "tls_key", key("a")));
        wal.with("main", WAL, CONTENT);
        Files.createDirectory(data.resolve("pg_wal"));
        URI url = URI.create(door.url());
        ClientScript script = ClientScript.in(
                data,
                "--url",
                "https://localhost:" + url.getPort(),
                "--token-file",
                door.tokenFile("main").toString(),
                "--wait",
                "0");

        assertThat(url.getScheme()).isEqualTo("https");
        assertThat(door.certificate()).contains(certificate);
        assertThat(script.with("--cacert", certificate.toString()).run(ClientScript.FETCH, "main", WAL, "pg_wal/x"))
                .isEqualTo(new ClientScript.End(0, "", ""));
        // Whom it does not know it tells nothing.
        ClientScript.End stranger = script.run(ClientScript.FETCH, "main", WAL, "pg_wal/y");
        assertThat(stranger.code()).isEqualTo(126);
        assertThat(stranger.err()).startsWith("MATR-9002: ").contains("certificate");
    }

    @Test
    void usesARenewedCertificate() throws Exception {
        Path certificate = certificate("a");
        Path key = key("a");
        door.modify(properties("tls_certificate", certificate, "tls_key", key));
        Path renewed = certificate("b");
        Files.copy(key("b"), key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed, certificate, StandardCopyOption.REPLACE_EXISTING);
        wal.with("main", WAL, CONTENT);
        Files.createDirectory(data.resolve("pg_wal"));
        ClientScript script = ClientScript.in(
                data, "--token-file", door.tokenFile("main").toString(), "--cacert", renewed.toString(), "--wait", "0");

        // The port is any free one, which another one has got when the door opens again.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> script.with(
                                        "--url",
                                        "https://localhost:"
                                                + URI.create(door.url()).getPort())
                                .run(ClientScript.FETCH, "main", WAL, "pg_wal/x")
                                .code()
                        == 0);
    }

    @Test
    void keepsTheLastGoodValues() throws Exception {
        String url = door.url();
        wal.with("main", WAL, CONTENT);

        door.modify(properties("wal_port", "nonsense"));
        door.modify(properties("wal_listen", "0.0.0.0"));
        door.modify(properties("tls_certificate", data.resolve("none"), "tls_key", data.resolve("none")));
        door.modify(properties("tls_certificate", certificate("a"), "tls_key", key("b")));
        door.modify(properties("unknown", "1"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            door.modify(properties("wal_port", Integer.toString(taken.getLocalPort())));
            assertThat(door.refused())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("port " + taken.getLocalPort()));
        }

        // On any free port, which another one may have got meanwhile.
        assertThat(door.url()).startsWith(url.substring(0, url.lastIndexOf(':')));
        assertThat(get(WAL)).isEqualTo(200);

        door.modify(properties("wal_port", "0"));
        assertThat(door.refused()).isEmpty();
    }

    @Test
    void saysOnceWhatItRefuses() {
        List<String> lines = LogLines.ofRefusals(() -> {
            door.modify(properties("wal_listen", "0.0.0.0"));
            door.modify(properties("wal_listen", "0.0.0.0"));
            door.modify(properties("unknown", "1")); // of which the door for commands tells
            door.modify(properties("port", "many"));
            door.modify(properties("wal_listen", "0.0.0.0"));
        });

        assertThat(lines).hasSize(2);
        assertThat(lines)
                .allSatisfy(line -> assertThat(line)
                        .contains(
                                "MATR-1001: etc/org.matriarch.http.cfg is refused: value '0.0.0.0' of key 'wal_listen'")
                        .endsWith("The last good values of the door for WAL stay in force."));
    }

    @Test
    void opensAsSoonAsItsPortIsFree() throws Exception {
        door.close();
        String url;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            url = "http://127.0.0.1:" + port;
            door = Doors.open(wal, data.resolve("tokens"), Map.of("wal_port", port));
            assertThatThrownBy(door::url)
                    .hasMessageStartingWith("MATR-9003: the door for WAL is closed: unable to listen on 127.0.0.1");
        }

        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> door.url().equals(url));
    }

    @Test
    void canBeSwitchedOff() {
        door.modify(properties("wal_port", "off"));

        assertThatThrownBy(door::url).hasMessageContaining("'wal_port' is 'off' in etc/org.matriarch.http.cfg");
    }

    private Map<String, Object> properties(Object... pairs) {
        var properties = new HashMap<String, Object>();
        properties.put("wal_port", "0");
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put((String) pairs[i], pairs[i + 1].toString());
        }
        return properties;
    }

    private Path certificate(String name) throws Exception {
        Path certificate = data.resolve(name + ".crt");
        if (!Files.exists(certificate)) {
            Process openssl = new ProcessBuilder(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            name.equals("a") ? "rsa" : "ec",
                            "-pkeyopt",
                            name.equals("a") ? "rsa_keygen_bits:2048" : "ec_paramgen_curve:prime256v1",
                            "-nodes",
                            "-days",
                            "2",
                            "-subj",
                            "/CN=localhost",
                            "-addext",
                            "subjectAltName=DNS:localhost",
                            "-keyout",
                            data.resolve(name + ".key").toString(),
                            "-out",
                            certificate.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(openssl.getInputStream().readAllBytes(), UTF_8);
            assertThat(openssl.waitFor()).as(said).isZero();
        }
        return certificate;
    }

    private Path key(String name) throws Exception {
        certificate(name);
        return data.resolve(name + ".key");
    }

    private int get(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(door.url() + "/v1/wal/main/" + name))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(door.tokenFile("main")).strip())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
