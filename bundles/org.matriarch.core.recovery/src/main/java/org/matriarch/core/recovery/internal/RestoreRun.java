package org.matriarch.core.recovery.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.wal.WalFiles;

/**
 * Carries out one plan.
 *
 * <p>PostgreSQL starts from a directory only if it finds {@code global/pg_control} there. That file is put in place last,
 * by a rename, after everything else is on disk: whatever ends the restore before, nothing starts from what it left.
 */
final class RestoreRun {

    private static final String CONTROL_FILE = "global/pg_control";
    private static final int OWNER_ONLY = 0700;
    private static final int OWNER_FILE = 0600;

    /** Files of the backup that are not restored: their meaning is given anew, by links, settings and signals. */
    private static final Set<String> LEFT_OUT = Set.of(
            "tablespace_map", "recovery.signal", "standby.signal", "postmaster.pid", "postmaster.opts", CONTROL_FILE);

    private final RestorePlan plan;
    private final BackupReader reader;
    private final WalFiles walFiles;
    private final JobContext context;
    private final Path data;
    private final OwnerOfDestination owner;
    private final Retries retries;
    private final Set<Path> directories = new TreeSet<>();
    private final Map<String, byte[]> client = new TreeMap<>();

    RestoreRun(RestorePlan plan, BackupReader reader, WalFiles walFiles, JobContext context, Retries retries)
            throws IOException {
        this.plan = plan;
        this.reader = reader;
        this.walFiles = walFiles;
        this.context = context;
        this.retries = retries;
        data = plan.request().destination();
        owner = OwnerOfDestination.of(data);
    }

    /** Gives the restored server what it fetches its WAL with, by file name. */
    void bring(Map<String, byte[]> fetchClient) {
        client.putAll(fetchClient);
    }

    /** Restores everything; removes what it has written if it fails or is interrupted. */
    void run(int threads) throws IOException, InterruptedException {
        context.totalBytes(
                plan.sizeBytes() + plan.wal().size() * plan.backup().source().segmentSizeBytes());
        boolean done = false;
        try (var workers = new Workers(plan.backup().server(), threads)) {
            var throttle = new Throttle(plan.request().bandwidthLimitKib().orElse(0));
            var copier = new FileCopier(reader, throttle, context::advance, workers.beside());
            makeDirectories();
            List<BackupEntry> entries = reader.entries();
            copyFiles(entries, copier, workers);
            copyWal(copier, workers);
            context.step("writing the recovery settings");
            linkTablespaces();
            writeClient();
            writeSettings();
            syncDirectories();
            context.checkCancelled();
            putControlFile(entries, copier);
            done = true;
        } finally {
            if (!done) {
                giveUp();
            }
        }
    }

    private void makeDirectories() throws IOException {
        context.step("creating directories");
        makeDirectory(data, OWNER_ONLY);
        DurableFiles.write(data.resolve(Destination.INCOMPLETE_MARK), new byte[0], OWNER_FILE);
        DurableFiles.syncDirectory(data);
        for (Path tablespace : plan.tablespaces().values()) {
            makeDirectory(tablespace, OWNER_ONLY);
        }
        for (BackupEntry entry : reader.entries()) {
            if (entry.directory()) {
                makeDirectory(placeOf(entry), entry.mode());
            }
        }
        // Directories that PostgreSQL needs and that a backup may leave out because they were empty or a link.
        makeDirectory(data.resolve("pg_tblspc"), OWNER_ONLY);
        makeDirectory(data.resolve("pg_wal"), OWNER_ONLY);
        makeDirectory(data.resolve("global"), OWNER_ONLY);
    }

    private void copyFiles(List<BackupEntry> entries, FileCopier copier, Workers workers)
            throws IOException, InterruptedException {
        context.step("copying files");
        var tasks = new ArrayList<Workers.Task>();
        for (BackupEntry entry : entries) {
            if (!entry.directory() && !isLeftOut(entry)) {
                Path target = placeOf(entry);
                makeDirectory(requireNonNull(target.getParent(), "a place lies in a directory"), OWNER_ONLY);
                tasks.add(() -> copy(copier, entry, target));
            }
        }
        workers.runAll(tasks);
    }

    private void copy(FileCopier copier, BackupEntry entry, Path target) throws IOException, InterruptedException {
        context.checkCancelled();
        copyEntry(copier, entry, target);
        owner.give(target);
    }

    private void copyEntry(FileCopier copier, BackupEntry entry, Path target) throws IOException, InterruptedException {
        retries.copy(target, () -> {
            copier.copy(entry, target);
            return entry.sizeBytes();
        });
    }

