package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one plan, in such an order that nothing starts from what it leaves, whenever it ends: see {@link ControlFile}.
 */
final class RestoreRun {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreRun.class);
    private static final int OWNER_FILE = 0600;
    private static final Duration LONGEST_CLEANING = Duration.ofSeconds(30);

    private final RestorePlan plan;
    private final BackupReader reader;
    private final WalFiles walFiles;
    private final HostFiles files;
    private final JobContext context;
    private final Retries retries;
    private final List<BackupEntry> entries;
    private final Layout layout;
    private final Directories directories;
    private final ControlFile control;
    private final Map<String, byte[]> client = new TreeMap<>();

    RestoreRun(
            RestorePlan plan,
            BackupReader reader,
            WalFiles walFiles,
            HostFiles files,
            JobContext context,
            Retries retries) {
        this.plan = plan;
        this.reader = reader;
        this.walFiles = walFiles;
        this.files = files;
        this.context = context;
        this.retries = retries;
        entries = reader.entries();
        layout = new Layout(plan, entries);
        directories = new Directories(files, retries);
        control = new ControlFile(files, layout.data());
    }

    /** Gives the restored server what it fetches its WAL with, by file name. */
    void bring(Map<String, byte[]> fetchClient) {
        client.putAll(fetchClient);
    }

    /**
     * Restores everything. If it fails or is interrupted, what it has written is removed; unless there was something before:
     * then it stays as it is, marked, and can be gone on with.
     *
     * @return how many bytes were there already
     */
    long run(int threads) throws IOException, InterruptedException {
        context.totalBytes(
                plan.sizeBytes() + plan.wal().size() * plan.backup().source().segmentSizeBytes());
        boolean done = false;
        try (var workers = new Workers(plan.backup().server(), threads)) {
            BackupEntry controlEntry = layout.control(entries);
            var throttle = new Throttle(plan.request().bandwidthLimitKib().orElse(0));
            var copier = new FileCopier(reader, files, throttle, context::advance);
            begin();
            Set<Path> kept = plan.request().isDelta() ? keepWhatIsEqual(workers) : Set.of();
            makeDirectories();
            copyFiles(copier, workers, kept);
            copyWal(copier, workers);
            context.step("writing the recovery settings");
            writeRecoveryFiles();
            syncDirectories(workers);
            context.checkCancelled();
            retries.copy(files, control.temporary(), () -> copier.copy(controlEntry, control.temporary()));
            retries.again("putting the control file in place", control::putInPlace);
            done = true;
            return layout.files().entrySet().stream()
                    .filter(file -> kept.contains(file.getKey()))
                    .mapToLong(file -> file.getValue().sizeBytes())
                    .sum();
        } finally {
            if (!done && !plan.request().isDelta()) {
                giveUp(threads);
            }
        }
    }

    private void begin() throws IOException, InterruptedException {
        context.step("creating directories");
        if (plan.request().isDelta()) {
            retries.again("keeping PostgreSQL from starting", control::putAside);
            requireStopped();
        }
        directories.make(layout.data(), Directories.OWNER_ONLY);
        retries.again("marking the restore as incomplete", control::writeMark);
    }

    /** Again, now that PostgreSQL cannot start any more: it may have, since we looked. */
    private void requireStopped() throws IOException, InterruptedException {
        var places = new Places(files, plan.request(), plan.backup(), plan.tablespaces());
        boolean stopped = false;
        try {
            retries.again("looking for PostgreSQL", () -> places.olderCopy().requireStopped());
            stopped = true;
        } finally {
            if (!stopped) {
                control.putBack();
            }
        }
    }

    private Set<Path> keepWhatIsEqual(Workers workers) throws IOException, InterruptedException {
        return new DeltaComparison(files, layout, plan.backup(), retries, context)
                .keepWhatIsEqual(control, workers, plan.tablespaces());
    }

    private void makeDirectories() throws IOException, InterruptedException {
        context.step("creating directories");
        Path links = layout.data().resolve("pg_tblspc");
        directories.make(links, Directories.OWNER_ONLY);
        retries.again("linking tablespaces", () -> link(links));
        for (Map.Entry<Path, Integer> directory : layout.directories().entrySet()) {
            directories.make(directory.getKey(), directory.getValue());
        }
    }

    /**
     * Makes the links of tablespaces, durably before anything is in them: only the link proves to a delta restore whose the
     * files there are. So one that is right already is never taken away.
     */
    private void link(Path directory) throws IOException {
        var missing = new TreeMap<>(layout.links());
        for (HostFile there : files.list(directory)) {
            if (there.kind() == HostFile.Kind.LINK
                    && files.readLink(there.path()).equals(missing.get(there.path()))) {
                missing.remove(there.path());
            }
        }
        for (Map.Entry<Path, Path> link : missing.entrySet()) {
            files.delete(link.getKey());
            files.link(link.getKey(), link.getValue());
        }
        files.sync(directory);
    }

    private void copyFiles(FileCopier copier, Workers workers, Set<Path> kept)
            throws IOException, InterruptedException {
        context.step("copying files");
        if (reader.isArchived()) {
            new ArchiveExtraction(reader, layout, files, retries, context)
                    .copyFiles(copier, kept, plan.request().isDelta());
            return;
        }
        var tasks = new ArrayList<Workers.Task>();
        layout.files().forEach((target, entry) -> {
            if (!kept.contains(target)) {
                tasks.add(() -> copy(copier, entry, target));
            }
        });
        workers.runAll(tasks);
    }

    private void copy(FileCopier copier, BackupEntry entry, Path target) throws IOException, InterruptedException {
        context.checkCancelled();
        if (plan.request().isDelta()) {
            // Not written into: its bytes may be those of another file, too. And nothing starts before all is done, so
            // that
            // one which is cut short does no more harm than one that is missing.
            retries.again("replacing '%s'".formatted(target), () -> files.delete(target));
        }
        retries.copy(files, target, () -> copier.copy(entry, target));
    }

    private void copyWal(FileCopier copier, Workers workers) throws IOException, InterruptedException {
        if (plan.wal().isEmpty()) {
            return;
        }
        context.step("copying WAL");
        Path directory = layout.data().resolve(RecoverySettings.WAL_DIRECTORY);
        directories.make(directory, Directories.OWNER_ONLY);
        var tasks = new ArrayList<Workers.Task>();
        for (WalFileName name : plan.wal()) {
            tasks.add(() -> copyWal(copier, name, directory));
        }
        workers.runAll(tasks);
    }

    private void copyWal(FileCopier copier, WalFileName name, Path directory) throws IOException, InterruptedException {
        context.checkCancelled();
        boolean isHistory = name.kind() == WalFileName.Kind.HISTORY;
        Path target = directory.resolve((isHistory ? name : name.segment()).value());
        long copied = retries.copy(files, target, () -> {
            try (InputStream in = openWal(name)) {
                return copier.copy(in, target, OWNER_FILE);
            }
        });
        long expected = plan.backup().source().segmentSizeBytes();
        if (!isHistory && copied != expected) {
            throw new MatriarchException(
                    ErrorCode.OBJECT_CORRUPT,
                    "unable to restore WAL '%s': expected %d bytes, found %d".formatted(name, expected, copied),
                    "look at the file in the archive; a target before it can be reached with '--target-lsn'.");
        }
    }

    /** Opens a file of the plan; a segment that was partial when it was planned may be whole by now. */
    private InputStream openWal(WalFileName name) {
        String server = plan.backup().server();
        if (name.kind() != WalFileName.Kind.PARTIAL) {
            return walFiles.open(server, name, false);
        }
        try {
            return walFiles.open(server, name.segment(), true);
        } catch (MatriarchException e) {
            if (e.code() != ErrorCode.WAL_MISSING) {
                throw e;
            }
            return walFiles.open(server, name, true); // the end of a timeline that was left
        }
    }

    private void writeRecoveryFiles() throws IOException, InterruptedException {
        var recovery = new RecoveryFiles(plan, reader, files, layout);
        if (!client.isEmpty()) {
            Path directory = layout.data().resolve(FetchClient.DIRECTORY);
            directories.make(directory, Directories.OWNER_ONLY);
            retries.again("writing what WAL is fetched with", () -> recovery.writeClient(directory, client));
        }
        retries.again("writing the recovery settings", recovery::writeSettings);
    }

    private void syncDirectories(Workers workers) throws IOException, InterruptedException {
        context.step("syncing directories");
        var tasks = new ArrayList<Workers.Task>();
        for (Path directory : directories.changed()) {
            tasks.add(() -> retries.again("syncing '%s'".formatted(directory), () -> files.sync(directory)));
        }
        workers.runAll(tasks);
    }

    /** Empties what was empty before. A host that cannot be reached any more keeps what is marked as incomplete. */
    private void giveUp(int connections) {
        boolean interrupted = Thread.interrupted();
        context.step("removing what was restored");
        long begun = System.nanoTime();
        // Threads that were stopped may have broken their connections, which shows only when one is used again.
        for (int broken = 0; ; broken++) {
            try {
                empty();
                break;
            } catch (IOException | RuntimeException e) {
                if (broken == connections || System.nanoTime() - begun > LONGEST_CLEANING.toNanos()) {
                    LOG.warn(
                            "unable to remove what was restored to '{}'; nothing starts from it: {}",
                            files.describe(layout.data()),
                            e.toString());
                    break;
                }
                LOG.debug("removing what was restored begins again", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void empty() throws IOException {
        control.remove();
        for (Path tablespace : layout.tablespaces()) {
            Tree.clear(files, tablespace, tablespace);
        }
        Tree.clear(files, layout.data(), control.mark());
        files.delete(control.mark());
    }
}
