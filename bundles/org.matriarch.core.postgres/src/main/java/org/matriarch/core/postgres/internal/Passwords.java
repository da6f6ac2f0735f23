package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a password where libpq would: in the connection string, in {@code PGPASSWORD}, in the password file.
 *
 * <p>Source: PostgreSQL manual, "The Password File".
 */
final class Passwords {

    private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final ConnectionString connection;
    private final LocalUser local;

    Passwords(ConnectionString connection, LocalUser local) {
        this.connection = connection;
        this.local = local;
    }

    /** Returns the password for a host and database. */
    Optional<String> find(ConnectionString.Host host, String database) {
        return connection
                .find("password")
                .or(() -> local.variable().apply("PGPASSWORD").filter(value -> !value.isEmpty()))
                .or(() -> findInFile(host, database));
    }

    /** Returns the file in which a password may stand. */
    Path file() {
        return connection
                .findFile("passfile")
                .or(() -> local.variable().apply("PGPASSFILE").map(Path::of))
                .orElseGet(() -> local.home().resolve(".pgpass"));
    }

    /** Returns why the password file is passed over, if it is there and is. */
    Optional<String> problem() {
        Path file = file();
        try {
            if (Files.exists(file) && isOpenToOthers(file)) {
                return Optional.of(
                        "password file '%s' is passed over, since others may read it: chmod 0600 it".formatted(file));
            }
        } catch (IOException e) {
            return Optional.of("password file '%s' cannot be read: %s".formatted(file, e.getMessage()));
        }
        return Optional.empty();
    }

    private Optional<String> findInFile(ConnectionString.Host host, String database) {
        Path file = file();
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        Optional<String> problem = problem();
        if (problem.isPresent()) {
            LOG.warn("{}", problem.get());
            return Optional.empty();
        }
        String[] wanted = {host.host(), Integer.toString(host.port()), database, connection.user(local)};
        try {
            for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\r?\n", -1)) {
                String password = line.startsWith("#") ? null : match(line, wanted);
                if (password != null) {
                    return Optional.of(password).filter(found -> !found.isEmpty());
                }
            }
        } catch (IOException e) {
            LOG.warn("password file '{}' cannot be read: {}", file, e.getMessage());
        }
        return Optional.empty();
    }

    private static @Nullable String match(String line, String[] wanted) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean escaped = false;
        boolean wildcard = true;
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            if (character == '\\' && !escaped) {
                escaped = true;
                wildcard = false;
            } else if (character == ':' && !escaped && fields.size() < wanted.length) {
                String value = field.toString();
                if (!(wildcard && value.equals("*")) && !value.equals(wanted[fields.size()])) {
                    return null;
                }
                fields.add(value);
                field.setLength(0);
                wildcard = true;
            } else {
                field.append(character);
                escaped = false;
            }
        }
        return fields.size() == wanted.length ? field.toString() : null;
    }

    private static boolean isOpenToOthers(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view != null && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains);
    }
}
