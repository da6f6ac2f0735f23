package org.matriarch.itests.postgres;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Commits one row after another, some 200 a second, and knows the last one that the server acknowledged. */
final class SteadyWriter implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final EmbeddedPostgres server;
    private final long pauseNanos;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread thread;

    private SteadyWriter(EmbeddedPostgres server, long pauseNanos) {
        this.server = server;
        this.pauseNanos = pauseNanos;
        thread = new Thread(this::write, "writer");
    }

    /** Begins to write into a new table {@code written(id)}. */
    static SteadyWriter into(EmbeddedPostgres server) {
        return begin(server, PAUSE_NANOS);
    }

    /** Begins to write as fast as the server acknowledges. */
    static SteadyWriter withoutPause(EmbeddedPostgres server) {
        return begin(server, 0);
    }

    private static SteadyWriter begin(EmbeddedPostgres server, long pauseNanos) {
        server.execute("CREATE TABLE IF NOT EXISTS written (id bigint PRIMARY KEY)");
        var writer = new SteadyWriter(server, pauseNanos);
        writer.thread.start();
        return writer;
    }

    /** Waits until so many more rows are acknowledged. */
    void awaitRows(long more) {
        long goal = acknowledged.get() + more;
        await("rows")
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofMinutes(3))
                .until(() -> acknowledged.get() >= goal || !thread.isAlive());
    }

    /** Returns the last row that was acknowledged. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** Stops and returns the last row that was acknowledged. */
    @Override
    public void close() {
        stop.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how many of the rows that were acknowledged a server does not have. */
    long missingIn(EmbeddedPostgres restored) {
        long found = Long.parseLong(
                restored.query("SELECT count(*) FROM written WHERE id BETWEEN 1 AND " + acknowledged.get()));
        return acknowledged.get() - found;
    }

    private void write() {
        long row = 0;
        try (Connection connection = server.connection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO written VALUES (?)")) {
            while (!stop.get()) {
                insert.setLong(1, ++row);
                insert.executeUpdate();
                acknowledged.set(row);
                LockSupport.parkNanos(pauseNanos);
            }
        } catch (SQLException e) {
            // The stories kill servers under the writer: what counts is what was acknowledged until then.
            stop.set(true);
        }
    }
}
