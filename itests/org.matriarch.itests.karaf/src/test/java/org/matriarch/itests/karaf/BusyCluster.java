package org.matriarch.itests.karaf;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalDoor;

/**
 * A cluster that closes one segment after the other, and compares at each step what it takes for safe with what lies on the
 * container's disk: what it was told to be archived by {@code matriarch-wal-push}, or else what its slot no longer holds.
 */
final class BusyCluster {

    /** Begins the name of the system property that says where the files of a cluster's host may lie. */
    static final String HOST_PREFIX = "matriarch.host.";

    /** So much WAL may wait in {@code pg_wal}: it has to fit on the disk, and into the patience of the test. */
    private static final int MOST_WAITING = 60;

    private static final Duration PAUSE = Duration.ofMillis(5);

    /** Who only streams is not held back by anything, and would leave nothing of the machine to the others. */
    private static final Duration BETWEEN_STREAMED = Duration.ofMillis(30);

    private static final String ARCHIVED = "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver";

    /** The segment before the one where the slot stands. */
    private static final String STREAMED =
            "SELECT coalesce(pg_walfile_name(restart_lsn - (restart_lsn - '0/0') %% %d - 1), '')".formatted(1 << 20)
                    + " FROM pg_replication_slots WHERE slot_name = 'busy'";

    private final String name;
    private final boolean pushes;
    private final Connection sql;
    private final Path home;
    private final ConcurrentSkipListSet<WalFileName> closed = new ConcurrentSkipListSet<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private volatile boolean enough;
    private volatile String acknowledged = "";

    /** With {@code pushes}, it archives by command. */
    BusyCluster(InContainer product, String name, boolean pushes) throws IOException, SQLException {
        this.name = name;
        this.pushes = pushes;
        this.sql = product.sql(name);
        this.home = product.service(Servers.class).requireServer(name).home();
        if (pushes) {
            archiveThrough(product.service(WalDoor.class));
        }
    }

    /** What a DBA does: the script and a copy of the token lie on the host, and archive_command calls the script. */
    private void archiveThrough(WalDoor door) throws IOException, SQLException {
        Path host = Path.of(System.getProperty(HOST_PREFIX + name));
        Path script = copy(Path.of(System.getProperty("karaf.home"), "bin", "matriarch-wal-push"), host);
        Path token = copy(door.tokenFile(name), host);
        String command = "sh %s --url %s --token-file %s %s %%p".formatted(script, door.url(), token, name);
        try (Statement statement = sql.createStatement()) {
            statement.execute("ALTER SYSTEM SET archive_command = '%s'".formatted(command));
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** The cluster runs as a user of its own. */
    private static Path copy(Path file, Path host) throws IOException {
        Path copy = Files.copy(file, host.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        return Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** Begins to write. What it returns fails as soon as something that was acknowledged is missing. */
    Future<?> begin() {
        return thread.submit(() -> {
            while (!enough) {
                if (waitsForArchive()) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                } else {
                    closed.add(InContainer.fillSegment(sql));
                    LockSupport.parkNanos(pushes ? 0 : BETWEEN_STREAMED.toNanos());
                }
                look();
            }
            return null;
        });
    }

    /** Ends the writing; called before {@link Future#get}. */
    void end() {
        enough = true;
        thread.shutdown();
    }

    /** Closes one more segment, after {@link #begin} has ended. */
    WalFileName closeLast() throws SQLException {
        WalFileName last = InContainer.fillSegment(sql);
        closed.add(last);
        return last;
    }

    boolean pushes() {
        return pushes;
    }

    String name() {
        return name;
    }

    Path home() {
        return home;
    }

    /** Returns all segments that were closed. */
    List<WalFileName> closed() {
        return List.copyOf(closed);
    }

    /** Returns the last segment that PostgreSQL took for archived when it was last asked; empty if there was none. */
    String acknowledged() {
        return acknowledged;
    }

    /** Asks PostgreSQL what it takes for archived, and fails if it goes backward, or if any of it is not on the disk. */
    void look() throws SQLException {
        String now = first(pushes ? ARCHIVED : STREAMED);
        String before = acknowledged;
        assertTrue("%s: '%s' after '%s'".formatted(name, now, before), now.compareTo(before) >= 0);
        closed.stream()
                .filter(each ->
                        each.value().compareTo(before) > 0 && each.value().compareTo(now) <= 0)
                .forEach(each -> assertTrue("%s: %s is nowhere".formatted(name, each), isKept(each)));
        acknowledged = now;
    }

    /** Returns how often PostgreSQL was told that it has to try again. */
    String failures() throws SQLException {
        return first("SELECT failed_count FROM pg_stat_archiver");
    }

    void close() throws SQLException {
        thread.shutdownNow();
        sql.close();
    }

    /** Returns whether so much waits to be archived that no more is written. */
    boolean waitsForArchive() {
        return closed.size() - archived() >= MOST_WAITING;
    }

    /** Returns how many segments PostgreSQL took for archived when it was last asked. */
    long archived() {
        String last = acknowledged;
        return closed.stream().filter(each -> each.value().compareTo(last) <= 0).count();
    }

    /** In this order: a file goes from here to there, never back. */
    private boolean isKept(WalFileName file) {
        Path streaming = home.resolve("streaming");
        return Files.isRegularFile(home.resolve("pushed").resolve(file.value()))
                || (!pushes && Files.isRegularFile(streaming.resolve(file.value() + ".partial")))
                || (!pushes && Files.isRegularFile(streaming.resolve(file.value())))
                || Files.isRegularFile(home.resolve("wals")
                        .resolve(file.value().substring(0, 16))
                        .resolve(file.value()));
    }

    private String first(String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertTrue(query, rows.next());
            return rows.getString(1);
        }
    }
}
