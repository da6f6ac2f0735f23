package org.matriarch.transport.streaming.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;

final class StreamingTransportTest {

    private static final BaseBackupStart START =
            new BaseBackupStart(new Lsn(0x2000028), 1, List.of(new TablespaceArea(16385, "/srv/a b")), 4096);

    private final Receiver receiver = new Receiver();

    @Test
    void deliversTheFilesOfAllArchives() throws Exception {
        byte[] tablespace =
                new TarBytes().directory("PG_16_1/").file("PG_16_1/7", "seven").ended();
        byte[] data = new TarBytes()
                .file("backup_label", "L")
                .directory("./")
                .directory("./pg_wal/archive_status/")
                .link("pg_tblspc/16385/")
                .ended();

        TransferEnd end = transfer(server -> {
            server.started(START);
            send(server, 16385, tablespace);
            send(server, 0, data);
            server.manifest("{}".getBytes(UTF_8));
        });

        assertThat(end).isEqualTo(new TransferEnd(new Lsn(0x3000000), 1));
        assertThat(receiver.lines)
                .containsExactly(
                        "started 0/2000028",
                        "directory pg_tblspc/16385/PG_16_1",
                        "file pg_tblspc/16385/PG_16_1/7 5: seven",
                        "file backup_label 1: L",
                        "directory pg_wal/archive_status",
                        "manifest {}");
    }

    @Test
    void refusesABackupWithoutAnAnnouncedArchive() {
        assertRefused("the server ended the backup without the archives of [16385]", server -> {
            server.started(START);
            send(server, 0, new TarBytes().ended());
        });
    }

    @Test
    void refusesAnArchiveThatNobodyAnnounced() {
        assertRefused("archive '99.tar' was not announced", server -> {
            server.started(START);
            server.archive(99);
        });
    }

    @Test
    void refusesAnArchiveWithinAnother() {
        assertRefused("archive 'base.tar' has no end", server -> {
            server.started(START);
            server.archive(0);
            server.archive(16385);
        });
    }

    @Test
    void refusesAnArchiveThatIsStillOpenAtTheEnd() {
        assertRefused("the server ended the backup without the archives of [16385]", server -> {
            server.started(START);
            send(server, 0, new TarBytes().ended());
            server.archive(16385);
        });
    }

    @Test
    void refusesBytesOutsideAnArchive() {
        assertRefused("the server sent bytes that belong to no archive", server -> server.data(new byte[1], 0, 1));
    }

    @Test
    void refusesLinksOutsideTheTablespaces() {
        assertRefused("archive 'base.tar' holds the symbolic link 'pg_wal'", server -> {
            server.started(START);
            send(server, 0, new TarBytes().link("pg_wal").ended());
        });
        assertRefused("archive '16385.tar' holds the symbolic link 'pg_tblspc/1'", server -> {
            server.started(START);
            send(server, 16385, new TarBytes().link("pg_tblspc/1").ended());
        });
    }

    @Test
    void refusesPathsThatLeaveTheBackup() {
        assertRefused("archive 'base.tar' holds '../x', which is not a path within it", server -> {
            server.started(START);
            send(server, 0, new TarBytes().file("../x", "x").ended());
        });
    }

    @Test
    void givesUpTheOpenFileWhenTheStreamBreaks() {
        assertThatThrownBy(() -> transfer(server -> {
                    server.started(START);
                    server.archive(0);
                    byte[] bytes = new TarBytes().file("a", "12345").bytes();
                    server.data(bytes, 0, 514);
                    throw new TransportException("connection lost", true, null);
                }))
                .isInstanceOf(TransportException.class)
                .hasMessage("connection lost");
        assertThat(receiver.lines).contains("file a 5: 12");
    }

    @Test
    void saysWhatTheReceiverCouldNotDo() {
        receiver.full = true;

        assertRefused("unable to deliver the files of the backup: no room", server -> {
            server.started(START);
            send(server, 0, new TarBytes().file("a", "x").ended());
        });
    }

    @Test
    void isFoundAsStreaming() {
        assertThat(new StreamingTransport().id()).isEqualTo("streaming");
    }

    private TransferEnd transfer(Script script) throws TransportException, InterruptedException {
        return new StreamingTransport().transfer(new ScriptedRequest(script), receiver);
    }

    private void assertRefused(String message, Script script) {
        assertThatThrownBy(() -> transfer(script))
                .isInstanceOf(TransportException.class)
                .hasMessage(message);
    }

    private static void send(BaseBackupListener server, long oid, byte[] archive) throws IOException {
        server.archive(oid);
        server.data(archive, 0, archive.length);
        server.archiveEnd();
    }

    /** What the server sends. */
    private interface Script {
        void play(BaseBackupListener listener) throws IOException;
    }

    private record ScriptedRequest(Script script) implements TransferRequest {

        @Override
        public BaseBackupOptions options() {
            return new BaseBackupOptions("test", true, 0);
        }

        @Override
        public int jobs() {
            return 1;
        }

        @Override
        public CopyHost host() {
            throw new UnsupportedOperationException("the server sends the files itself");
        }

        @Override
        public OpenBackup openBackup() {
            throw new UnsupportedOperationException("the server sends the files itself");
        }

        @Override
        public BaseBackupEnd baseBackup(BaseBackupListener listener) throws TransportException {
            try {
                script.play(listener);
            } catch (TransportException e) {
                throw e;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return new BaseBackupEnd(new Lsn(0x3000000), 1);
        }
    }

    private static final class Receiver implements TransferReceiver {

        private final List<String> lines = new ArrayList<>();
        private boolean full;

        @Override
        public void started(BaseBackupStart start) {
            lines.add("started " + start.startLsn());
        }

        @Override
        public void directory(BackupPath path, int mode, Instant modified) {
            lines.add("directory " + path);
        }

        @Override
        public TransferFile file(BackupPath path, long sizeBytes, int mode, Instant modified) throws IOException {
            if (full) {
                throw new TransportException("unable to deliver the files of the backup: no room", false, null);
            }
            var content = new StringBuilder();
            return new TransferFile() {
                @Override
                public void write(byte[] buffer, int offset, int length) {
                    content.append(new String(buffer, offset, length, UTF_8));
                }

                @Override
                public void close() {
                    lines.add("file %s %d: %s".formatted(path, sizeBytes, content));
                }
            };
        }

        @Override
        public boolean reuse(BackupPath path, long sizeBytes, int mode, Instant modified) {
            return false;
        }

        @Override
        public Path localDirectory(long tablespaceOid, long sizeBytes) throws IOException {
            throw new TransportException("no directory", false, null);
        }

        @Override
        public boolean adopt(BackupPath path) {
            return false;
        }

        @Override
        public void serverManifest(byte[] json) {
            lines.add("manifest " + new String(json, UTF_8));
        }
    }
}
