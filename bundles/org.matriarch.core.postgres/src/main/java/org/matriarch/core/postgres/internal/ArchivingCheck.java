package org.matriarch.core.postgres.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether PostgreSQL hands its WAL over, as the option {@code archiver} expects of it. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=150")
public final class ArchivingCheck implements ServerCheck {

    private static final String MODE = "archive_mode";
    private static final String COMMAND = "archive_command";
    private static final String CONTINUOUS = "continuous archiving";

    private static final int TIMELINE_DIGITS = 8;

    /** archive_library came with PostgreSQL 15; archive_command reads "(disabled)" while archive_mode is off. */
    private static final String QUERY = """
            SELECT pg_is_in_recovery(), current_setting('archive_mode'), current_setting('archive_command'),
                   current_setting('archive_library', true), last_archived_wal, last_archived_time,
                   last_failed_wal, last_failed_time, failed_count
              FROM pg_stat_archiver
            """;

    private final PostgresConnections connections;

    /** Takes the connections to ask with. */
    @Activate
    public ArchivingCheck(@Reference PostgresConnections connections) {
        this.connections = connections;
    }

    /** A file that the archiver process of PostgreSQL was busy with. */
    record Attempt(String wal, Instant time) {

        private String timeline() {
            return wal.substring(0, Math.min(TIMELINE_DIGITS, wal.length()));
        }
    }

    /** What PostgreSQL says of its archiving. */
    record Archiving(
            boolean standby,
            String mode,
            String command,
            Optional<String> library,
            Optional<Attempt> archived,
            Optional<Attempt> failed,
            long failures) {

        private boolean archives() {
            return mode.equals("always") || (mode.equals("on") && !standby);
        }
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) throws InterruptedException {
        if (!server.wal().archiver()) {
            return List.of();
        }
        try (Connection connection = connections.openSql(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return judge(read(row));
        } catch (SQLException e) {
            return List.of(failed(
                    CONTINUOUS,
                    "unable to ask server '%s' how it archives: %s"
                            .formatted(server.name(), PostgresException.reason(e)),
                    "see whether the user of 'conninfo' may read pg_stat_archiver."));
        } catch (MatriarchException e) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException("interrupted while asking PostgreSQL");
                interrupted.initCause(e);
                throw interrupted;
            }
            return List.of(failed(CONTINUOUS, e.summary(), e.hint()));
        }
    }

    private static Archiving read(ResultSet row) throws SQLException {
        return new Archiving(
                row.getBoolean(1),
                row.getString(2),
                row.getString(3),
                Optional.ofNullable(row.getString(4)).filter(library -> !library.isBlank()),
                attempt(row.getString(5), row.getTimestamp(6)),
                attempt(row.getString(7), row.getTimestamp(8)),
                row.getLong(9));
    }

    private static Optional<Attempt> attempt(@Nullable String wal, @Nullable Timestamp time) {
        return wal == null || time == null ? Optional.empty() : Optional.of(new Attempt(wal, time.toInstant()));
    }

    /** Returns what is to be said of a server from which WAL is expected. */
    static List<CheckResult> judge(Archiving archiving) {
        if (archiving.standby() && !archiving.archives()) {
            // Its primary may be the one that hands over; there is nothing to see of that here.
            return List.of(ok(MODE, "%s, on a standby: WAL has to come from its primary".formatted(archiving.mode())));
        }
        return List.of(mode(archiving), command(archiving), continuous(archiving));
    }

    private static CheckResult mode(Archiving archiving) {
        return archiving.archives()
                ? ok(MODE, archiving.mode())
                : failed(
                        MODE,
                        "archive_mode is %s".formatted(archiving.mode()),
                        "set archive_mode = on on the server and restart it, or set 'archiver = off'.");
    }

    private static CheckResult command(Archiving archiving) {
        boolean command = !archiving.command().isBlank() && !archiving.command().equals("(disabled)");
        return command || archiving.library().isPresent()
                ? ok(
                        COMMAND,
                        command
                                ? ""
                                : "archive_library is %s"
                                        .formatted(archiving.library().get()))
                : failed(
                        COMMAND,
                        "archive_command is not set",
                        "set it to what 'server:show' prints, then reload the server.");
    }

    private static CheckResult continuous(Archiving archiving) {
        if (!archiving.archives()) {
            return failed(CONTINUOUS, "the server archives nothing", "see archive_mode.");
        }
        if (archiving.failed().isPresent() && !isOver(archiving.failed().get(), archiving.archived())) {
            Attempt failed = archiving.failed().get();
            return failed(
                    CONTINUOUS,
                    "the server failed to archive '%s' at %s, after %d failures in all"
                            .formatted(failed.wal(), failed.time(), archiving.failures()),
                    "look into the server's log for what archive_command said.");
        }
        return ok(
                CONTINUOUS,
                archiving
                        .archived()
                        .map(last -> "'%s' at %s".formatted(last.wal(), last.time()))
                        .orElse("nothing to archive so far"));
    }

    /** A history file is tried once more after each promotion, and may be there already: later WAL outweighs it. */
    private static boolean isOver(Attempt failed, Optional<Attempt> archived) {
        return archived.filter(last -> !failed.time().isAfter(last.time())
                        || (failed.wal().endsWith(".history")
                                && failed.timeline().compareTo(last.timeline()) <= 0))
                .isPresent();
    }

    private static CheckResult ok(String name, String detail) {
        return new CheckResult(name, Outcome.OK, detail, "");
    }

    private static CheckResult failed(String name, String detail, String hint) {
        return new CheckResult(name, Outcome.FAILED, detail, hint);
    }
}
