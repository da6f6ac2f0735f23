package org.matriarch.itests.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Closes one segment of WAL after the other, 20 a second if the machine lets it. */
final class BusyWal implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final EmbeddedPostgres server;
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread thread = new Thread(this::write, "busy-wal");

    private BusyWal(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Begins to write. */
    static BusyWal of(EmbeddedPostgres server) {
        var wal = new BusyWal(server);
        wal.thread.start();
        return wal;
    }

    /** Returns the names of the segments that were closed so far, in order. */
    List<String> closed() {
        return closed;
    }

    /** Stops, with the last segment closed. */
    @Override
    public void close() {
        stop.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try (Connection connection = server.connection();
                Statement statement = connection.createStatement()) {
            while (!stop.get()) {
                statement.execute("SELECT pg_logical_emit_message(false, 'story', repeat('x', 5000))");
                try (ResultSet switched = statement.executeQuery("SELECT pg_walfile_name(pg_switch_wal())")) {
                    switched.next();
                    closed.add(switched.getString(1));
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL closes no more segments", e);
        }
    }
}
