package org.matriarch.core.catalog.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.FileChecksum;

/** Reads a backup back against its manifest, several files at once. */
final class BackupVerifier {

    private static final int THREADS =
            Math.min(4, Math.max(2, Runtime.getRuntime().availableProcessors()));
    private static final int BUFFER_BYTES = 256 << 10;

    /** Its own checksum is looked at when it is read. */
    private static final BackupPath SERVER_MANIFEST = BackupPath.ofData("backup_manifest");

    private final BackupReader reader;
    private final boolean fast;
    private final JobContext context;
    private final AtomicLong bytesRead = new AtomicLong();

    /**
     * Verifies what {@code reader} reads.
     *
     * @param fast whether presence and size are enough
     */
    BackupVerifier(BackupReader reader, boolean fast, JobContext context) {
        this.reader = reader;
        this.fast = fast;
        this.context = context;
    }

    /** Checks every file; a bad one is a line of the result, not an exception. */
    BackupVerification verify() throws InterruptedException {
        var problems = Collections.synchronizedList(new ArrayList<String>());
        List<BackupEntry> entries = List.of();
        try {
            context.step(reader.isArchived() ? "looking through the archives" : "looking for files");
            entries = reader.entries();
            List<BackupEntry> files = files(entries);
            context.totalBytes(
                    fast ? 0 : files.stream().mapToLong(BackupEntry::sizeBytes).sum());
            context.step(fast ? "comparing sizes" : "reading files back");
            if (reader.isArchived()) {
                checkInOrder(files, problems);
            } else {
                checkAll(files, problems);
                problems.addAll(new LocalLeftovers(reader, entries).find());
            }
        } catch (MatriarchException e) {
            if (!reader.isArchived() || e.code() != ErrorCode.BACKUP_CORRUPT) {
                throw e;
            }
            problems.add(e.summary()); // an archive that ends early says nothing of what it would have held
        }
        Collections.sort(problems);
        List<BackupEntry> files = files(entries);
        return new BackupVerification(files.size(), bytesRead.get(), List.copyOf(problems), unchecked(files));
    }

    private static List<BackupEntry> files(List<BackupEntry> entries) {
        return entries.stream().filter(entry -> !entry.directory()).toList();
    }

    private List<String> unchecked(List<BackupEntry> files) {
        long without = files.stream()
                .filter(entry -> !entry.hasChecksum())
                .filter(entry -> !entry.path().equals(SERVER_MANIFEST))
                .count();
        if (fast || without == 0) {
            return List.of();
        }
        return without == files.size()
                ? List.of(
                        "the content of its files, since there is no manifest of them: that they can be read is all that is"
                                + " known")
                : List.of("the content of %d file%s that no manifest lists, of which only that %s be read is known"
                        .formatted(without, without == 1 ? "" : "s", without == 1 ? "it can" : "they can"));
    }

    /** Reads archives from their beginning to their end. */
    private void checkInOrder(List<BackupEntry> files, List<String> problems) throws InterruptedException {
        Set<BackupPath> lost = new HashSet<>();
        files.forEach(entry -> lost.add(entry.path()));
        byte[] buffer = new byte[fast ? 0 : BUFFER_BYTES];
        try {
            reader.readAll((entry, content) -> {
                context.checkCancelled();
                lost.remove(entry.path());
                if (!fast) {
                    compare(entry, content, buffer).ifPresent(problems::add);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing here throws one
        }
        lost.forEach(path -> problems.add("'%s' is missing".formatted(path)));
    }

    private void checkAll(List<BackupEntry> files, List<String> problems) throws InterruptedException {
        var next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(
                THREADS,
                task -> new Thread(task, "matriarch-verify-" + reader.backup().server()));
        try {
            var workers = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                workers.add(threads.submit(() -> checkNext(files, next, problems)));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            context.checkCancelled(); // a file that was passed over is no sound one
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static RuntimeException unwrapped(ExecutionException failure) {
        return failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure);
    }

    private void checkNext(List<BackupEntry> files, AtomicInteger next, List<String> problems) {
        byte[] buffer = new byte[fast ? 0 : BUFFER_BYTES];
        for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            check(files.get(i), buffer).ifPresent(problems::add);
        }
    }

    private Optional<String> check(BackupEntry entry, byte[] buffer) {
        Optional<Path> local = reader.localFile(entry.path());
        try {
            if (local.isPresent() && !Files.isRegularFile(local.get())) {
                return Optional.of("'%s' is missing".formatted(entry.path()));
            }
            if (local.isPresent() && Files.size(local.get()) != entry.sizeBytes()) {
                return Optional.of("'%s' has %d bytes, the manifest says %d"
                        .formatted(entry.path(), Files.size(local.get()), entry.sizeBytes()));
            }
            return fast && local.isPresent() ? Optional.empty() : read(entry, buffer);
        } catch (IOException | UncheckedIOException e) {
            return Optional.of("'%s' cannot be read: %s".formatted(entry.path(), e.getMessage()));
        } catch (MatriarchException e) {
            if (e.code() == ErrorCode.BACKUP_CORRUPT || e.code() == ErrorCode.OBJECT_MISSING) {
                return Optional.of("'%s' is missing".formatted(entry.path()));
            }
            throw e;
        }
    }

    private Optional<String> read(BackupEntry entry, byte[] buffer) throws IOException {
        try (InputStream in = reader.open(entry.path())) {
            return fast ? Optional.empty() : compare(entry, in, buffer);
        }
    }

    private Optional<String> compare(BackupEntry entry, InputStream in, byte[] buffer) throws IOException {
        MessageDigest digest = sha256();
        Optional<FileChecksum.Running> ofServer = entry.serverChecksum().map(FileChecksum::begin);
        long size = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            if (ofServer.isPresent()) {
                ofServer.get().update(ByteBuffer.wrap(buffer, 0, count));
            }
            size += count;
            bytesRead.addAndGet(count);
            context.advance(count);
        }
        if (size != entry.sizeBytes()) {
            return Optional.of(
                    "'%s' has %d bytes, the manifest says %d".formatted(entry.path(), size, entry.sizeBytes()));
        }
        Optional<String> altered = altered(entry, "SHA-256", HexFormat.of().formatHex(digest.digest()), entry.sha256());
        return altered.isPresent() || ofServer.isEmpty()
                ? altered
                : altered(
                        entry,
                        entry.serverChecksum()
                                .map(sum -> sum.algorithm().name())
                                .orElse(""),
                        ofServer.get().end(),
                        entry.serverChecksum().map(FileChecksum::hexadecimal));
    }

    private static Optional<String> altered(
            BackupEntry entry, String algorithm, String found, Optional<String> expected) {
        return expected.filter(sum -> !sum.equals(found))
                .map(sum ->
                        "'%s' was altered: %s %s, the manifest says %s".formatted(entry.path(), algorithm, found, sum));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
