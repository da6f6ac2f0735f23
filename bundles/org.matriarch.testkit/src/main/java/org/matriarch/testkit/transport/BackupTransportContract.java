package org.matriarch.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** What a transport must bring from a real server. A plugin extends this and supplies itself and its requests. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
@Timeout(180)
public abstract class BackupTransportContract {

    @TempDir
    private Path directory;

    private EmbeddedPostgres server;

    /** Returns the transport under test. */
    protected abstract BackupTransport transport();

    /** Returns what it is asked for, with the connections that it needs to the server. */
    protected abstract TransferRequest request(
            EmbeddedPostgres server, BaseBackupOptions options, TransferReceiver receiver) throws Exception;

    /** Returns the server to take backups of; the newest version unless a subclass has reason for another. */
    protected EmbeddedPostgres startServer() {
        return EmbeddedPostgres.builder(18).start();
    }

    @AfterEach
    final void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    final void bringsADataDirectory() throws Exception {
        server = startServer();
        server.execute("CREATE TABLE herd AS SELECT generate_series(1, 10000) AS id");
        String relation = server.query("SELECT pg_relation_filepath('herd')");
        var receiver = receiver();

        TransferEnd end = transfer(receiver);

        Map<BackupPath, byte[]> files = receiver.files();
        assertThat(receiver.faults()).isEmpty();
        assertThat(files)
                .containsKeys(
                        BackupPath.ofData("PG_VERSION"),
                        BackupPath.ofData("global/pg_control"),
                        BackupPath.ofData("backup_label"),
                        BackupPath.ofData(relation))
                .doesNotContainKeys(BackupPath.ofData("postmaster.pid"), BackupPath.ofData("postmaster.opts"));
        assertThat(files.get(BackupPath.ofData(relation))).hasSizeGreaterThan(300_000);
        assertThat(new String(files.get(BackupPath.ofData("backup_label")), java.nio.charset.StandardCharsets.UTF_8))
                .contains("LABEL: contract");
        BaseBackupStart start = receiver.start().orElseThrow();
        assertThat(end.endLsn()).isGreaterThan(start.startLsn());
        assertThat(end.timeline()).isEqualTo(start.timeline()).isEqualTo(1);
        assertThat(start.tablespaces()).isEmpty();
    }

    @Test
    final void bringsEmptyDirectoriesToo() throws Exception {
        server = startServer();
        var receiver = receiver();

        transfer(receiver);

        assertThat(receiver.directories())
                .contains(BackupPath.ofData("pg_notify"), BackupPath.ofData("pg_wal"), BackupPath.ofData("pg_tblspc"));
        assertThat(receiver.permissions(BackupPath.ofData("pg_notify"))).contains(0700);
        assertThat(receiver.permissions(BackupPath.ofData("PG_VERSION"))).contains(0600);
    }

    @Test
    final void bringsTablespacesUnderTheirOids() throws Exception {
        server = startServer();
        Path location = java.nio.file.Files.createDirectory(directory.resolve("with space"));
        ServerUser.own(location);
        server.execute("CREATE TABLESPACE side LOCATION '%s'".formatted(location));
        server.execute("CREATE TABLE herd TABLESPACE side AS SELECT generate_series(1, 1000) AS id");
        long oid = Long.parseLong(server.query("SELECT oid FROM pg_tablespace WHERE spcname = 'side'"));
        String relation = server.query("SELECT pg_relation_filepath('herd')");
        var receiver = receiver();

        transfer(receiver);

        assertThat(receiver.faults()).isEmpty();
        assertThat(receiver.start().orElseThrow().tablespaces())
                .containsExactly(new BaseBackupStart.TablespaceArea(oid, location.toString()));
        assertThat(receiver.files())
                .containsKey(new BackupPath(
                        oid, relation.substring("pg_tblspc/%d/".formatted(oid).length())));
        assertThat(receiver.files().keySet())
                .noneMatch(path -> path.tablespaceOid() == 0 && path.path().startsWith("pg_tblspc/"));
    }

    @Test
    final void passesOnWhatTheReceiverThrowsAndCanBeginAgain() throws Exception {
        server = startServer();

        var first = receiver();
        first.failAfterBytes(1_000_000);

        assertThatThrownBy(() -> transfer(first)).hasStackTraceContaining("the receiver refuses, as the test asked");
        var second = receiver();
        transfer(second);

        assertThat(second.faults()).isEmpty();
        assertThat(second.files()).containsKey(BackupPath.ofData("global/pg_control"));
    }

    private RecordingReceiver receiver() {
        return new RecordingReceiver(directory.resolve("received"));
    }

    private TransferEnd transfer(RecordingReceiver receiver) throws Exception {
        BaseBackupOptions options = new BaseBackupOptions("contract", true, 0);
        return transport().transfer(request(server, options, receiver), receiver);
    }
}
