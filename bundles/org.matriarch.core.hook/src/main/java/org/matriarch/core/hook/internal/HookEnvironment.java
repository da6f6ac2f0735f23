package org.matriarch.core.hook.internal;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookPhase;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.repository.BackupPlace;
import org.matriarch.api.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variables that a hook finds in its environment: those of Barman 3.17, so that scripts written for it run unchanged. A
 * variable that has nothing to say is empty, not absent.
 */
final class HookEnvironment {

    /** The version of Barman whose hooks these are; scripts ask for it to see what they can count on. */
    private static final String VERSION = "3.17.0";

    private static final Logger LOG = LoggerFactory.getLogger(HookEnvironment.class);

    private final Path configuration;

    /**
     * Describes an installation.
     *
     * @param configuration the file with the settings of all servers
     */
    HookEnvironment(Path configuration) {
        this.configuration = configuration;
    }

    Map<String, String> of(Hook hook, String server, HookSubject subject, Optional<String> error) {
        var variables = new TreeMap<String, String>();
        variables.put("BARMAN_VERSION", VERSION);
        variables.put("BARMAN_SERVER", server);
        variables.put("BARMAN_CONFIGURATION", configuration.toString());
        variables.put("BARMAN_HOOK", hook.name());
        variables.put("BARMAN_RETRY", hook.retry() ? "1" : "0");
        variables.put("BARMAN_PHASE", hook.phase().word());
        variables.put("BARMAN_ERROR", error.orElse(""));
        if (subject instanceof HookSubject.OfWal wal) {
            addWal(variables, wal);
        } else if (subject instanceof HookSubject.OfBackup about) {
            addBackup(variables, about.backup(), about.repository());
            if (hook.phase() == HookPhase.PRE && hook.event() == HookEvent.BACKUP) {
                variables.put("BARMAN_STATUS", "EMPTY"); // Barman's word for a backup that nothing was copied of
            }
        } else if (subject instanceof HookSubject.OfRestore restore) {
            addBackup(variables, restore.backup(), restore.repository());
            variables.put(
                    "BARMAN_DESTINATION_DIRECTORY",
                    restore.request().destination().toString());
            variables.put("BARMAN_TABLESPACES", RestoreOptions.tablespaces(restore.request()));
            variables.put(
                    "BARMAN_REMOTE_COMMAND",
                    restore.request().remoteSshCommand().orElse(""));
            variables.put("BARMAN_RECOVER_OPTIONS", RestoreOptions.others(restore.request()));
        }
        return variables;
    }

    private static void addWal(Map<String, String> variables, HookSubject.OfWal wal) {
        variables.put("BARMAN_SEGMENT", wal.name().value());
        variables.put("BARMAN_FILE", wal.file().map(Path::toString).orElse(""));
        variables.put("BARMAN_SIZE", Long.toString(wal.sizeBytes()));
        variables.put("BARMAN_TIMESTAMP", PythonText.seconds(wal.modified()));
        variables.put("BARMAN_COMPRESSION", wal.compression().orElse(""));
    }

    private static void addBackup(Map<String, String> variables, Backup backup, Repository repository) {
        Optional<BackupPlace> place = repository.place(backup.id());
        List<Backup> others = whole(repository);
        variables.put(
                "BARMAN_BACKUP_DIR",
                place.map(BackupPlace::directory).map(Path::toString).orElse(""));
        variables.put(
                "BARMAN_BACKUP_INFO_PATH",
                place.map(BackupPlace::record).map(Path::toString).orElse(""));
        variables.put("BARMAN_BACKUP_ID", backup.id().value());
        variables.put("BARMAN_STATUS", backup.status().name());
        Comparator<BackupId> order = Comparator.naturalOrder();
        variables.put("BARMAN_PREVIOUS_ID", id(others, id -> id.compareTo(backup.id()) < 0, order));
        variables.put("BARMAN_NEXT_ID", id(others, id -> id.compareTo(backup.id()) > 0, order.reversed()));
    }

    /** A store that is away for a moment must not keep a hook from running. */
    private static List<Backup> whole(Repository repository) {
        try {
            return repository.backups().stream()
                    .filter(backup -> backup.status().hasAllFiles())
                    .toList();
        } catch (MatriarchException e) {
            LOG.warn("unable to tell a hook which backups come before and after: {}", e.summary());
            return List.of();
        }
    }

    private static String id(List<Backup> backups, Predicate<BackupId> side, Comparator<BackupId> order) {
        return backups.stream()
                .map(Backup::id)
                .filter(side)
                .max(order)
                .map(BackupId::value)
                .orElse("");
    }
}
