package org.matriarch.core.backup.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.BaseBackupStart.TablespaceArea;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/** Writes what a transport delivers into the repository, and remembers enough to prove that it is whole. Thread-safe. */
final class Reception implements TransferReceiver {

    private static final BackupPath LABEL = BackupPath.ofData("backup_label");
    private static final BackupPath MANIFEST = BackupPath.ofData(ArrivedFiles.MANIFEST);
    private static final int PRIVATE_MODE = 0600;

    private final BackupWriter writer;
    private final Optional<Reuse> reuse;
    private final Optional<Resume> resume;
    private final Consumer<BaseBackupStart> check;
    private final ServerFacts facts;
    private final JobContext context;
    private final Clock clock;
    private final ArrivedFiles arrived = new ArrivedFiles();
    private volatile @Nullable BaseBackupStart start;
    private volatile @Nullable String backupLabel;
    private volatile byte @Nullable [] manifest;

    /** Has {@code check} refuse a start that comes to nothing. */
    Reception(
            BackupWriter writer,
            Optional<Reuse> reuse,
            Optional<Resume> resume,
            Consumer<BaseBackupStart> check,
            ServerFacts facts,
            JobContext context,
            Clock clock) {
        this.writer = writer;
        this.reuse = reuse;
        this.resume = resume;
        this.check = check;
        this.facts = facts;
        this.context = context;
        this.clock = clock;
    }

    @Override
    public void started(BaseBackupStart newStart) {
        start = newStart;
        context.totalBytes(newStart.estimatedBytes());
        context.step("copying files");
        writer.begin(
                new BackupSource(
                        facts.systemId(),
                        facts.version(),
                        newStart.timeline(),
                        facts.segmentSizeBytes(),
                        facts.settings().getOrDefault("data_directory", ""),
                        tablespaces(newStart)),
                newStart.startLsn());
        check.accept(newStart);
    }

    @Override
    public void directory(BackupPath path, int mode, Instant modified) {
        writer.directory(path, mode, modified);
    }

    @Override
    public TransferFile file(BackupPath path, long sizeBytes, int mode, Instant modified) {
        return new ArrivingFile(path, sizeBytes, writer.file(path, sizeBytes, mode, modified));
    }

    @Override
    public boolean reuse(BackupPath path, long sizeBytes, int mode, Instant modified) {
        // The whole backup first: what it has is known to be right and need not be read.
        boolean taken = (reuse.isPresent() && reuse.get().take(writer, path, sizeBytes, mode, modified))
                || resumed(path, sizeBytes, mode, modified);
        if (taken) {
            context.advance(sizeBytes);
        }
        return taken;
    }

    private boolean resumed(BackupPath path, long sizeBytes, int mode, Instant modified) {
        boolean taken = resume.isPresent() && resume.get().take(writer, path, sizeBytes, mode, modified);
        if (taken) {
            resume.get().summary().ifPresent(summary -> context.step("copying files; " + summary));
        }
        return taken;
    }

    @Override
    public Path localDirectory(long tablespaceOid, long sizeBytes) throws TransportException {
        Optional<Path> directory = writer.localDirectory(tablespaceOid, sizeBytes);
        if (directory.isEmpty()) {
            var failure = new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to back up server '%s': its repository lies in a store without directories, which '%s' needs"
                            .formatted(writer.backup().server(), writer.backup().transport()),
                    "set 'backup_method' to ssh or streaming, or 'repository' to a file store, in"
                            + " etc/org.matriarch.server-%s.cfg."
                                    .formatted(writer.backup().server()));
            throw new TransportException(failure.summary(), false, failure);
        }
        return directory.get();
    }

    @Override
    public boolean adopt(BackupPath path) {
        Optional<BackupEntry> file = writer.adopt(path);
        file.ifPresent(adopted -> context.advance(adopted.sizeBytes()));
        return file.isPresent();
    }

    @Override
    public void serverManifest(byte[] json) throws IOException {
        manifest = json;
        try (FileWriter file = writer.file(MANIFEST, json.length, PRIVATE_MODE, clock.instant())) {
            file.write(json, 0, json.length);
            file.complete();
        }
    }

    /** Returns what the server said at the start. */
    BaseBackupStart requireStart() throws TransportException {
        return required(start, "the server did not say where the backup begins");
    }

    /** Returns the content of {@code backup_label}, without which the copy could not be recovered. */
    String requireBackupLabel() throws TransportException {
        return required(backupLabel, "no backup_label came");
    }

    /** Returns what differs from the server's manifest; nothing if the transport brought none. */
    List<String> differences() throws IOException {
        byte[] json = manifest;
        return json == null ? List.of() : arrived.compareWith(json);
    }

    private List<Tablespace> tablespaces(BaseBackupStart started) {
        Map<Long, Tablespace> known =
                facts.tablespaces().stream().collect(Collectors.toMap(Tablespace::oid, Function.identity()));
        var tablespaces = new ArrayList<Tablespace>();
        for (TablespaceArea area : started.tablespaces()) {
            // One that was made after the facts were read has no name here yet.
            String name = Optional.ofNullable(known.get(area.oid()))
                    .map(Tablespace::name)
                    .orElse(Long.toString(area.oid()));
            tablespaces.add(new Tablespace(name, area.oid(), area.location()));
        }
        return tablespaces;
    }

    private static <T> T required(@Nullable T value, String otherwise) throws TransportException {
        if (value == null) {
            throw new TransportException(otherwise, true, null);
        }
        return value;
    }

    /** Computes the CRC-32C of a file as it passes; the repository computes its own checksum for later. */
    private final class ArrivingFile implements TransferFile {

        private final BackupPath path;
        private final long sizeBytes;
        private final FileWriter file;
        private final CRC32C crc = new CRC32C();
        private final @Nullable ByteArrayOutputStream label;
        private long written;

        ArrivingFile(BackupPath path, long sizeBytes, FileWriter file) {
            this.path = path;
            this.sizeBytes = sizeBytes;
            this.file = file;
            label = path.equals(LABEL) ? new ByteArrayOutputStream() : null;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            file.write(buffer, offset, length);
            crc.update(buffer, offset, length);
            written += length;
            context.advance(length);
            if (label != null) {
                label.write(buffer, offset, length);
            }
        }

        @Override
        public void close() throws IOException {
            try (file) {
                if (written == sizeBytes) {
                    file.complete();
                    arrived.add(path.manifestPath(), sizeBytes, (int) crc.getValue());
                    if (label != null) {
                        backupLabel = label.toString(StandardCharsets.UTF_8);
                    }
                }
            }
        }
    }
}
