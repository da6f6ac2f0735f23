package org.matriarch.testkit.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.TransferFile;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/** Keeps in memory what a transport delivers, and notes what it does against the rules. Thread-safe. */
public final class RecordingReceiver implements TransferReceiver {

    private static final int PERMISSIONS = 0777;

    private final Optional<Path> local;
    private final Map<BackupPath, byte[]> files = new TreeMap<>();
    private final Map<BackupPath, Integer> modes = new TreeMap<>();
    private final List<BackupPath> directories = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private Optional<BaseBackupStart> start = Optional.empty();
    private Optional<byte[]> manifest = Optional.empty();
    private long failingAfterBytes = Long.MAX_VALUE;

    /** Keeps no directory: whoever wants to put files there is refused. */
    public RecordingReceiver() {
        this.local = Optional.empty();
    }

    /** Has a directory for those who put files there themselves; what is adopted is then kept in memory, too. */
    public RecordingReceiver(Path local) {
        this.local = Optional.of(local);
    }

    /** Lets it refuse bytes once so many have come, as a full store does. */
    public synchronized void failAfterBytes(long bytes) {
        failingAfterBytes = bytes;
    }

    @Override
    public synchronized void started(BaseBackupStart begun) {
        if (start.isPresent()) {
            faults.add("started twice");
        }
        start = Optional.of(begun);
    }

    @Override
    public synchronized void directory(BackupPath path, int mode, Instant modified) {
        requireStarted("directory " + path);
        directories.add(path);
        modes.put(path, mode);
    }

    @Override
    public synchronized TransferFile file(BackupPath path, long sizeBytes, int mode, Instant modified) {
        requireStarted("file " + path);
        modes.put(path, mode);
        return new Kept(path, sizeBytes);
    }

    @Override
    public synchronized boolean reuse(BackupPath path, long sizeBytes, int mode, Instant modified) {
        return false;
    }

    @Override
    public Path localDirectory(long tablespaceOid, long sizeBytes) throws IOException {
        Path top = local.orElseThrow(() -> new TransportException("there is no local directory", false, null));
        return Files.createDirectories(top.resolve(Long.toUnsignedString(tablespaceOid)));
    }

    @Override
    public boolean adopt(BackupPath path) throws IOException {
        Path file = localDirectory(path.tablespaceOid(), 0).resolve(path.path());
        if (!Files.exists(file)) {
            return false;
        }
        Instant modified = Files.getLastModifiedTime(file).toInstant();
        int mode = (Integer) Files.getAttribute(file, "unix:mode") & PERMISSIONS;
        byte[] content = Files.readAllBytes(file);
        try (TransferFile kept = file(path, content.length, mode, modified)) {
            kept.write(content, 0, content.length);
        }
        return true;
    }

    @Override
    public synchronized void serverManifest(byte[] json) {
        requireStarted("manifest");
        manifest = Optional.of(json.clone());
    }

    /** Returns what came first. */
    public synchronized Optional<BaseBackupStart> start() {
        return start;
    }

    /** Returns the complete files. */
    public synchronized Map<BackupPath, byte[]> files() {
        return new TreeMap<>(files);
    }

    /** Returns the directories as they came. */
    public synchronized List<BackupPath> directories() {
        return List.copyOf(directories);
    }

    /** Returns the permissions of a file or directory; empty if it did not come. */
    public synchronized Optional<Integer> permissions(BackupPath path) {
        return Optional.ofNullable(modes.get(path)).map(mode -> mode & 0777);
    }

    /** Returns the server's manifest. */
    public synchronized Optional<byte[]> manifest() {
        return manifest.map(byte[]::clone);
    }

    /** Returns what was against the rules. */
    public synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    private void requireStarted(String what) {
        if (start.isEmpty()) {
            faults.add(what + " before the start");
        }
    }

    private synchronized void end(BackupPath path, long sizeBytes, byte[] content) {
        if (content.length != sizeBytes) {
            faults.add("%s has %d bytes, not %d".formatted(path, content.length, sizeBytes));
        } else if (files.put(path, content) != null) {
            faults.add(path + " came twice");
        }
    }

    private synchronized void take(int length) throws IOException {
        failingAfterBytes -= length;
        if (failingAfterBytes < 0) {
            throw new IOException("the receiver refuses, as the test asked");
        }
    }

    /** One file. */
    private final class Kept implements TransferFile {

        private final BackupPath path;
        private final long sizeBytes;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean closed;

        Kept(BackupPath path, long sizeBytes) {
            this.path = path;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            take(length);
            bytes.write(buffer, offset, length);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                end(path, sizeBytes, bytes.toByteArray());
            }
        }
    }
}
