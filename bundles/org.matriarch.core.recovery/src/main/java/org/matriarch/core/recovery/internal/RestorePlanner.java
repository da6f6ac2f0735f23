package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.Repository;
import org.matriarch.spi.transport.HostFiles;

/** Works out what a restore will do; reads much and writes nothing. */
final class RestorePlanner {

    private static final String CONFIGURATION = "postgresql.conf";

    private final Repository repository;
    private final ArchivedWal wal;
    private final String fetchCommand;

    /**
     * Plans from one repository.
     *
     * @param fetchCommand restore_command for a server that fetches its WAL from here
     */
    RestorePlanner(Repository repository, ArchivedWal wal, String fetchCommand) {
        this.repository = repository;
        this.wal = wal;
        this.fetchCommand = fetchCommand;
    }

    /** Returns the newest backup from which the target of a request can be reached. */
    Backup chooseBackup(RestoreRequest request) {
        return candidates(request)
                .max(Comparator.comparing(Backup::id))
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.TARGET_UNREACHABLE,
                        "no backup of server '%s' reaches the target".formatted(repository.server()),
                        "look with 'backup:list %s' when the oldest backup ended; earlier moments are gone."
                                .formatted(repository.server())));
    }

    private Stream<Backup> candidates(RestoreRequest request) {
        return repository.backups().stream()
                .filter(backup -> backup.status() == BackupStatus.DONE)
                .filter(backup -> backup.kind() == BackupKind.FULL)
                .filter(backup -> TargetRules.canReach(request.target(), backup))
                .filter(backup -> isOnTimeline(request, backup));
    }

    /** What is to be known if the chosen backup turns out to be too new. */
    private Stream<String> doubts(RestoreRequest request, Backup chosen) {
        if (!request.backup().equals(RestoreRequest.AUTO) || !TargetRules.isUndated(request.target())) {
            return Stream.empty();
        }
        return candidates(request)
                .map(Backup::id)
                .filter(id -> id.compareTo(chosen.id()) < 0)
                .max(Comparator.naturalOrder())
                .map(older ->
                        ("'%s' is the newest backup, and nothing tells whether the target came after its end; if PostgreSQL"
                                        + " says that recovery ended before the target was reached, restore '%s'")
                                .formatted(chosen.id(), older))
                .stream();
    }

    /**
     * Plans a restore of one backup to a host, or says what stands against it.
     *
     * @throws IOException if the host fails
     */
    RestorePlan plan(HostFiles host, RestoreRequest request, Backup backup, boolean getWal) throws IOException {
        requireWhole(backup);
        TargetRules.requireReachable(request, backup);
        TimelineHistory history = TimelineChoice.choose(request.timeline(), backup, wal);
        List<WalFileName> files = new WalNeeds(backup, history, wal).files(request.target());
        Map<Long, Path> tablespaces = tablespaces(request, backup);
        BackupReader reader = repository.open(backup.id());
        List<BackupEntry> entries = reader.entries();
        var places = new Places(host, request, backup, tablespaces);
        places.requireUsable();
        places.requireRoom(entries, getWal ? 0 : files.size() * backup.source().segmentSizeBytes());
        return new RestorePlan(
                request,
                backup,
                history.timeline(),
                tablespaces,
                entries.stream().mapToLong(BackupEntry::sizeBytes).sum(),
                entries.stream().filter(entry -> !entry.directory()).count(),
                getWal ? List.of() : withHistories(files),
                RecoverySettings.of(request, backup, history.timeline(), getWal ? fetchCommand : ""),
                Optional.of(request.standbyMode() ? "standby.signal" : "recovery.signal"),
                Stream.concat(doubts(request, backup), warnings(reader, entries).stream())
                        .toList());
    }

    private boolean isOnTimeline(RestoreRequest request, Backup backup) {
        if (request.timeline().isEmpty() || !request.timeline().get().matches("\\d+")) {
            return true;
        }
        return wal.history(Integer.parseInt(request.timeline().get()))
                .map(history -> TimelineChoice.reaches(history, backup))
                .orElse(false);
    }

    private void requireWhole(Backup backup) {
        if (backup.kind() == BackupKind.INCREMENTAL) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to restore backup '%s': it is incremental%s"
                            .formatted(
                                    backup.id(),
                                    backup.parent().map(" to '%s'"::formatted).orElse("")),
                    "incremental backups are not restored yet: restore the full one before it, whose recovery goes as far.");
        }
        if (backup.status() == BackupStatus.DONE) {
            return;
        }
        String hint = backup.status() == BackupStatus.WAITING_FOR_WALS
                ? "wait for the WAL it needs, or see with 'backup:check %s %s' what is missing."
                : "choose another one from 'backup:list %s'; 'backup:show %s %s' tells why this one failed.";
        throw new MatriarchException(
                ErrorCode.BACKUP_STATE,
                "unable to restore backup '%s': it is %s".formatted(backup.id(), backup.status()),
                backup.status() == BackupStatus.WAITING_FOR_WALS
                        ? hint.formatted(backup.server(), backup.id())
                        : hint.formatted(backup.server(), backup.server(), backup.id()));
    }

    private static Map<Long, Path> tablespaces(RestoreRequest request, Backup backup) {
        var byOid = new TreeMap<Long, Path>();
        var unknown = new HashMap<>(request.tablespaces());
        for (Tablespace tablespace : backup.source().tablespaces()) {
            Path moved = unknown.remove(tablespace.name());
            byOid.put(tablespace.oid(), moved != null ? moved : Path.of(tablespace.location()));
        }
        if (!unknown.isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.TARGET_INVALID,
                    "backup '%s' has no tablespace '%s'"
                            .formatted(backup.id(), unknown.keySet().iterator().next()),
                    "its tablespaces are: %s."
                            .formatted(backup.source().tablespaces().stream()
                                    .map(Tablespace::name)
                                    .sorted()
                                    .toList()));
        }
        return byOid;
    }

    /** Every known history goes along, so that the new timeline gets a number that no other one has. */
    private List<WalFileName> withHistories(List<WalFileName> segments) {
        var files = new ArrayList<>(segments);
        files.addAll(wal.histories());
        return List.copyOf(files);
    }

    private static List<String> warnings(BackupReader reader, List<BackupEntry> entries) {
        BackupPath path = BackupPath.ofData(CONFIGURATION);
        if (entries.stream().noneMatch(entry -> entry.path().equals(path))) {
            return List.of("the backup holds no %s: give the server its configuration before you start it"
                    .formatted(CONFIGURATION));
        }
        try (InputStream content = reader.open(path)) {
            String text = new String(content.readAllBytes(), StandardCharsets.ISO_8859_1);
            var warnings = new ArrayList<String>();
            List<String> misleading = ConfigurationFile.misleading(text, RecoveryFiles.top(entries));
            misleading.forEach(
                    line -> warnings.add("commented out in %s, since it leads out of the restored directory: %s"
                            .formatted(CONFIGURATION, line)));
            ConfigurationFile.questionable(text).stream()
                    .filter(line -> !misleading.contains(line))
                    .forEach(line -> warnings.add("%s says: %s".formatted(CONFIGURATION, line)));
            return List.copyOf(warnings);
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "unable to read '%s' of backup '%s': %s"
                            .formatted(path, reader.backup().id(), e.getMessage()),
                    "check the backup with 'backup:verify'.",
                    e);
        }
    }
}
