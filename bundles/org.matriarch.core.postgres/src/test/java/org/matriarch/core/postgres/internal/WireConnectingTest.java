package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.bytes;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.text;
import static org.matriarch.core.postgres.internal.WireClient.assertFails;
import static org.matriarch.core.postgres.internal.WireClient.open;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.core.postgres.internal.ScriptedPostgres.Peer;
import org.matriarch.core.postgres.internal.ScriptedPostgres.Script;

/** Proves what the client does when a connection does not come about, or only in part. */
@Timeout(60)
final class WireConnectingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "57P03 | the database system is starting up | POSTGRES_UNREACHABLE | wait until the server is up again.",
                "53300 | too many standby connections | POSTGRES_SETTINGS | raise max_wal_senders",
                "28000 | no pg_hba.conf entry | POSTGRES_AUTHENTICATION | pg_hba.conf",
                "XX000 | strange | POSTGRES_ERROR | look at the log"
            })
    void saysWhyTheServerTurnsUsAway(String state, String text, ErrorCode code, String hint) throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
            peer.startup();
            peer.error("FATAL", state, text);
        })) {
            assertThatThrownBy(() -> open(server)).isInstanceOfSatisfying(PostgresException.class, e -> {
                assertThat(e.code()).isEqualTo(code);
                assertThat(e.sqlState()).isEqualTo(state);
                assertThat(e.summary())
                        .startsWith("unable to connect to server 'main' at '127.0.0.1:")
                        .endsWith(text);
                assertThat(e.hint()).contains(hint);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"12.9, POSTGRES_VERSION", "9.6.24, POSTGRES_VERSION", "unknown, POSTGRES_PROTOCOL"})
    void refusesVersionsThatItDoesNotKnow(String version, ErrorCode code) throws Exception {
        try (ScriptedPostgres server = welcoming(version)) {
            assertFails(() -> open(server), code, "server 'main'");
        }
    }

    @Test
    void acceptsANewerVersion() throws Exception {
        try (ScriptedPostgres server = welcoming("19beta1 (Debian)");
                ReplicationConnection connection = open(server)) {
            assertThat(connection.version()).hasToString("19.0");
        }
    }

    @Test
    void refusesBreachesOfTheProtocolAtTheStart() throws Exception {
        assertRefused(
                "message of type 0x47 claims to have",
                peer -> peer.raw("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII)));
        assertRefused("message 'T' during the start", peer -> peer.send('T', bytes(0, 0)));
        assertRefused("method 7, which is not supported", peer -> peer.send('R', Bytes.ofInt(7)));
        assertRefused("message 'R' of 2 bytes is too short", peer -> peer.send('R', bytes(0, 0)));
        assertRefused("a string of message 'S' does not end", peer -> peer.send('S', bytes('a', 'b')));
        assertRefused("before SCRAM has begun", peer -> peer.send('R', Bytes.ofInt(11), bytes('r')));
        assertRefused("wants one of [OTHER]", peer -> peer.send('R', Bytes.ofInt(10), text("OTHER"), new byte[1]));
        assertRefused("closed the connection", peer -> peer.socket.close());
    }

    @Test
    void refusesAServerThatDoesNotProveItself() throws Exception {
        byte[] mechanisms = "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII);
        assertRefused("did not prove that it knows the password", peer -> {
            peer.send('R', Bytes.ofInt(10), mechanisms);
            peer.read();
            peer.send('R', Bytes.ofInt(0));
        });
        assertRefused("SCRAM failed", peer -> {
            peer.send('R', Bytes.ofInt(10), mechanisms);
            peer.read();
            peer.send('R', Bytes.ofInt(11), "nonsense".getBytes(StandardCharsets.US_ASCII));
        });
        assertRefused("rounds of hashing", peer -> {
            peer.send('R', Bytes.ofInt(10), mechanisms);
            String first = peer.read();
            String nonce = first.substring(first.indexOf("r=") + 2);
            String reply = "r=" + nonce + "server,s=QSXCR+Q6sek8bf92,i=2000000000";
            peer.send('R', Bytes.ofInt(11), reply.getBytes(StandardCharsets.US_ASCII));
        });
        assertRefused("SCRAM failed", peer -> {
            peer.send('R', Bytes.ofInt(10), mechanisms);
            String first = peer.read();
            String nonce = first.substring(first.indexOf("r=") + 2);
            String reply = "r=" + nonce + "server,s=QSXCR+Q6sek8bf92,i=4096";
            peer.send('R', Bytes.ofInt(11), reply.getBytes(StandardCharsets.US_ASCII));
            peer.read();
            peer.send('R', Bytes.ofInt(12), "v=AAAA".getBytes(StandardCharsets.US_ASCII));
        });
    }

    @Test
    void refusesToBeMisledBeforeTlsBegins() throws Exception {
        assertTls("there are unencrypted bytes after", ErrorCode.POSTGRES_PROTOCOL, bytes('S', 'R', 0, 0));
        assertTls("was answered with byte 69", ErrorCode.POSTGRES_PROTOCOL, bytes('E'));
        assertTls("the server does not support TLS", ErrorCode.POSTGRES_SETTINGS, bytes('N'));
    }

    @Test
    void goesOnWithoutTlsOnlyWhereThatIsAllowed() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                    peer.startup();
                    peer.raw((byte) 'N');
                    peer.welcome("17.0");
                    peer.readAll();
                });
                ReplicationConnection connection = open(server.conninfo() + " sslmode=prefer")) {
            assertThat(connection.version().major()).isEqualTo(17);
        }
    }

    @Test
    void givesUpAfterTheConnectTimeout() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(Peer::readAll)) {
            assertFails(
                    () -> open(server.conninfo() + " connect_timeout=2"),
                    ErrorCode.POSTGRES_UNREACHABLE,
                    "no answer within 2 s");
        }
    }

    @Test
    void passesOverHostsThatCannotBeReached() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (ScriptedPostgres server = welcoming("15.2")) {
            String port = server.conninfo().replaceAll(".*port=(\\d+).*", "$1");
            String hosts =
                    "user=u sslmode=disable keepalives=0 options='-c x=y' host=no.such.invalid,127.0.0.1,127.0.0.1 port=1,%d,%s";
            open(hosts.formatted(closed, port)).close();
            assertFails(
                    () -> open("host=127.0.0.1 sslmode=disable port=" + closed),
                    ErrorCode.POSTGRES_UNREACHABLE,
                    "refused");
            assertFails(
                    () -> open("host=no.such.invalid sslmode=disable"), ErrorCode.POSTGRES_UNREACHABLE, "is not known");
        }
    }

    private static ScriptedPostgres welcoming(String version) throws IOException {
        return new ScriptedPostgres(peer -> {
            peer.welcome(version);
            peer.readAll();
        });
    }

    private static void assertRefused(String text, Script script) throws IOException {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
            peer.startup();
            script.run(peer);
            peer.readAll();
        })) {
            assertThatThrownBy(() -> open(server.conninfo() + " password=secret"))
                    .isInstanceOf(MatriarchException.class)
                    .hasMessageContaining(text)
                    .hasMessageNotContaining("secret");
        }
    }

    private static void assertTls(String text, ErrorCode code, byte... answer) throws IOException {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
            peer.startup();
            peer.raw(answer);
            peer.readAll();
        })) {
            assertFails(() -> open(server.conninfo() + " sslmode=require"), code, text);
        }
    }
}
