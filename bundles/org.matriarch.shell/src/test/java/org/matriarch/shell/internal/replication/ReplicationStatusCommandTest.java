package org.matriarch.shell.internal.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.Replication;
import org.matriarch.api.postgres.ReplicationStatus;
import org.matriarch.api.postgres.ReplicationStatus.Client;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class ReplicationStatusCommandTest {

    private static final Lsn NOW = Lsn.parse("0/5000100");
    private static final Lsn BEFORE = Lsn.parse("0/5000000");

    private static final Client STANDBY = new Client(
            4711,
            "node2",
            Optional.of("repl"),
            Optional.of("10.0.0.2"),
            Optional.of("two.example.org"),
            OptionalInt.of(5500),
            Optional.of("node2"),
            false,
            Optional.of(Instant.parse("2026-11-20T10:00:00Z")),
            Optional.of("streaming"),
            1,
            Optional.of("sync"),
            Optional.of(NOW),
            Optional.of(NOW),
            Optional.of(NOW),
            Optional.of(BEFORE));
    private static final Client RECEIVER = new Client(
            4712,
            "matriarch",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.of(NOW.plus(8)),
            Optional.of(BEFORE),
            Optional.of(BEFORE),
            Optional.empty());

    private final Replication replication =
            server -> new ReplicationStatus(server, false, NOW, List.of(STANDBY, RECEIVER));
    private final Caller caller = new Caller(new ScriptedServices().with(Replication.class, replication));

    @Test
    void showsABlockForEachClient() {
        assertThat(caller.call("replication:status", "main")).isZero();

        assertThat(caller.out())
                .contains("server main: the primary at 0/5000100, 2 streaming clients")
                .contains("  1. #1 sync standby\n", "sync stage       : 4/5 remote flush")
                .contains("address          : 10.0.0.2 port 5500 (two.example.org)")
                .contains("replay LSN       : 0/5000000 (256 B behind)")
                .contains("  2. state unknown: WAL streamer, the receiver of Matriarch\n", "2/3 sent")
                .contains("sent LSN         : 0/5000108 (up to date)", "replay LSN       : -");
    }

    @Test
    void showsTheClientsThatAreWanted() {
        assertThat(caller.call("replication:status", "main", "--minimal", "--target", "hot-standby"))
                .isZero();
        assertThat(caller.out())
                .isEqualTo("main\tnode2\thot-standby\tsync\t4/5\t0/5000100\t0/5000100\t0/5000100\t0/5000000\n");

        assertThat(caller.call("replication:status", "main", "--minimal", "--target", "wal-streamer"))
                .isZero();
        assertThat(caller.out()).startsWith("main\tmatriarch\twal-streamer\t-\t2/3\t");

        assertThat(caller.call("replication:status", "main", "--target", "nobody"))
                .isEqualTo(2);
        assertThat(caller.err()).contains("'nobody'", "hot-standby");
    }

    @Test
    void printsOneDocument() {
        assertThat(caller.call("replication:status", "main", "--format", "json"))
                .isZero();

        assertThat(caller.out())
                .contains("\"currentLsn\" : \"0/5000100\"", "\"stage\" : 4", "\"receiver\" : true")
                .contains("\"lagBytes\" : 256", "\"port\" : null", "\"replayLsn\" : null");
    }
}
