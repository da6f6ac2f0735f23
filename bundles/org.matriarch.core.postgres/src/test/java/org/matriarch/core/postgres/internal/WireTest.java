package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.bytes;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.keepAlive;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.message;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.text;
import static org.matriarch.core.postgres.internal.ScriptedPostgres.wal;
import static org.matriarch.core.postgres.internal.WireClient.assertFails;
import static org.matriarch.core.postgres.internal.WireClient.open;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.Identity;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamEnd;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.core.postgres.internal.ScriptedPostgres.Peer;
import org.matriarch.core.postgres.internal.ScriptedPostgres.Script;

/** Proves what the client does with a network and a server that misbehave. */
@Timeout(60)
final class WireTest {

    private static final Lsn START = new Lsn(0x1000000);
    private static final WalStreamRequest REQUEST = new WalStreamRequest(Optional.empty(), START, 1);
    private static final BaseBackupOptions OPTIONS = new BaseBackupOptions("l", false, 1);
    private static final WalStreamEnd NO_END = new WalStreamEnd(Optional.empty(), Optional.empty());

    @Test
    void keepsItsPlaceWhenAMessageComesInPieces() throws Exception {
        byte[] answer = message(
                'D',
                bytes(0, 3),
                Bytes.ofInt(2),
                bytes('4', '2'),
                Bytes.ofInt(1),
                bytes('7'),
                Bytes.ofInt(3),
                bytes('0', '/', '5'));
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                    peer.welcome("16.1");
                    peer.read();
                    peer.send('T', bytes(0, 0));
                    peer.dribble(answer, Duration.ofMillis(60));
                    peer.send('C', text("x"));
                    peer.send('Z', bytes('I'));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            assertThat(connection.identify()).isEqualTo(new Identity("42", 7, new Lsn(5)));
        }
    }

    @Test
    void streamsWalThatComesInPiecesAndAnswersKeepAlives() throws Exception {
        try (ScriptedPostgres server = streaming(peer -> {
                    peer.dribble(message('d', wal(START.value(), 3)), Duration.ofMillis(30));
                    peer.send('N', text("VWARNING"), text("Mcareful"), new byte[1]);
                    peer.send('N', text("Mnote"), new byte[1]);
                    peer.send('A', Bytes.ofInt(1), text("channel"), text("payload"));
                    peer.send('d', keepAlive(START.value() + 99, true));
                    peer.read();
                    peer.send('d', wal(START.value() + 3, 300_000));
                    peer.send('d', keepAlive(START.value() + 300_003, false));
                    peer.send('c');
                    peer.readUntil('c');
                    peer.rows("2", "0/1000002");
                    peer.send('C', text("COPY 0"));
                    peer.send('Z', bytes('I'));
                });
                ReplicationConnection connection = open(server)) {
            CollectedWal wal = new CollectedWal(START);
            wal.interval = Duration.ofMillis(50);

            WalStreamEnd end = connection.streamWal(REQUEST, wal);

            assertThat(end).isEqualTo(new WalStreamEnd(Optional.of(2), Optional.of(new Lsn(0x1000002))));
            assertThat(wal.bytes.size()).isEqualTo(300_003);
            assertThat(wal.flushed).isEqualTo(START.plus(300_003));
            assertThat(wal.serverEnd).isEqualTo(START.plus(300_003));
            wal.feedback.report(); // too late, and harmless
        }
    }

    @Test
    void readsAMessageLongerThanItsBuffer() throws Exception {
        String value = "x".repeat(1 << 20);
        try (ScriptedPostgres server = answering(value);
                ReplicationConnection connection = open(server)) {
            assertThat(connection.show("some\"thing")).isEqualTo(value);
        }
    }

    @Test
    void understandsSizesOfSegments() throws Exception {
        String[][] cases = {{"16MB", "16777216"}, {"1GB", "1073741824"}, {"512kB", "524288"}, {"7B", "7"}, {"8", "8"}};
        for (String[] each : cases) {
            try (ScriptedPostgres server = answering(each[0]);
                    ReplicationConnection connection = open(server)) {
                assertThat(connection.segmentSizeBytes()).isEqualTo(Long.parseLong(each[1]));
            }
        }
        try (ScriptedPostgres server = answering("large");
                ReplicationConnection connection = open(server)) {
            assertFails(connection::segmentSizeBytes, ErrorCode.POSTGRES_PROTOCOL, "wal_segment_size is 'large'");
        }
    }

    @Test
    void refusesAnswersThatMakeNoSense() throws Exception {
        try (ScriptedPostgres server = answering("x");
                ReplicationConnection connection = open(server)) {
            assertFails(connection::identify, ErrorCode.POSTGRES_PROTOCOL, "row 1, column 2 is missing");
        }
        try (ScriptedPostgres server = answering("x", "1", "nowhere");
                ReplicationConnection connection = open(server)) {
            assertFails(connection::identify, ErrorCode.POSTGRES_PROTOCOL, "'nowhere' is not a WAL position");
        }
        try (ScriptedPostgres server = answering("x", null, "0/0");
                ReplicationConnection connection = open(server)) {
            assertFails(connection::identify, ErrorCode.POSTGRES_PROTOCOL, "row 1, column 2 is NULL");
        }
        try (ScriptedPostgres server = answering("x", null);
                ReplicationConnection connection = open(server)) {
            assertFails(() -> connection.timelineHistory(2), ErrorCode.POSTGRES_PROTOCOL, "'x' is not the name");
        }
    }

    @Test
    void endsABlockedBackupWhenInterrupted() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                    peer.welcome("13.1");
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    connection.baseBackup(OPTIONS, new CollectedBackup());
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            thread.start();
            await().until(() -> server.received.size() > 10);
            thread.interrupt();
            thread.join(10_000);

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertFails(connection::identify, ErrorCode.POSTGRES_UNREACHABLE, "closed");
        }
    }

    @Test
    void endsABlockedCallWhenClosedByAnotherThread() throws Exception {
        try (ScriptedPostgres server = streaming(Peer::readAll)) {
            ReplicationConnection connection = open(server);
            CollectedWal wal = new CollectedWal(START);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    connection.streamWal(REQUEST, wal);
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            thread.start();
            await().until(() -> wal.feedback != null);
            connection.close();
            thread.join(10_000);
            wal.feedback.report();

            assertThat(thrown.get())
                    .isInstanceOfSatisfying(
                            MatriarchException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_UNREACHABLE));
        }
    }

    @Test
    void asksASilentServerAndThenGivesItUp() throws Exception {
        try (ScriptedPostgres server = streaming(Peer::readAll);
                WireConnection wire = new WireConnector(
                                "main", ConnectionString.parse("c", server.conninfo()), Configurations.nobody(), "t")
                        .open()) {
            wire.query("IDENTIFY_SYSTEM");
            WalStream stream = new WalStream(wire, new CollectedWal(START), Duration.ofMillis(1200));

            assertThatThrownBy(() -> stream.run(REQUEST)).hasMessage("nothing was heard for 1 s");
        }
    }

    @Test
    void takesItsOwnSlownessNotForSilence() throws Exception {
        Duration silenceMax = Duration.ofSeconds(2);
        CollectedWal slow = new CollectedWal(START) {
            @Override
            public void drained() {
                LockSupport.parkNanos(silenceMax.toNanos() + 1);
                super.drained();
            }
        };
        slow.interval = Duration.ofMillis(50);
        try (ScriptedPostgres server = streaming(peer -> {
                    peer.send('d', wal(START.value(), 10));
                    await().until(() -> slow.flushed.equals(START.plus(10)));
                    LockSupport.parkNanos(4 * slow.interval.toNanos()); // so that the client reads in vain
                    peer.send('c');
                    peer.send('Z', bytes('I'));
                    peer.readAll();
                });
                WireConnection wire = new WireConnector(
                                "main", ConnectionString.parse("c", server.conninfo()), Configurations.nobody(), "t")
                        .open()) {
            wire.query("IDENTIFY_SYSTEM");

            assertThat(new WalStream(wire, slow, silenceMax).run(REQUEST)).isEqualTo(NO_END);
        }
    }

    @Test
    void stopsThoughTheServerDoesNotAnswer() throws Exception {
        try (ScriptedPostgres server = streaming(peer -> {
                    peer.send('d', wal(START.value(), 10));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            CollectedWal wal = new CollectedWal(START);
            wal.stopAt = START.plus(5);

            assertThat(connection.streamWal(REQUEST, wal)).isEqualTo(NO_END);
            assertThat(wal.flushed).isEqualTo(START.plus(10));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, POSTGRES_PROTOCOL",
        "1, POSTGRES_PROTOCOL",
        "2, POSTGRES_PROTOCOL",
        "3, POSTGRES_UNREACHABLE",
        "4, POSTGRES_UNREACHABLE",
        "5, POSTGRES_UNREACHABLE",
        "6, WAL_GAP",
        "7, POSTGRES_PROTOCOL",
        "8, POSTGRES_ERROR"
    })
    void endsAStreamThatGoesWrong(int way, ErrorCode code) throws Exception {
        Script[] ways = {
            peer -> peer.send('d', wal(START.value() + 1, 10)), // a hole
            peer -> peer.send('d', bytes('x')),
            peer -> peer.send('d', bytes('w', 0)),
            peer -> peer.send('C', text("COPY 0")), // the server shuts down
            peer -> peer.socket.close(),
            peer -> peer.error("FATAL", "57P01", "terminating connection due to administrator command"),
            peer -> {
                peer.error("ERROR", "58P01", "requested WAL segment 000000010000000000000001 has already been removed");
                peer.send('Z', bytes('I'));
            },
            peer -> peer.send('D', bytes(0, 0)),
            peer -> {
                peer.error("ERROR", "XX000", "broken");
                peer.socket.close();
            }
        };
        try (ScriptedPostgres server = streaming(ways[way]);
                ReplicationConnection connection = open(server)) {
            assertFails(() -> connection.streamWal(REQUEST, new CollectedWal(START)), code, "server 'main'");
        }
    }

    @Test
    void refusesAnOddAnswerToTheRequestForWal() throws Exception {
        for (int way = 0; way < 3; way++) {
            int chosen = way;
            try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                        peer.welcome("16.1");
                        peer.identify();
                        peer.read();
                        if (chosen == 0) {
                            peer.send('H', bytes(0, 0, 0));
                        } else if (chosen == 1) {
                            peer.rows("2", "0/5");
                            peer.send('D', bytes(0, 0));
                        } else {
                            peer.send('W', bytes(0, 0, 0));
                            peer.send('c');
                            peer.send('D', bytes(0, 0));
                        }
                        peer.readAll();
                    });
                    ReplicationConnection connection = open(server)) {
                assertFails(
                        () -> connection.streamWal(REQUEST, new CollectedWal(START)),
                        ErrorCode.POSTGRES_PROTOCOL,
                        "message");
            }
        }
    }

    @Test
    void refusesAnOddBaseBackup() throws Exception {
        Script[] ways = {
            peer -> peer.send('d', bytes('d', 1)), // data before an archive
            peer -> peer.send('d', bytes('x', 1)),
            peer -> peer.send('d', bytes('n'), text("other.zip"), text("")),
            peer -> peer.send('D', bytes(0, 0)),
            peer -> {
                peer.send('d', bytes('n'), text("base.tar"), text(""));
                peer.send('d', bytes('p', 0, 0, 0, 0, 0, 0, 0, 1));
                peer.send('c');
                peer.rows("0/5", "1");
                peer.send('H', bytes(0, 0, 0));
            }
        };
        for (Script way : ways) {
            try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                        peer.welcome("16.1");
                        peer.read();
                        peer.rows("0/4", "1");
                        peer.rows(null, null, null);
                        peer.send('H', bytes(0, 0, 0));
                        way.run(peer);
                        peer.readAll();
                    });
                    ReplicationConnection connection = open(server)) {
                assertFails(
                        () -> connection.baseBackup(OPTIONS, new CollectedBackup()),
                        ErrorCode.POSTGRES_PROTOCOL,
                        "base backup");
            }
        }
    }

    @Test
    void saysThatSettingsForbidABackup() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                    peer.welcome("13.1");
                    peer.read();
                    peer.error("ERROR", "55000", "WAL level not sufficient for making an online backup");
                    peer.send('Z', bytes('I'));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            assertFails(
                    () -> connection.baseBackup(OPTIONS, new CollectedBackup()),
                    ErrorCode.POSTGRES_SETTINGS,
                    "wal_level must be");
        }
    }

    @Test
    void saysThatABackupWasLost() throws Exception {
        try (ScriptedPostgres server = new ScriptedPostgres(peer -> {
                    peer.welcome("13.1");
                    peer.read();
                    peer.error("ERROR", "XX001", "checksum verification failure during base backup");
                    peer.send('Z', bytes('I'));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            assertFails(
                    () -> connection.baseBackup(OPTIONS, new CollectedBackup()), ErrorCode.POSTGRES_ERROR, "checksum");
        }
    }

    @Test
    void writesCommandsInBothGrammars() {
        BaseBackupOptions fast = new BaseBackupOptions("it's", true, 0);
        BaseBackupOptions slow = new BaseBackupOptions("l", false, 2_000_000);

        assertThat(BaseBackupCommand.of(14, fast))
                .isEqualTo("BASE_BACKUP LABEL 'it''s' PROGRESS TABLESPACE_MAP MANIFEST 'yes'"
                        + " MANIFEST_CHECKSUMS 'CRC32C' FAST NOWAIT");
        assertThat(BaseBackupCommand.of(13, slow))
                .isEqualTo("BASE_BACKUP LABEL 'l' PROGRESS TABLESPACE_MAP MAX_RATE 1048576 MANIFEST 'yes'"
                        + " MANIFEST_CHECKSUMS 'CRC32C' NOWAIT");
        assertThat(BaseBackupCommand.of(15, fast))
                .isEqualTo("BASE_BACKUP (LABEL 'it''s', PROGRESS, TABLESPACE_MAP, MANIFEST 'yes',"
                        + " MANIFEST_CHECKSUMS 'CRC32C', CHECKPOINT 'fast', WAIT false)");
        assertThat(BaseBackupCommand.of(18, OPTIONS)).contains("MAX_RATE 32,", "CHECKPOINT 'spread'");
    }

    @Test
    void endsATimelineWithoutASuccessor() throws Exception {
        try (ScriptedPostgres server = streaming(peer -> {
                    peer.send('c');
                    peer.send('C', text("COPY 0"));
                    peer.send('Z', bytes('I'));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            assertThat(connection.streamWal(REQUEST, new CollectedWal(START))).isEqualTo(NO_END);
        }
    }

    @Test
    void handsOnWhatTheHandlerThrows() throws Exception {
        try (ScriptedPostgres server = streaming(peer -> {
                    peer.send('d', wal(START.value(), 10));
                    peer.readAll();
                });
                ReplicationConnection connection = open(server)) {
            CollectedWal full = new CollectedWal(START) {
                @Override
                public void drained() {
                    throw new UncheckedIOException(new IOException("disk full"));
                }
            };
            assertThatThrownBy(() -> connection.streamWal(REQUEST, full)).hasRootCauseMessage("disk full");
        }
    }

    private static ScriptedPostgres answering(String... values) throws IOException {
        return new ScriptedPostgres(peer -> {
            peer.welcome("16.1");
            peer.read();
            peer.rows(values);
            peer.send('Z', bytes('I'));
            peer.readAll();
        });
    }

    private static ScriptedPostgres streaming(Script script) throws IOException {
        return new ScriptedPostgres(peer -> {
            peer.welcome("16.1");
            peer.identify();
            peer.read();
            peer.send('W', bytes(0, 0, 0));
            script.run(peer);
        });
    }
}
