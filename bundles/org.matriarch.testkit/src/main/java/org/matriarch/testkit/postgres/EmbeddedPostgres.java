package org.matriarch.testkit.postgres;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.matriarch.testkit.network.FreePort;

/**
 * One real PostgreSQL server on loopback.
 *
 * <p>{@link #close} ends it and deletes what it made; a server that was not closed is killed when the JVM ends. Failures
 * carry the end of the server's log. Used by one thread, except for {@link #connection} and the plain accessors.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** The major versions that the product supports. */
    public static final List<Integer> SUPPORTED_MAJORS = List.of(13, 14, 15, 16, 17, 18);

    /** Name of the superuser of every server, and of the database it connects to. */
    public static final String SUPERUSER = "postgres";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT_ATTEMPTS = 20;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(EmbeddedPostgres::killAll, "matriarch-testkit-postgres"));
    }

    /** How a server is asked to end. */
    public enum StopMode {
        /** Ends sessions, writes a checkpoint. */
        FAST("INT"),
        /** Ends at once; the next start recovers. */
        IMMEDIATE("QUIT");

        private final String signal;

        StopMode(String signal) {
            this.signal = signal;
        }
    }

    /** What does not change in the life of a server. */
    record Setup(int major, Path home, Path base, Path data, Path log, Optional<String> password, boolean detached) {}

    private final Setup setup;
    private final Map<String, String> arguments;
    private final boolean portIsFixed;
    private volatile int port;
    private @Nullable Process process;

    EmbeddedPostgres(Setup setup, Map<String, String> arguments, OptionalInt port) {
        this.setup = setup;
        this.arguments = Map.copyOf(arguments);
        this.portIsFixed = port.isPresent();
        this.port = port.orElseGet(FreePort::next);
    }

    /** Begins a new server of a major version. */
    public static PostgresBuilder builder(int major) {
        return new PostgresBuilder(major, Optional.empty());
    }

    /**
     * Begins a server on a data directory that exists, such as a restored one. The directory is given to the user that
     * servers run as, and stays when the server is closed.
     */
    public static PostgresBuilder fromDirectory(int major, Path dataDirectory) {
        ServerUser.ownDataDirectory(dataDirectory);
        return new PostgresBuilder(major, Optional.of(dataDirectory));
    }

    /** Starts a streaming standby of a running primary. */
    public static EmbeddedPostgres standbyOf(EmbeddedPostgres primary) {
        return StandbyCopy.of(primary);
    }

    /** Starts the server and waits until it takes connections; throws with the end of its log if it does not. */
    public void start() {
        for (int attempt = 1; ; attempt++) {
            long logBytes = setup.log().toFile().length();
            launch();
            awaitReadyOrEnd();
            if (isRunning()) {
                return;
            }
            String said = logFrom(logBytes);
            boolean portTaken = said.contains("Address already in use");
            if (attempt >= PORT_ATTEMPTS || !(portTaken || said.contains("is still in use"))) {
                throw new IllegalStateException(
                        "PostgreSQL %d did not start:%n%s".formatted(setup.major(), tail(said)));
            }
            if (portTaken && !portIsFixed) {
                port = FreePort.next();
            }
        }
    }

    /** Starts the server and waits until it has ended by itself, as it does after recovery with action shutdown. */
    public int runToEnd(Duration timeout) {
        launch();
        Process server = requireProcess();
        try {
            if (!server.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("PostgreSQL has not ended:%n%s".formatted(tail(log())));
            }
            forget(server);
            return server.exitValue();
        } catch (InterruptedException e) {
            throw Processes.interrupted(e);
        }
    }

    /** Stops the server fast. */
    public void stop() {
        stop(StopMode.FAST);
    }

    /** Stops the server. Does nothing to one that does not run. */
    public void stop(StopMode mode) {
        @Nullable Process server = process;
        if (server != null) {
            Processes.signal(mode.signal, server.pid());
            Processes.awaitEnd(server.toHandle(), PATIENCE);
            forget(server);
        }
    }

    /** Kills the server with all its children, as a power cut would. */
    public void kill9() {
        @Nullable Process server = process;
        if (server != null) {
            Processes.kill9(server.toHandle());
            forget(server);
        }
    }

    /** Stops the server fast, if it runs, and starts it on the same port. */
    public void restart() {
        stop();
        start();
    }

    /** Makes the server read its configuration files again. */
    public void reload() {
        execute("SELECT pg_reload_conf()");
    }

    /** Makes a standby the primary of a new timeline. */
    public void promote() {
        execute("SELECT pg_promote(true, 60)");
        waitForRecovery(PATIENCE);
    }

    /** Waits until recovery has ended and the server takes writes. */
    public void waitForRecovery(Duration timeout) {
        await("end of recovery")
                .pollInterval(Duration.ofMillis(50))
                .atMost(timeout)
                .until(() -> query("SELECT pg_is_in_recovery()").equals("f"));
    }

    /** Opens a connection of the superuser to its database. */
    public Connection connection() throws SQLException {
        return connection(SUPERUSER);
    }

    /** Opens a connection of the superuser to a database. */
    public Connection connection(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        setup.password().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("connectTimeout", "10");
        String url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
        return DriverManager.getConnection(url, properties);
    }

    /** Runs one or more statements in one simple query and forgets their results. */
    public void execute(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("'%s' failed: %s".formatted(sql, e.getMessage()), e);
        }
    }

    /** Returns the first column of the first row as text; empty for no row and for null. */
    public String query(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            @Nullable String value = rows.next() ? rows.getString(1) : null;
            return value == null ? "" : value;
        } catch (SQLException e) {
            throw new IllegalStateException("'%s' failed: %s".formatted(sql, e.getMessage()), e);
        }
    }

    /** Returns a libpq connection string of the superuser, without a password. */
    public String conninfo() {
        return "host=127.0.0.1 port=%d user=%s dbname=%s".formatted(port, SUPERUSER, SUPERUSER);
    }

    /** Returns the port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Returns the major version. */
    public int major() {
        return setup.major();
    }

    /** Returns the data directory. */
    public Path dataDirectory() {
        return setup.data();
    }

    /** Returns a directory of the server's own, beside its data, that is deleted with it. */
    public Path scratchDirectory() {
        return setup.base();
    }

    /** Returns whether the server's process lives. */
    public boolean isRunning() {
        @Nullable Process server = process;
        return server != null && server.isAlive();
    }

    /** Returns everything the server has logged. */
    public String log() {
        return logFrom(0);
    }

    /** Ends the server and deletes what was made for it. */
    @Override
    public void close() {
        kill9();
        try {
            PostgresBinaries.deleteTree(setup.base());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of a server that is to live on, and deletes what it does not need. */
    void leave() {
        process = null;
        close();
    }

    Optional<String> password() {
        return setup.password();
    }

    private void launch() {
        if (isRunning()) {
            throw new IllegalStateException("the server runs already");
        }
        // The address is not for the data directory to decide: a restored one names that of its source.
        var command = new ArrayList<String>();
        if (setup.detached()) {
            command.add("setsid");
        }
        command.addAll(List.of(
                setup.home().resolve("bin/postgres").toString(),
                "-D",
                setup.data().toString()));
        command.addAll(List.of("-c", "port=" + port, "-c", "listen_addresses=127.0.0.1"));
        command.addAll(List.of("-c", "unix_socket_directories=", "-c", "logging_collector=off"));
        arguments.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        try {
            Process started = new ProcessBuilder(ServerUser.command(command))
                    .directory(setup.data().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(setup.log().toFile()))
                    .start();
            process = started;
            if (!setup.detached()) {
                RUNNING.add(started);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReadyOrEnd() {
        Process server = requireProcess();
        await("start of PostgreSQL")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> !server.isAlive() || saysReady(server.pid()));
        if (!server.isAlive()) {
            forget(server);
        }
    }

    /** The eighth line of postmaster.pid is the state that pg_ctl waits for, too. */
    private boolean saysReady(long pid) {
        try {
            List<String> lines = Files.readAllLines(setup.data().resolve("postmaster.pid"), StandardCharsets.UTF_8);
            return lines.size() >= 8
                    && lines.get(0).equals(Long.toString(pid))
                    && (lines.get(7).startsWith("ready") || lines.get(7).startsWith("standby"));
        } catch (IOException e) {
            return false;
        }
    }

    private Process requireProcess() {
        @Nullable Process server = process;
        if (server == null) {
            throw new IllegalStateException("the server does not run");
        }
        return server;
    }

    private void forget(Process ended) {
        RUNNING.remove(ended);
        process = null;
    }

    private String logFrom(long offsetBytes) {
        try {
            byte[] whole = Files.exists(setup.log()) ? Files.readAllBytes(setup.log()) : new byte[0];
            int offset = (int) Math.min(offsetBytes, whole.length);
            return new String(whole, offset, whole.length - offset, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private static void killAll() {
        for (Process server : RUNNING) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }
}
