package org.matriarch.testkit.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Asks a transport that copies files itself for a backup of a server of version 15 or newer. */
public record CopyingRequest(
        EmbeddedPostgres server, String sshCommand, int jobs, BaseBackupOptions options, TransferReceiver receiver)
        implements TransferRequest {

    @Override
    public BaseBackupEnd baseBackup(BaseBackupListener listener) {
        throw new UnsupportedOperationException("the transport copies the files itself");
    }

    @Override
    public CopyHost host() {
        return new CopyHost(sshCommand, false);
    }

    @Override
    public OpenBackup openBackup() {
        try {
            Connection sql = server.connection();
            return new Open(sql, begin(sql));
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Area> begin(Connection sql) throws SQLException, IOException {
        var areas = new ArrayList<Area>();
        areas.add(new Area(0, text(sql, "SHOW data_directory"), options.maxRateKib()));
        String start = text(sql, "SELECT pg_backup_start('%s', true)".formatted(options.label()));
        var announced = new ArrayList<TablespaceArea>();
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery("SELECT oid, pg_tablespace_location(oid) FROM pg_tablespace"
                        + " WHERE spcname NOT IN ('pg_default', 'pg_global')")) {
            while (rows.next()) {
                announced.add(new TablespaceArea(rows.getLong(1), rows.getString(2)));
                areas.add(new Area(rows.getLong(1), rows.getString(2), options.maxRateKib()));
            }
        }
        receiver.started(new BaseBackupStart(Lsn.parse(start), 1, announced, 0));
        return areas;
    }

    private static String text(Connection sql, String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Lives as long as its session. */
    private final class Open implements OpenBackup {

        private final Connection sql;
        private final List<Area> areas;

        Open(Connection sql, List<Area> areas) {
            this.sql = sql;
            this.areas = areas;
        }

        @Override
        public CopySource source() {
            return new CopySource(areas, List.of());
        }

        @Override
        public TransferEnd finish() {
            try (Statement statement = sql.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT lsn, labelfile FROM pg_backup_stop(false)")) {
                rows.next();
                byte[] label = rows.getString(2).getBytes(UTF_8);
                try (TransferFile file =
                        receiver.file(BackupPath.ofData("backup_label"), label.length, 0600, Instant.now())) {
                    file.write(label, 0, label.length);
                }
                return new TransferEnd(Lsn.parse(rows.getString(1)), 1);
            } catch (SQLException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                sql.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
