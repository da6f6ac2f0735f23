package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** What the door answers, to whom, and what it does not let anybody do to it. */
@Timeout(120)
final class WalHttpDoorTest {

    private static final String WAL = "000000010000000000000002";
    private static final byte[] CONTENT = "content of a segment".repeat(1000).getBytes(UTF_8);

    @TempDir
    Path data;

    private final HttpClient client = HttpClient.newHttpClient();
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
    void storesAndGivesBack() throws Exception {
        HttpResponse<byte[]> stored = put(WAL, CONTENT, ScriptedWal.sha256(CONTENT));
        HttpResponse<byte[]> again = put(WAL, CONTENT, ScriptedWal.sha256(CONTENT));
        HttpResponse<byte[]> fetched = get(WAL);

        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(stored.headers().firstValue("X-Matriarch-Outcome")).contains("stored");
        assertThat(stored.headers().firstValue("X-Matriarch-Sha256")).contains(ScriptedWal.sha256(CONTENT));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("X-Matriarch-Outcome")).contains("duplicate");
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.body()).isEqualTo(CONTENT);
        assertThat(fetched.headers().firstValue("X-Matriarch-Sha256")).contains(ScriptedWal.sha256(CONTENT));
    }

    @Test
    void takesAChecksumThatComesAfterTheFile() throws Exception {
        HttpResponse<byte[]> stored = put(WAL, followed(ScriptedWal.sha256(CONTENT)), "after");
        HttpResponse<byte[]> again =
                put(WAL, followed(ScriptedWal.sha256(CONTENT).toUpperCase(Locale.ROOT)), "after");

        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(stored.headers().firstValue("X-Matriarch-Sha256")).contains(ScriptedWal.sha256(CONTENT));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("X-Matriarch-Sha256")).contains(ScriptedWal.sha256(CONTENT));
        assertThat(get(WAL).body()).isEqualTo(CONTENT);
    }

    @Test
    void keepsNothingWithoutTheChecksumThatShouldComeAfterTheFile() throws Exception {
        assertRefused(put(WAL, CONTENT, "after"), 400, "MATR-3008");
        assertRefused(put(WAL, new byte[0], "after"), 400, "MATR-3008");
        assertRefused(put(WAL, followed(ScriptedWal.sha256(new byte[1])), "after"), 400, "MATR-3008");
        assertRefused(put(WAL, followed(ScriptedWal.sha256(CONTENT).substring(1)), "after"), 400, "MATR-3008");

        assertThat(wal.content("main", WAL)).isEmpty();
    }

    private static byte[] followed(String sum) {
        byte[] body = Arrays.copyOf(CONTENT, CONTENT.length + sum.length());
        System.arraycopy(sum.getBytes(UTF_8), 0, body, CONTENT.length, sum.length());
        return body;
    }

    @Test
    void givesAndTakesCompressed() throws Exception {
        wal.with("main", WAL, CONTENT);
        HttpResponse<byte[]> fetched = get(WAL + "?compression=gzip");
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(CONTENT);
        }

        HttpResponse<byte[]> stored = send(request("main/" + WAL)
                .header("X-Matriarch-Sha256", ScriptedWal.sha256(CONTENT))
                .header("Content-Encoding", "gzip")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(packed.toByteArray()))));

        assertThat(new GZIPInputStream(new ByteArrayInputStream(fetched.body())).readAllBytes())
                .isEqualTo(CONTENT);
        assertThat(stored.statusCode()).isEqualTo(200);
    }

    @Test
    void namesWhatRecoveryReadsNext() throws Exception {
        for (String digit : List.of("2", "3", "4", "5")) {
            wal.with("main", WAL.substring(0, 23) + digit, CONTENT);
        }

        HttpResponse<byte[]> names =
                send(request("main?from=%s&count=3".formatted(WAL)).GET());

        assertThat(names.body()).asString(UTF_8).isEqualTo("""
                000000010000000000000002
                000000010000000000000003
                000000010000000000000004

                """);
    }

    @Test
    void answersEachFailureWithItsStatusAndNumber() throws Exception {
        assertRefused(get(WAL), 404, "MATR-3001");
        assertRefused(get("nonsense"), 400, "MATR-1004");
        assertRefused(get(WAL + "?compression=rot13"), 400, "MATR-1003");
        assertRefused(put("nonsense", CONTENT, ScriptedWal.sha256(CONTENT)), 422, "MATR-3004");
        assertRefused(put(WAL, CONTENT, ScriptedWal.sha256(new byte[1])), 400, "MATR-3008");
        assertRefused(put(WAL, CONTENT, "nonsense"), 400, "MATR-1003");
        wal.with("main", WAL, new byte[] {1});
        assertRefused(put(WAL, CONTENT, ScriptedWal.sha256(CONTENT)), 409, "MATR-3003");
        wal.failWith(Optional.of(ErrorCode.STORE_FULL));
        assertRefused(put(WAL, CONTENT, ScriptedWal.sha256(CONTENT)), 507, "MATR-2003");
        wal.failWith(Optional.of(ErrorCode.ARCHIVER_OFF));
        assertRefused(put(WAL, CONTENT, ScriptedWal.sha256(CONTENT)), 403, "MATR-3009");
        wal.failWith(Optional.of(ErrorCode.OBJECT_CORRUPT));
        assertRefused(get(WAL), 500, "MATR-2004");
        wal.failWith(Optional.of(ErrorCode.PLUGIN_MISSING));
        assertRefused(get(WAL), 503, "MATR-8003");
    }

    @Test
    void opensForTheTokenOfTheServerAlone() throws Exception {
        wal.with("main", WAL, CONTENT).with("other", WAL, CONTENT);
        String own = token("main");
        String foreign = token("other");
        String path = door.url() + "/v1/wal/main/" + WAL;

        assertThat(status(path, Optional.of("Bearer " + own))).isEqualTo(200);
        assertThat(status(path, Optional.of("bearer " + own))).isEqualTo(200);
        assertThat(status(path, Optional.of("Bearer " + foreign))).isEqualTo(401);
        assertThat(status(path, Optional.of("Bearer"))).isEqualTo(401);
        assertThat(status(path, Optional.of("Bearer "))).isEqualTo(401);
        assertThat(status(path, Optional.of("Basic " + own))).isEqualTo(401);
        assertThat(status(path, Optional.empty())).isEqualTo(401);
        assertThat(status(door.url() + "/v1/wal/none/" + WAL, Optional.of("Bearer ")))
                .isEqualTo(401);
        assertThat(status(door.url() + "/v1/wal/%2e%2e%2ftokens%2fmain/" + WAL, Optional.of("Bearer " + own)))
                .isEqualTo(404);
        assertThat(status(door.url() + "/v1/commands/x", Optional.of("Bearer " + own)))
                .isEqualTo(404);
    }

    @Test
    void keepsATokenThatOnlyItsOwnerCanRead() throws Exception {
        Path file = door.tokenFile("main");
        String token = token("main");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(token).matches("[0-9a-f]{64}");
        assertThat(token("main")).isEqualTo(token);
        assertThat(token("other")).isNotEqualTo(token);
        assertThatThrownBy(() -> door.tokenFile("none"))
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVER_UNKNOWN));
    }

    @Test
    void letsAChangedTokenInAtOnce() throws Exception {
        wal.with("main", WAL, CONTENT);
        String old = token("main");
        Files.writeString(door.tokenFile("main"), "abc\n");

        assertThat(status(door.url() + "/v1/wal/main/" + WAL, Optional.of("Bearer " + old)))
                .isEqualTo(401);
        assertThat(status(door.url() + "/v1/wal/main/" + WAL, Optional.of("Bearer abc")))
                .isEqualTo(200);
    }

    @Test
    void tellsARefusedClientWhyAlthoughItIsStillSending() throws Exception {
        var large = new byte[32 << 20];

        HttpResponse<byte[]> refused = send(HttpRequest.newBuilder(URI.create(door.url() + "/v1/wal/main/" + WAL))
                .header("Authorization", "Bearer wrong")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(large)));

        assertRefused(refused, 401, "MATR-1005");
    }

    @Test
    void takesNoFileThatIsLargerThanASegmentCanBe() throws Exception {
        try (Socket socket = connect()) {
            write(socket, requestLine("Content-Length: 1073741825"));

            assertThat(statusLine(socket)).startsWith("HTTP/1.1 422");
        }
    }

    @Test
    void storesNothingOfAFileThatBreaksOff() throws Exception {
        try (Socket socket = connect()) {
            write(socket, requestLine("Content-Length: 1000") + "some");
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }

        assertThat(wal.content("main", WAL)).isEmpty();
    }

    @Test
    void waitsForNobodyWhoIsTooSlow() throws Exception {
        door.close();
        door = Doors.open(wal, data.resolve("tokens"), Duration.ofMillis(500), Map.of());
        wal.with("main", WAL, CONTENT);
        var slow = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 40; i++) {
                slow.add(connect());
                // Some stop in the middle of what they ask, some in the middle of what they send.
                write(slow.get(i), i % 2 == 0 ? "PUT /v1/wal/main" : requestLine("Content-Length: 1000") + "some");
            }

            for (Socket socket : slow) {
                socket.getInputStream().readAllBytes(); // ends when the door has closed the connection
            }
            assertThat(get(WAL).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void answersOneServerWhileAnotherAsksTooMuch() throws Exception {
        wal.with("other", WAL, CONTENT);
        var many = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 100; i++) {
                many.add(connect());
                write(many.get(i), requestLine("Content-Length: 1000") + "some");
            }

            assertThat(status(door.url() + "/v1/wal/other/" + WAL, Optional.of("Bearer " + token("other"))))
                    .isEqualTo(200);
        } finally {
            for (Socket socket : many) {
                socket.close();
            }
        }
    }

    private Socket connect() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), URI.create(door.url()).getPort());
    }

    private String requestLine(String header) throws IOException {
        return "PUT /v1/wal/main/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nX-Matriarch-Sha256: %s\r\n%s\r\n\r\n"
                .formatted(WAL, token("main"), ScriptedWal.sha256(CONTENT), header);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(US_ASCII));
        out.flush();
    }

    private static String statusLine(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(12), US_ASCII);
    }

    private static void assertRefused(HttpResponse<byte[]> response, int status, String code) {
        assertThat(response.headers().firstValue("X-Matriarch-Code")).contains(code);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).asString(UTF_8).matches("(?s)" + code + ": .+\nHINT: .+\\.\n");
    }

    private int status(String url, Optional<String> authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).GET();
        authorization.ifPresent(value -> request.header("Authorization", value));
        return send(request).statusCode();
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send(request("main/" + path).GET());
    }

    private HttpResponse<byte[]> put(String name, byte[] content, String sha256) throws Exception {
        return send(request("main/" + name)
                .header("X-Matriarch-Sha256", sha256)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(URI.create(door.url() + "/v1/wal/" + path))
                .header("Authorization", "Bearer " + token("main"));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String token(String server) throws IOException {
        return Files.readString(door.tokenFile(server)).strip();
    }
}
