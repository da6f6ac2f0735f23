package org.matriarch.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Says what a server is to be like; {@link #start} makes it so.
 *
 * <p>A new server trusts everybody on loopback, for SQL and for replication, and has {@code fsync} off.
 */
public final class PostgresBuilder {

    private final int major;
    private final Optional<Path> existing;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> hbaLines = new ArrayList<>();
    private final List<String> initdbOptions = new ArrayList<>();
    private Optional<String> password = Optional.empty();
    private Optional<Path> log = Optional.empty();
    private OptionalInt port = OptionalInt.empty();
    private Optional<Path> deleted = Optional.empty();
    private boolean detached;

    PostgresBuilder(int major, Optional<Path> existing) {
        this.major = major;
        this.existing = existing;
        if (existing.isEmpty()) {
            settings.put("fsync", "off");
            settings.put("shared_buffers", "32MB");
            settings.put("timezone", "UTC");
            settings.put("log_timezone", "UTC");
            settings.put("jit", "off");
        }
    }

    /**
     * Sets a parameter: in {@code postgresql.conf} of a new server, on the command line of one with an existing
     * directory, whose files stay as they are.
     */
    public PostgresBuilder setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /** Says whether the server calls fsync. */
    public PostgresBuilder fsync(boolean on) {
        return setting("fsync", on ? "on" : "off");
    }

    /** Puts lines at the head of {@code pg_hba.conf}; what they do not match is trusted. */
    public PostgresBuilder pgHba(String... lines) {
        hbaLines.addAll(List.of(lines));
        return this;
    }

    /** Gives the superuser a password, which {@link EmbeddedPostgres#connection()} uses. */
    public PostgresBuilder password(String password) {
        this.password = Optional.of(password);
        return this;
    }

    /** Puts a file of mode 0600 into the data directory before the first start, such as {@code server.key}. */
    public PostgresBuilder file(String name, byte[] content) {
        files.put(name, content.clone());
        return this;
    }

    /** Says whether pages have checksums; without this call it is as the version has it by itself. */
    public PostgresBuilder dataChecksums(boolean on) {
        if (on) {
            return initdbOptions("--data-checksums");
        }
        return major >= 18 ? initdbOptions("--no-data-checksums") : this;
    }

    /** Sets the size of WAL segments in MiB: a power of two from 1 to 1024. */
    public PostgresBuilder walSegmentMebibytes(int mebibytes) {
        return initdbOptions("--wal-segsize=" + mebibytes);
    }

    /** Adds options of {@code initdb}. */
    public PostgresBuilder initdbOptions(String... options) {
        initdbOptions.addAll(List.of(options));
        return this;
    }

    /** Uses this port instead of a free one. */
    public PostgresBuilder port(int port) {
        this.port = OptionalInt.of(port);
        return this;
    }

    /** Appends the server's log to this file instead of one of its own. */
    public PostgresBuilder log(Path log) {
        this.log = Optional.of(log);
        return this;
    }

    /** Deletes this directory, too, when the server is closed. */
    PostgresBuilder deleting(Path directory) {
        this.deleted = Optional.of(directory);
        return this;
    }

    /** Lets the server live on when this JVM ends. */
    PostgresBuilder detached() {
        this.detached = true;
        return this;
    }

    /** Makes the data directory if there is none, starts the server and waits until it takes connections. */
    public EmbeddedPostgres start() {
        EmbeddedPostgres server = prepare();
        try {
            server.start();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Makes the data directory if there is none, but starts nothing. */
    public EmbeddedPostgres prepare() {
        try {
            Path base = deleted.isPresent() ? deleted.get() : Files.createTempDirectory("matriarch-server");
            Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path home = PostgresBinaries.home(major);
            Path data = existing.orElse(base.resolve("data"));
            if (existing.isEmpty()) {
                initialise(home, base, data);
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = data.resolve(file.getKey());
                Files.write(path, file.getValue());
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
                ServerUser.own(path);
            }
            Map<String, String> arguments = existing.isPresent() ? Map.copyOf(settings) : Map.of();
            return new EmbeddedPostgres(
                    new EmbeddedPostgres.Setup(
                            major, home, base, data, log.orElse(base.resolve("postgres.log")), password, detached),
                    arguments,
                    port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs initdb and writes the settings, but makes no server of it. */
    static void initialise(int major, Path data, Map<String, String> settings) {
        PostgresBuilder builder = new PostgresBuilder(major, Optional.empty());
        builder.settings.putAll(settings);
        try {
            Path base = Files.createTempDirectory("matriarch-initdb");
            try {
                builder.initialise(PostgresBinaries.home(major), base, data);
            } finally {
                PostgresBinaries.deleteTree(base);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void initialise(Path home, Path base, Path data) throws IOException {
        Files.createDirectories(data);
        var command = new ArrayList<String>(List.of(
                home.resolve("bin/initdb").toString(),
                "--pgdata=" + data,
                "--username=" + EmbeddedPostgres.SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
        command.addAll(initdbOptions);
        if (password.isPresent()) {
            Path passwordFile = Files.writeString(base.resolve("password"), password.get() + "\n");
            ServerUser.own(passwordFile);
            command.add("--pwfile=" + passwordFile);
        }
        ServerUser.ownDataDirectory(data);
        Processes.run(ServerUser.command(command));
        var configuration = new StringBuilder("\n");
        settings.forEach(
                (name, value) -> configuration.append("%s = '%s'%n".formatted(name, value.replace("'", "''"))));
        append(data.resolve("postgresql.conf"), configuration.toString());
        var hba = new ArrayList<String>(hbaLines);
        hba.add("local all all trust");
        hba.add("host all all 127.0.0.1/32 trust");
        hba.add("host replication all 127.0.0.1/32 trust");
        hba.add("host all all ::1/128 trust");
        hba.add("host replication all ::1/128 trust");
        Files.write(data.resolve("pg_hba.conf"), hba, StandardCharsets.UTF_8);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, java.nio.file.StandardOpenOption.APPEND);
    }
}
