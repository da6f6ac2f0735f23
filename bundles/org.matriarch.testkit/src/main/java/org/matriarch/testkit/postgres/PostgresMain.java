package org.matriarch.testkit.postgres;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.testkit.network.FreePort;

/** Lets a shell script run servers and SQL without any PostgreSQL program installed. Its servers outlive it. */
public final class PostgresMain {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String USAGE = """
            unpack VERSION DIR                     unpacks the programs of a major version
            port                                   prints a port that is free
            initdb VERSION DATA [NAME=VALUE]...    makes a data directory with these settings
            start VERSION DATA PORT LOG [NAME=VALUE]...
                                                   starts a server and waits until it takes connections
            stop DATA [fast|immediate]             stops a server and waits until it has ended
            kill DATA                              kills a server and its children with signal 9
            own DIR                                gives a directory to the user that servers run as
            sql PORT SQL                           prints rows, columns separated by tabs
            """;

    private PostgresMain() {}

    /** Runs one command; exit code 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream error) {
        try {
            return carryOut(arguments, out) ? 0 : usage(error);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return usage(error);
        } catch (IOException | SQLException | RuntimeException e) {
            error.println(e.getMessage());
            return 1;
        }
    }

    private static int usage(PrintStream error) {
        error.print(USAGE);
        return 2;
    }

    private static boolean carryOut(List<String> arguments, PrintStream out) throws IOException, SQLException {
        switch (arguments.get(0)) {
            case "unpack" -> PostgresBinaries.unpack(number(arguments, 1), path(arguments, 2));
            case "port" -> out.println(FreePort.next());
            case "initdb" ->
                PostgresBuilder.initialise(number(arguments, 1), path(arguments, 2), settings(arguments, 3));
            case "start" -> start(arguments);
            case "stop" -> stop(path(arguments, 1), arguments.contains("immediate") ? "QUIT" : "INT");
            case "kill" -> kill(path(arguments, 1));
            case "own" -> ServerUser.own(path(arguments, 1));
            case "sql" -> sql(number(arguments, 1), arguments.get(2), out);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void start(List<String> arguments) {
        PostgresBuilder builder = EmbeddedPostgres.fromDirectory(number(arguments, 1), path(arguments, 2))
                .port(number(arguments, 3))
                .log(path(arguments, 4))
                .detached();
        settings(arguments, 5).forEach(builder::setting);
        EmbeddedPostgres server = builder.start();
        server.leave();
    }

    private static void stop(Path data, String signal) throws IOException {
        ProcessHandle server = postmasterOf(data);
        Processes.signal(signal, server.pid());
        Processes.awaitEnd(server, PATIENCE);
    }

    private static void kill(Path data) throws IOException {
        Processes.kill9(postmasterOf(data));
    }

    /** A stale file may name a process that is somebody else's by now, so the command is looked at, too. */
    private static ProcessHandle postmasterOf(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            throw new IOException("no server runs in '%s'".formatted(data));
        }
        long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
        String command = ProcessHandle.of(pid).isEmpty()
                ? ""
                : Files.readString(Path.of("/proc/%d/cmdline".formatted(pid)), StandardCharsets.ISO_8859_1);
        if (!command.contains("postgres")) {
            throw new IOException("no server runs in '%s'".formatted(data));
        }
        return ProcessHandle.of(pid).orElseThrow();
    }

    private static void sql(int port, String sql, PrintStream out) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.SUPERUSER);
        // One statement after the other, each on its own, as psql does it.
        properties.setProperty("preferQueryMode", "simple");
        String url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, EmbeddedPostgres.SUPERUSER);
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    print(statement, out);
                }
                rows = statement.getMoreResults();
            }
        }
    }

    private static void print(Statement statement, PrintStream out) throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            ResultSetMetaData columns = rows.getMetaData();
            while (rows.next()) {
                var values = new ArrayList<String>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    @Nullable String value = rows.getString(i);
                    values.add(value == null ? "" : value);
                }
                out.println(String.join("\t", values));
            }
        }
    }

    private static Map<String, String> settings(List<String> arguments, int from) {
        var settings = new TreeMap<String, String>();
        for (String argument : arguments.subList(from, arguments.size())) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IndexOutOfBoundsException(argument);
            }
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return settings;
    }

    private static int number(List<String> arguments, int index) {
        return Integer.parseInt(arguments.get(index));
    }

    private static Path path(List<String> arguments, int index) {
        return Path.of(arguments.get(index)).toAbsolutePath();
    }
}
