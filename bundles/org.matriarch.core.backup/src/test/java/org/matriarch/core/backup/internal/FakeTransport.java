package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;

/** Delivers a few files, as a test tells it to. */
final class FakeTransport implements BackupTransport {

    /** Happens instead of the usual delivery. */
    interface Delivery {
        void deliver(TransferReceiver receiver) throws IOException, InterruptedException;
    }

    final Map<String, String> files = new LinkedHashMap<>(Map.of("PG_VERSION", "16", "backup_label", "LABEL"));
    byte[] manifest = Manifests.of(Manifests.file("PG_VERSION", "16"), Manifests.file("backup_label", "LABEL"));
    Delivery delivery = this::deliverAll;
    int transfers;
    int jobs;
    int endTimeline = 1;

    @Override
    public String id() {
        return "streaming";
    }

    @Override
    public TransferEnd transfer(TransferRequest request, TransferReceiver receiver)
            throws TransportException, InterruptedException {
        transfers++;
        jobs = request.jobs();
        BaseBackupEnd end = request.baseBackup(new Unused(receiver));
        try {
            delivery.deliver(receiver);
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw new TransportException(String.valueOf(e.getMessage()), true, e);
        }
        return new TransferEnd(end.endLsn(), endTimeline);
    }

    void deliverAll(TransferReceiver receiver) throws IOException {
        receiver.started(start());
        deliverRest(receiver);
    }

    /** Delivers all but the start. */
    void deliverRest(TransferReceiver receiver) throws IOException {
        receiver.directory(BackupPath.ofData("base"), 0700, Instant.EPOCH);
        for (Map.Entry<String, String> file : files.entrySet()) {
            byte[] content = file.getValue().getBytes(UTF_8);
            try (TransferFile out =
                    receiver.file(BackupPath.ofData(file.getKey()), content.length, 0600, Instant.EPOCH)) {
                out.write(content, 0, content.length);
            }
        }
        if (manifest.length > 0) {
            receiver.serverManifest(manifest);
        }
    }

    static BaseBackupStart start() {
        return new BaseBackupStart(
                new Lsn(0x2000028),
                1,
                List.of(new TablespaceArea(16385, "/fast"), new TablespaceArea(16390, "/new")),
                4096);
    }

    /** Passes on what a server sends, of which the scripted one sends nothing but what a test wants. */
    private record Unused(TransferReceiver receiver) implements BaseBackupListener {

        @Override
        public void started(BaseBackupStart start) throws IOException {
            receiver.started(start);
        }

        @Override
        public void archive(long tablespaceOid) throws IOException {
            throw new IOException("archive");
        }

        @Override
        public void data(byte[] buffer, int offset, int length) throws IOException {
            throw new TransportException("data", false, null);
        }

        @Override
        public void archiveEnd() {
            // Nothing was open.
        }

        @Override
        public void manifest(byte[] json) throws IOException {
            receiver.serverManifest(json);
        }
    }
}
