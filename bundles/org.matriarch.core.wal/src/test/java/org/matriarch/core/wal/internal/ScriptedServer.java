package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.postgres.WalStreamHandler;
import org.matriarch.api.server.ServerConfiguration;

/** A PostgreSQL server that has nothing but WAL: tests say how far it is, when it is promoted and when it is away. */
final class ScriptedServer implements PostgresConnections {

    /** A timeline and where it ended, if it did. */
    private record Line(int timeline, Optional<Lsn> end) {}

    private final List<Line> lines = new ArrayList<>(List.of(new Line(1, Optional.empty())));
    private final Map<String, Optional<Lsn>> slots = new ConcurrentHashMap<>();
    private final List<Connected> connected = new CopyOnWriteArrayList<>();

    private volatile Lsn end = SampleWal.lsn(1);
    private volatile Lsn oldest = SampleWal.lsn(1);
    private volatile Optional<RuntimeException> away = Optional.empty();
    private volatile Optional<MatriarchException> sqlAway = Optional.empty();
    private volatile String systemId = SampleWal.SYSTEM_ID;
    private volatile Lsn flushReported = Lsn.ZERO;
    private final AtomicInteger connects = new AtomicInteger();
    private volatile boolean stubborn;
    private volatile boolean slotLost;
    private volatile boolean shuttingDown;
    private volatile boolean hanging;

    void writeTo(Lsn position) {
        end = position;
    }

    void removeBefore(Lsn position) {
        oldest = position;
    }

    void becomeSystem(String id) {
        systemId = id;
    }

    /** Lets streams ignore the wish to end, as a server does whose network is gone. */
    void ignoreStops(boolean ignore) {
        stubborn = ignore;
    }

    /** Ends every stream, in good order. */
    void shutDown(boolean yes) {
        shuttingDown = yes;
    }

    /** Lets connections take for ever. */
    void hang() {
        hanging = true;
    }

    void loseSlot(boolean lost) {
        slotLost = lost;
    }

    void goAway(RuntimeException why) {
        away = Optional.of(why);
        connected.forEach(Connected::close);
    }

    void comeBack() {
        away = Optional.empty();
    }

    void refuseSql(MatriarchException why) {
        sqlAway = Optional.of(why);
    }

    void createSlot(String name, Optional<Lsn> restart) {
        slots.put(name, restart);
    }

    Map<String, Optional<Lsn>> slots() {
        return Map.copyOf(slots);
    }

    Lsn flushReported() {
        return flushReported;
    }

    int connects() {
        return connects.get();
    }

    int timeline() {
        synchronized (lines) {
            return lines.get(lines.size() - 1).timeline();
        }
    }

    /** Ends the timeline where WAL ends now, and goes on with the next. */
    void promote() {
        promote(end);
    }

    /** Ends the timeline at a position, and goes on with the next. */
    void promote(Lsn at) {
        synchronized (lines) {
            int last = lines.size() - 1;
            lines.set(last, new Line(lines.get(last).timeline(), Optional.of(at)));
            lines.add(new Line(lines.get(last).timeline() + 1, Optional.empty()));
            end = at;
        }
    }

    @Override
    public Connection openSql(ServerConfiguration server) {
        sqlAway.ifPresent(failure -> {
            throw failure;
        });
        away.ifPresent(failure -> {
            throw failure;
        });
        return proxy(Connection.class, (method, arguments) -> switch (method) {
            case "prepareStatement" -> statement();
            default -> null;
        });
    }

    /** A statement that knows one query: the one for a slot. */
    private PreparedStatement statement() {
        var asked = new String[1];
        return proxy(PreparedStatement.class, (method, arguments) -> switch (method) {
            case "setString" -> {
                asked[0] = (String) arguments[1];
                yield null;
            }
            case "executeQuery" -> slotRow(asked[0]);
            default -> null;
        });
    }

    private ResultSet slotRow(String name) {
        Optional<Lsn> restart = slots.get(name);
        return proxy(ResultSet.class, (method, arguments) -> switch (method) {
            case "next" -> restart != null;
            case "getBoolean" -> !connected.isEmpty();
            case "getString" ->
                switch ((Integer) arguments[0]) {
                    case 1 -> name.startsWith("logical") ? "logical" : "physical";
                    case 3 -> restart.map(Lsn::toString).orElse(null);
                    default -> slotLost ? "lost" : "reserved";
                };
            default -> null;
        });
    }

