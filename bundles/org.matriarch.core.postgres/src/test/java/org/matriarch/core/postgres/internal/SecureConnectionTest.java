package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Proves TLS modes and authentication methods on a real server, for SQL and for replication alike. */
@Timeout(120)
final class SecureConnectionTest {

    @TempDir
    static Path directory;

    private static EmbeddedPostgres server;
    private static Certificates certificates;
    private static PostgresClient client;

    @BeforeAll
    static void startServer() throws Exception {
        certificates = new Certificates(directory)
                .authority("ca")
                .authority("stranger")
                .signed("server", "ca", "server", "san=dns:localhost", "RSA")
                .signed("client", "ca", "certified", "", "RSA");
        for (String alias : new String[] {"ca", "stranger", "server", "client"}) {
            certificates.certificate(alias);
        }
        certificates.key("client");
        server = EmbeddedPostgres.builder(17)
                .setting("ssl", "on")
                .setting("ssl_ca_file", "ca.crt")
                .file("server.key", Files.readAllBytes(certificates.key("server")))
                .file("server.crt", Files.readAllBytes(directory.resolve("server.crt")))
                .file("ca.crt", Files.readAllBytes(directory.resolve("ca.crt")))
                .pgHba(
                        "host all,replication scrammed 127.0.0.1/32 scram-sha-256",
                        "host all,replication hashed 127.0.0.1/32 md5",
                        "host all,replication clear 127.0.0.1/32 password",
                        "hostssl all,replication certified 127.0.0.1/32 cert",
                        "host all,replication certified 127.0.0.1/32 reject",
                        "hostssl all,replication onlytls 127.0.0.1/32 trust",
                        "host all,replication onlytls 127.0.0.1/32 reject",
                        "hostssl all,replication onlyplain 127.0.0.1/32 reject",
                        "host all scrammed2 127.0.0.1/32 scram-sha-256",
                        "host replication scrammed2 127.0.0.1/32 reject")
                .start();
        server.execute("SET password_encryption = 'scram-sha-256';"
                + " CREATE ROLE scrammed LOGIN REPLICATION PASSWORD 'pässwörd ¼';"
                + " CREATE ROLE scrammed2 LOGIN REPLICATION PASSWORD 'x';"
                + " CREATE ROLE certified LOGIN REPLICATION; CREATE ROLE onlytls LOGIN REPLICATION;"
                + " CREATE ROLE onlyplain LOGIN REPLICATION; CREATE ROLE plain LOGIN;"
                + " SET password_encryption = 'md5';"
                + " CREATE ROLE hashed LOGIN REPLICATION PASSWORD 'secret';"
                + " CREATE ROLE clear LOGIN REPLICATION PASSWORD 'secret'");
        client = new PostgresClient(Configurations.at(directory));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // user and password | TLS settings | is the session encrypted?
                "user=scrammed password='pässwörd ¼' | sslmode=disable | f",
                "user=scrammed password='pässwörd ¼' | sslmode=allow | f",
                "user=scrammed password='pässwörd ¼' | sslmode=prefer | t",
                "user=scrammed password='pässwörd ¼' | sslmode=prefer channel_binding=disable | t",
                "user=scrammed password='pässwörd ¼' | sslmode=require channel_binding=require | t",
                "user=hashed password=secret | sslmode=disable | f",
                "user=hashed password=secret | sslmode=require | t",
                "user=clear password=secret | sslmode=disable | f",
                "user=clear password=secret | sslmode=require | t",
                "user=onlytls | sslmode=allow | t",
                "user=onlytls | sslmode=prefer | t",
                "user=onlyplain | sslmode=prefer | f",
                "user=onlyplain | sslmode=allow | f",
                "user=onlytls | sslmode=require sslrootcert=DIR/ca.crt | t",
                "user=onlytls | sslmode=verify-ca sslrootcert=DIR/ca.crt | t",
                "user=onlytls | sslmode=verify-full sslrootcert=DIR/ca.crt host=localhost hostaddr=127.0.0.1 | t",
                "user=certified | sslmode=verify-ca sslrootcert=DIR/ca.crt sslcert=DIR/client.crt sslkey=DIR/client.key | t"
            })
    void connects(String who, String how, String encrypted) throws Exception {
        ServerConfiguration configuration = configuration(who, how);

        try (Connection sql = client.openSql(configuration)) {
            assertThat(ask(sql, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                    .isEqualTo(encrypted);
        }
        try (ReplicationConnection replication = client.openReplication(configuration, "matriarch_test")) {
            assertThat(replication.identify().timeline()).isEqualTo(1);
            assertThat(server.query("SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                            + " WHERE a.application_name = 'matriarch_test' ORDER BY a.backend_start DESC LIMIT 1"))
                    .isEqualTo(encrypted);
        }
    }

    @Test
    void streamsWalThroughTlsWhateverHaltsInTheMiddleOfARecord() throws Exception {
        Lsn start = Lsn.parse(server.query("SELECT pg_switch_wal()"))
                .segmentStart(16 << 20)
                .plus(16 << 20);
        server.execute("CREATE TABLE streamed AS SELECT n, repeat('x', 1000) AS t FROM generate_series(1, 3000) n");
        CollectedWal wal = new CollectedWal(start);
        try (HaltingProxy proxy = new HaltingProxy(server.port());
                ReplicationConnection connection = client.openReplication(
                        Configurations.of("host=127.0.0.1 port=%d user=onlytls dbname=postgres sslmode=require"
                                .formatted(proxy.port())),
                        "halted")) {
            var failure = new AtomicReference<Throwable>();
            Thread thread = new Thread(() -> {
                try {
                    connection.streamWal(new WalStreamRequest(Optional.empty(), start, 1), wal);
                } catch (RuntimeException | InterruptedException e) {
                    failure.set(e);
                }
            });
            proxy.halt(3);
            thread.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> proxy.haltsLeft() == 0);
            wal.stopAt = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
            server.execute("CREATE TABLE more AS SELECT 1 AS id");
            thread.join(60_000);

            assertThat(failure.get()).isNull();
            assertThat(wal.written).isGreaterThanOrEqualTo(wal.stopAt);
        }
        byte[] streamed = wal.bytes.toByteArray();
        String hex = server.query(
                "SELECT encode(sha256(pg_read_binary_file('pg_wal/' || pg_walfile_name('%s'), 0, %d)), 'hex')"
                        .formatted(start, streamed.length));
        assertThat(hex)
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(streamed)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user=scrammed password=wrong | sslmode=prefer | POSTGRES_AUTHENTICATION | authentication failed",
                "user=hashed password=wrong | sslmode=disable | POSTGRES_AUTHENTICATION | authentication failed",
                "user=scrammed | sslmode=prefer | POSTGRES_AUTHENTICATION | password",
                "user=onlytls | sslmode=disable | POSTGRES_AUTHENTICATION | pg_hba.conf",
                "user=onlyplain | sslmode=require | POSTGRES_AUTHENTICATION | pg_hba.conf",
                "user=certified | sslmode=require | POSTGRES_AUTHENTICATION | certificate",
                "user=onlytls | sslmode=require sslrootcert=DIR/stranger.crt | POSTGRES_AUTHENTICATION | MATR-7002",
                "user=onlytls | sslmode=verify-ca sslrootcert=DIR/stranger.crt | POSTGRES_AUTHENTICATION | MATR-7002",
                "user=onlytls | sslmode=verify-full sslrootcert=DIR/ca.crt | POSTGRES_AUTHENTICATION | MATR-7002",
                "user=onlytls | sslrootcert=system host=localhost | POSTGRES_AUTHENTICATION | MATR-7002",
                "user=onlytls | sslmode=verify-ca | CONFIGURATION_INVALID | root certificate file",
                "user=onlytls | sslmode=require sslcert=DIR/client.crt sslkey=DIR/none.key | CONFIGURATION_INVALID | none.key",
                "user=onlytls | sslmode=require sslcert=DIR/client.key sslkey=DIR/client.key | CONFIGURATION_INVALID | client.key",
                "user=onlytls | sslmode=require sslcert=DIR/client.crt sslkey=DIR/client.crt | CONFIGURATION_INVALID | client.crt",
                "user=onlytls | sslmode=require sslrootcert=DIR/keytool.log | CONFIGURATION_INVALID | keytool.log"
            })
    void saysWhyItCannotConnect(String who, String how, ErrorCode code, String text) {
        ServerConfiguration configuration = configuration(who, how);

        assertThatThrownBy(() -> client.openReplication(configuration, "test").close())
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text)
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> client.openSql(configuration).close())
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user=hashed password=secret sslmode=require",
                "user=clear password=secret sslmode=require",
                "user=onlytls sslmode=require",
                "user=scrammed password='pässwörd ¼' sslmode=disable"
            })
    void insistsOnChannelBinding(String who) {
        assertThatThrownBy(() -> client.openReplication(configuration(who, "channel_binding=require"), "test"))
                .hasMessageContaining("channel_binding is require, but the server does not authenticate with");
    }

    @Test
    void namesTheFileOfAddressesWhenReplicationIsNotAllowed() throws SQLException {
        ServerConfiguration configuration = configuration("user=scrammed2 password=x", "sslmode=require");

        client.openSql(configuration).close();
        assertThatThrownBy(() -> client.openReplication(configuration, "test"))
                .isInstanceOfSatisfying(MatriarchException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_AUTHENTICATION);
                    assertThat(e.hint()).contains("pg_hba.conf", "replication");
                });
    }

    @Test
    void saysThatTheUserMayNotReplicate() {
        assertThatThrownBy(() -> client.openReplication(configuration("user=plain", "sslmode=disable"), "test"))
                .isInstanceOfSatisfying(MatriarchException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_PRIVILEGE);
                    assertThat(e.hint()).contains("ALTER ROLE ... REPLICATION");
                });
    }

    @Test
    void namesTheDatabaseThatDoesNotExist() {
        assertThatThrownBy(() -> client.openSql(configuration("user=postgres dbname=none", "")))
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
                .hasMessageContaining("none");
    }

    @Test
    void takesThePasswordFromTheFileAndNamesOneThatOthersMayRead() throws Exception {
        String lines = "127.0.0.1:*:replication:hashed:secret\n127.0.0.1:*:hashed:hashed:x";
        Path file = certificates.write("pass", lines.getBytes(StandardCharsets.US_ASCII));
        ServerConfiguration configuration = configuration("user=hashed passfile=" + file, "sslmode=disable");

        client.openReplication(configuration, "test").close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> client.openReplication(configuration, "test"))
                .hasMessageContaining("the server wants a password, and none is given")
                .hasMessageContaining("is passed over, since others may read it: chmod 0600 it.");
        assertThatThrownBy(() -> client.openSql(configuration))
                .hasMessageContaining("is passed over, since others may read it: chmod 0600 it.");
    }

    @Test
    void refusesAKeyThatOthersMayRead() throws Exception {
        Path key = certificates.write("open.key", Files.readAllBytes(directory.resolve("client.key")));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> client.openReplication(
                        configuration("user=certified", "sslmode=require sslcert=DIR/client.crt sslkey=" + key),
                        "test"))
                .hasMessageContaining("private key file '%s' is open to others; its mode must be 0600".formatted(key));
    }

    @Test
    void takesTheDefaultFilesOfTheUser() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));
        Path files = Files.createDirectories(home.resolve(".postgresql"));
        Files.copy(directory.resolve("ca.crt"), files.resolve("root.crt"));
        Files.copy(directory.resolve("client.crt"), files.resolve("postgresql.crt"));
        Files.copy(directory.resolve("client.key"), files.resolve("postgresql.key"));
        Files.setPosixFilePermissions(files.resolve("postgresql.key"), PosixFilePermissions.fromString("rw-------"));
        PostgresClient other = new PostgresClient(Configurations.at(home));

        try (ReplicationConnection connection =
                other.openReplication(configuration("user=certified", "sslmode=verify-ca"), "test")) {
            assertThat(connection.show("server_version")).startsWith("17");
        }
    }

    private static ServerConfiguration configuration(String who, String how) {
        return Configurations.of("host=127.0.0.1 port=%d dbname=postgres %s %s"
                .formatted(server.port(), who, how.replace("DIR", directory.toString())));
    }

    private static String ask(Connection sql, String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
