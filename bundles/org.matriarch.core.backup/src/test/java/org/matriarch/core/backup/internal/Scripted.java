package org.matriarch.core.backup.internal;

import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.postgres.WalStreamHandler;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;

/** A PostgreSQL server and a WAL receiver that say what a test tells them to. */
final class Scripted implements PostgresConnections, WalReceivers {

    /** What happens when the transport asks for a base backup. */
    interface BaseBackup {
        BaseBackupEnd play(BaseBackupListener listener) throws java.io.IOException, InterruptedException;
    }

    final Deque<ReceiverStatus.State> receiver = new ArrayDeque<>(List.of(ReceiverStatus.State.STREAMING));
    final List<BaseBackupOptions> asked = new ArrayList<>();
    Map<String, String> settings = Map.of("wal_level", "replica", "data_directory", "/data");
    String streamingSystem = "77";
    boolean standby;
    Optional<Lsn> flushed = Optional.empty();
    int receivedTimeline = 1;
    Instant serverTime = Instant.EPOCH;
    BaseBackup baseBackup = listener -> new BaseBackupEnd(new Lsn(0x3000000), 1);

    @Override
    public Connection openSql(ServerConfiguration server) {
        throw new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, "no SQL here", "none.");
    }

    @Override
    public ReplicationConnection openReplication(ServerConfiguration server, String applicationName) {
        return new ScriptedConnection();
    }

    @Override
    public ServerFacts facts(ServerConfiguration server) {
        return new ServerFacts(
                new PostgresVersion(160004),
                "77",
                1,
                16 << 20,
                serverTime,
                standby,
                Optional.empty(),
                0,
                true,
                true,
                true,
                List.of(new Tablespace("fast", 16385, "/fast")),
                settings);
    }

    @Override
    public ReceiverStatus status(String server) {
        ReceiverStatus.State state = receiver.size() > 1 ? receiver.poll() : receiver.element();
        Optional<String> error = state == ReceiverStatus.State.REFUSED
                ? Optional.of("MATR-3006: slot taken\nHINT: x.")
                : Optional.empty();
        return new ReceiverStatus(
                server, state, Instant.EPOCH, receivedTimeline, flushed, flushed, Optional.empty(), error);
    }

    @Override
    public ReceiverStatus start(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReceiverStatus stop(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReceiverStatus reset(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String createSlot(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String dropSlot(String server) {
        throw new UnsupportedOperationException();
    }

    /** The replication connection of the scripted server. */
    private final class ScriptedConnection implements ReplicationConnection {

        @Override
        public PostgresVersion version() {
            return new PostgresVersion(160004);
        }

        @Override
        public Identity identify() {
            return new Identity(streamingSystem, 1, Lsn.ZERO);
        }

        @Override
        public long segmentSizeBytes() {
            return 16 << 20;
        }

        @Override
        public String show(String setting) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean createPhysicalSlot(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dropSlot(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HistoryFile timelineHistory(int timeline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupListener listener)
                throws InterruptedException {
            asked.add(options);
            try {
                return baseBackup.play(listener);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public WalStreamEnd streamWal(WalStreamRequest request, WalStreamHandler handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