    /** What a call of a JDBC interface answers. */
    private interface Answer {
        Object to(String method, Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    @Override
    public ReplicationConnection openReplication(ServerConfiguration server, String applicationName) {
        connects.incrementAndGet();
        while (hanging) {
            Thread.onSpinWait();
            if (Thread.currentThread().isInterrupted()) {
                throw unreachable();
            }
        }
        away.ifPresent(failure -> {
            throw failure;
        });
        var connection = new Connected();
        connected.add(connection);
        return connection;
    }

    @Override
    public ServerFacts facts(ServerConfiguration server) {
        away.ifPresent(failure -> {
            throw failure;
        });
        return new ServerFacts(
                new PostgresVersion(160_004),
                systemId,
                timeline(),
                SampleWal.SEGMENT,
                Instant.EPOCH,
                false,
                Optional.of(end),
                0,
                true,
                true,
                true,
                List.of(),
                Map.of());
    }

    static PostgresException error(String sqlState) {
        return new PostgresException(ErrorCode.POSTGRES_ERROR, sqlState, "the server says " + sqlState, "see.", null);
    }

    static MatriarchException unreachable() {
        return new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, "server 'main' is away", "start it.");
    }

    /** One connection. */
    private final class Connected implements ReplicationConnection {

        private volatile boolean closed;

        @Override
        public PostgresVersion version() {
            return new PostgresVersion(160_004);
        }

        @Override
        public Identity identify() {
            return new Identity(systemId, timeline(), end);
        }

        @Override
        public long segmentSizeBytes() {
            return SampleWal.SEGMENT;
        }

        @Override
        public String show(String setting) {
            return "";
        }

        @Override
        public boolean createPhysicalSlot(String name) {
            return slots.putIfAbsent(name, Optional.of(oldest)) == null;
        }

        @Override
        public void dropSlot(String name) {
            slotLost = false;
            if (slots.remove(name) == null) {
                throw error("42704");
            }
        }

        @Override
        public HistoryFile timelineHistory(int timeline) {
            var text = new StringBuilder();
            synchronized (lines) {
                for (Line line : lines) {
                    if (line.timeline() < timeline) {
                        text.append(line.timeline())
                                .append('\t')
                                .append(line.end().orElseThrow())
                                .append("\tno reason\n");
                    }
                }
            }
            return new HistoryFile(WalFileName.ofHistory(timeline), text.toString());
        }

        @Override
        public BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public WalStreamEnd streamWal(WalStreamRequest request, WalStreamHandler handler) throws InterruptedException {
            if (request.slot().isPresent() && !slots.containsKey(request.slot().get())) {
                throw error("42704");
            }
            if (request.start().isBefore(oldest)) {
                throw error("58P01");
            }
            if (end.isBefore(request.start())) {
                throw error("XX000");
            }
            handler.begin(() -> flushReported = handler.flushed());
            try {
                return stream(request.timeline(), request.start(), handler);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private WalStreamEnd stream(int timeline, Lsn start, WalStreamHandler handler)
                throws IOException, InterruptedException {
            Lsn at = start;
            for (; ; ) {
                Optional<Lsn> lineEnd = lineEnd(timeline);
                Lsn limit = lineEnd.orElse(end);
                handler.serverAt(end);
                while (at.isBefore(limit)) {
                    at = send(timeline, at, limit, handler);
                }
                handler.drained();
                if (lineEnd.isPresent()) {
                    return new WalStreamEnd(Optional.of(timeline + 1), lineEnd);
                }
                if (shuttingDown) {
                    return new WalStreamEnd(Optional.empty(), Optional.empty());
                }
                if (closed) {
                    throw unreachable();
                }
                if (handler.stopRequested() && !stubborn) {
                    return new WalStreamEnd(Optional.empty(), Optional.empty());
                }
                Thread.sleep(2);
            }
        }

        private Optional<Lsn> lineEnd(int timeline) {
            synchronized (lines) {
                return lines.get(timeline - 1).end();
            }
        }

        private Lsn send(int timeline, Lsn at, Lsn limit, WalStreamHandler handler) throws IOException {
            Lsn segment = at.segmentStart(SampleWal.SEGMENT);
            byte[] bytes = SampleWal.segment(timeline, segment.value() / SampleWal.SEGMENT);
            int offset = (int) at.minus(segment);
            int length = (int) Math.min(Math.min(100_000, bytes.length - offset), limit.minus(at));
            handler.received(at, bytes, offset, length);
            return at.plus(length);
        }

        @Override
        public void close() {
            closed = true;
            connected.remove(this);
        }
    }
}
