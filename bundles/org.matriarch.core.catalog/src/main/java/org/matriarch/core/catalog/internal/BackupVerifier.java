package org.matriarch.core.catalog.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
import org.matriarch.api.repository.BackupReader;

/** Reads a backup back against its manifest, several files at once. */
final class BackupVerifier {

    private static final int THREADS =
            Math.min(4, Math.max(2, Runtime.getRuntime().availableProcessors()));
    private static final int BUFFER_BYTES = 256 << 10;

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
        List<BackupEntry> entries = reader.entries();
        List<BackupEntry> files =
                entries.stream().filter(entry -> !entry.directory()).toList();
        context.totalBytes(
                fast ? 0 : files.stream().mapToLong(BackupEntry::sizeBytes).sum());
        context.step(fast ? "comparing sizes" : "reading files back");
        var problems = Collections.synchronizedList(new ArrayList<String>());
        checkAll(files, problems);
        problems.addAll(new LocalLeftovers(reader, entries).find());
        Collections.sort(problems);
        return new BackupVerification(files.size(), bytesRead.get(), List.copyOf(problems));
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
        MessageDigest digest = sha256();
        long size = 0;
        try (InputStream in = reader.open(entry.path())) {
            if (fast) {
                return Optional.empty();
            }
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                size += count;
                bytesRead.addAndGet(count);
                context.advance(count);
            }
        }
        if (size != entry.sizeBytes()) {
            return Optional.of(
                    "'%s' has %d bytes, the manifest says %d".formatted(entry.path(), size, entry.sizeBytes()));
        }
        String sum = HexFormat.of().formatHex(digest.digest());
        return entry.sha256()
                .filter(expected -> !expected.equals(sum))
                .map(expected ->
                        "'%s' was altered: SHA-256 %s, the manifest says %s".formatted(entry.path(), sum, expected));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