    private void copyWal(FileCopier copier, Workers workers) throws IOException, InterruptedException {
        if (plan.wal().isEmpty()) {
            return;
        }
        context.step("copying WAL");
        Path directory = data.resolve(RecoverySettings.WAL_DIRECTORY);
        makeDirectory(directory, OWNER_ONLY);
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
        long copied = retries.copy(target, () -> {
            try (InputStream in = openWal(name)) {
                return copier.copy(in, target);
            }
        });
        long expected = plan.backup().source().segmentSizeBytes();
        if (!isHistory && copied != expected) {
            throw new MatriarchException(
                    ErrorCode.OBJECT_CORRUPT,
                    "unable to restore WAL '%s': expected %d bytes, found %d".formatted(name, expected, copied),
                    "look at the file in the archive; a target before it can be reached with '--target-lsn'.");
        }
        DurableFiles.setMode(target, OWNER_FILE);
        owner.give(target);
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

    private void linkTablespaces() throws IOException {
        for (Map.Entry<Long, Path> tablespace : plan.tablespaces().entrySet()) {
            Path link = data.resolve("pg_tblspc").resolve(Long.toString(tablespace.getKey()));
            Files.deleteIfExists(link); // a backup may hold an empty directory in its place
            directories.remove(link);
            Files.createSymbolicLink(link, tablespace.getValue());
            owner.give(link);
        }
    }

    private void writeClient() throws IOException {
        if (client.isEmpty()) {
            return;
        }
        Path directory = data.resolve(FetchClient.DIRECTORY);
        makeDirectory(directory, OWNER_ONLY);
        for (Map.Entry<String, byte[]> file : client.entrySet()) {
            Path target = directory.resolve(file.getKey());
            DurableFiles.writeSecret(target, file.getValue());
            owner.give(target);
        }
    }

    private void writeSettings() throws IOException {
        disarm(data.resolve("postgresql.conf"));
        Path automatic = data.resolve("postgresql.auto.conf");
        String text = disarm(automatic);
        rewrite(automatic, ConfigurationFile.append(text, plan.settings()));
        if (plan.signalFile().isPresent()) {
            rewrite(data.resolve(plan.signalFile().get()), "");
        }
        Path manifest = data.resolve("backup_manifest");
        if (Files.exists(manifest)) {
            // It no longer describes this directory, whose settings were rewritten; kept for whoever wants to compare.
            Files.move(manifest, data.resolve("backup_manifest." + plan.backup().id()));
        }
    }

    /** Comments out what must not take effect, keeping the original beside; returns the new text. */
    private String disarm(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        String original = Files.readString(file, StandardCharsets.ISO_8859_1);
        String disarmed = ConfigurationFile.disarm(original);
        if (!disarmed.equals(original)) {
            rewrite(Path.of(file + ".origin"), original);
            rewrite(file, disarmed);
        }
        return disarmed;
    }

    private void rewrite(Path file, String text) throws IOException {
        // Byte by byte: PostgreSQL reads its files in whatever encoding they are.
        DurableFiles.write(file, text.getBytes(StandardCharsets.ISO_8859_1), OWNER_FILE);
        owner.give(file);
    }

    private void syncDirectories() throws IOException {
        context.step("syncing directories");
        for (Path directory : directories) {
            DurableFiles.syncDirectory(directory);
        }
        Path parent = data.getParent();
        if (parent != null) {
            DurableFiles.syncDirectory(parent);
        }
    }

    private void putControlFile(List<BackupEntry> entries, FileCopier copier) throws IOException, InterruptedException {
        BackupEntry control = entries.stream()
                .filter(entry ->
                        entry.path().tablespaceOid() == 0 && entry.path().path().equals(CONTROL_FILE))
                .findAny()
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.BACKUP_CORRUPT,
                        "backup '%s' holds no %s".formatted(plan.backup().id(), CONTROL_FILE),
                        "check the backup with 'backup:verify' and restore from another one."));
        Path target = data.resolve(CONTROL_FILE);
        Path temporary = data.resolve(CONTROL_FILE + ".matriarch");
        copyEntry(copier, control, temporary);
        owner.give(temporary);
        Files.delete(data.resolve(Destination.INCOMPLETE_MARK));
        DurableFiles.syncDirectory(data);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncDirectory(requireNonNull(target.getParent(), "the control file lies in a directory"));
    }

    private void giveUp() throws IOException {
        context.step("removing what was restored");
        DurableFiles.clear(data);
        for (Path tablespace : plan.tablespaces().values()) {
            DurableFiles.clear(tablespace);
        }
    }

    private void makeDirectory(Path directory, int mode) throws IOException {
        if (!directories.add(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            owner.give(directory);
        }
        DurableFiles.setMode(directory, mode | OWNER_ONLY);
    }

    private boolean isLeftOut(BackupEntry entry) {
        return entry.path().tablespaceOid() == 0
                && LEFT_OUT.contains(entry.path().path());
    }

    private Path placeOf(BackupEntry entry) {
        long oid = entry.path().tablespaceOid();
        Path area = oid == 0 ? data : requireNonNull(plan.tablespaces().get(oid), "every tablespace has a place");
        return area.resolve(entry.path().path());
    }
}
