package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup of PostgreSQL's low-level API, held open by one SQL session: when that ends, the server forgets the backup.
 *
 * <p>Source: PostgreSQL manual, "Making a Base Backup Using the Low Level API". The functions have other names since 15. A
 * standby takes the same calls; if it is promoted meanwhile, it refuses to end the backup.
 */
final class LowLevelBackup implements OpenBackup {

    private static final Logger LOG = LoggerFactory.getLogger(LowLevelBackup.class);
    private static final BackupPath LABEL = BackupPath.ofData("backup_label");
    private static final Pattern TIMELINE = Pattern.compile("^START TIMELINE: (\\d+)$", Pattern.MULTILINE);
    private static final int LABEL_MODE = 0600;

    /** Syntax errors and access rule violations. Source: PostgreSQL manual, "PostgreSQL Error Codes". */
    private static final String CLASS_OF_RULES = "42";

    private static final int FIRST_WITH_NEW_NAMES = 15;
    private static final int FIRST_WITH_IDLE_TIMEOUT = 14;

    private static final String TABLESPACES = """
            SELECT spcname, oid, pg_tablespace_location(oid)
              FROM pg_tablespace
             WHERE spcname NOT IN ('pg_default', 'pg_global')
             ORDER BY oid
            """;

    private final PatientSql sql;
    private final ServerFacts facts;
    private final CopyOrigin origin;
    private final TransferReceiver receiver;
    private final Clock clock;
    private List<Tablespace> tablespaces = List.of();

    LowLevelBackup(PatientSql sql, ServerFacts facts, CopyOrigin origin, TransferReceiver receiver, Clock clock) {
        this.sql = sql;
        this.facts = facts;
        this.origin = origin;
        this.receiver = receiver;
        this.clock = clock;
    }

    /** Begins the backup on the server, which may take as long as a checkpoint, and tells the receiver. */
    void begin(BaseBackupOptions options) throws TransportException, InterruptedException {
        try {
            sql.query("SELECT set_config('statement_timeout', '0', false)", ResultSet::next);
            if (facts.version().major() >= FIRST_WITH_IDLE_TIMEOUT) {
                sql.query("SELECT set_config('idle_session_timeout', '0', false)", ResultSet::next);
            }
            String begin = facts.version().major() >= FIRST_WITH_NEW_NAMES
                    ? "SELECT pg_backup_start(?, ?)"
                    : "SELECT pg_start_backup(?, ?, false)";
            Lsn start =
                    Lsn.parse(sql.query(begin, LowLevelBackup::firstText, options.label(), options.fastCheckpoint()));
            // One that is made after this comes to the backup with the WAL.
            tablespaces = sql.query(TABLESPACES, LowLevelBackup::tablespaces);
            List<TablespaceArea> areas = tablespaces.stream()
                    .map(each -> new TablespaceArea(each.oid(), each.location()))
                    .toList();
            receiver.started(new BaseBackupStart(start, facts.timeline(), areas, facts.databaseSizeBytes()));
        } catch (SQLException e) {
            throw failure("the server does not begin the backup", e);
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException(String.valueOf(e.getMessage()), true, e);
        }
    }

    @Override
    public CopySource source() {
        return origin.source(tablespaces);
    }

    @Override
    public TransferEnd finish() throws TransportException, InterruptedException {
        // The WAL is waited for by looking at our archive, not at what the server thinks of its archive_command.
        String end = facts.version().major() >= FIRST_WITH_NEW_NAMES
                ? "SELECT lsn::text, labelfile FROM pg_backup_stop(false)"
                : "SELECT lsn::text, labelfile FROM pg_stop_backup(false, false)";
        try {
            Ended ended = sql.query(end, rows -> {
                rows.next();
                return new Ended(Lsn.parse(rows.getString(1)), rows.getString(2));
            });
            store(ended.label());
            return new TransferEnd(ended.lsn(), timelineOf(ended.label()));
        } catch (SQLException e) {
            throw failure("the server does not end the backup", e);
        }
    }

    /** What the server says at the end. */
    private record Ended(Lsn lsn, String label) {}

    private void store(String label) throws TransportException {
        byte[] content = label.getBytes(UTF_8);
        try (TransferFile file = receiver.file(LABEL, content.length, LABEL_MODE, clock.instant())) {
            file.write(content, 0, content.length);
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException("unable to store backup_label: " + e.getMessage(), true, e);
        }
    }

    private static int timelineOf(String label) throws TransportException {
        Matcher matcher = TIMELINE.matcher(label);
        if (!matcher.find()) {
            throw new TransportException("the server's backup_label does not name the timeline", false, null);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static String firstText(ResultSet rows) throws SQLException {
        rows.next();
        return rows.getString(1);
    }

    private static List<Tablespace> tablespaces(ResultSet rows) throws SQLException {
        var tablespaces = new ArrayList<Tablespace>();
        while (rows.next()) {
            tablespaces.add(new Tablespace(rows.getString(1), rows.getLong(2), rows.getString(3)));
        }
        return tablespaces;
    }

    /** What the user of the session may not do stays so; anything else may pass. */
    private static TransportException failure(String what, SQLException e) {
        String state = e.getSQLState();
        boolean lasting = state != null && state.startsWith(CLASS_OF_RULES);
        return new TransportException("%s: %s".formatted(what, PostgresException.reason(e)), !lasting, e);
    }

    @Override
    public void close() {
        try {
            sql.close();
        } catch (SQLException e) {
            LOG.debug("the session of a backup did not end cleanly", e);
        }
    }
}
