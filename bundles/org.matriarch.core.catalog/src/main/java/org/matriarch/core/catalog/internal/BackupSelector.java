package org.matriarch.core.catalog.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;

/** Finds the backup that an operator means: by id, by name, or by its place among the others. */
final class BackupSelector {

    private static final Pattern LIKE_AN_ID = Pattern.compile("[0-9]+T?[0-9]*");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}/]");
    private static final int SUGGESTED = 3;

    private final String server;
    private final List<Backup> backups;

    /** Selects among the backups of a server, which are given oldest first. */
    BackupSelector(String server, List<Backup> backups) {
        this.server = server;
        this.backups = backups;
    }

    /**
     * Returns the backup that {@code selector} means; a word such as {@code latest} means those that have all their files, as
     * Barman has it, whether or not the WAL that they need has come.
     */
    Backup require(String selector) {
        return require(selector, backup -> backup.status().hasAllFiles());
    }

    /** Returns the backup that {@code selector} means, where a word means those that can be restored. */
    Backup requireRestorable(String selector) {
        return require(selector, backup -> backup.status() == BackupStatus.DONE);
    }

    private Backup require(String selector, Predicate<Backup> eligible) {
        return switch (selector) {
            case "latest", "last" -> word(selector, newest(eligible));
            case "oldest", "first" ->
                word(selector, backups.stream().filter(eligible).findFirst());
            case "latest-full", "last-full" ->
                word(selector, newest(eligible.and(backup -> backup.kind() == BackupKind.FULL)));
            case "last-failed" -> word(selector, newest(backup -> backup.status() == BackupStatus.FAILED));
            default -> named(selector);
        };
    }

    private Backup word(String selector, Optional<Backup> found) {
        return found.orElseThrow(() -> unknown("no backup of server '%s' is '%s'".formatted(server, selector)));
    }

    private Backup named(String selector) {
        Optional<Backup> found = backups.stream()
                .filter(backup ->
                        backup.id().value().equals(selector) || backup.name().equals(Optional.of(selector)))
                .reduce((older, newer) -> newer);
        if (found.isPresent()) {
            return found.get();
        }
        boolean malformed =
                !BackupId.isValid(selector) && LIKE_AN_ID.matcher(selector).matches();
        if (malformed || selector.isBlank() || UNPRINTABLE.matcher(selector).find()) {
            throw new MatriarchException(
                    ErrorCode.NAME_INVALID,
                    "'%s' is neither the id nor the name of a backup".formatted(selector),
                    "a backup id is its start time, such as 20261120T031500; see 'backup:list %s'.".formatted(server));
        }
        throw unknown("server '%s' has no backup '%s'".formatted(server, selector));
    }

    private Optional<Backup> newest(Predicate<Backup> wanted) {
        return backups.stream().filter(wanted).reduce((older, newer) -> newer);
    }

    private MatriarchException unknown(String message) {
        var newestFirst = new ArrayList<>(backups);
        Collections.reverse(newestFirst);
        String ids = newestFirst.stream()
                .limit(SUGGESTED)
                .map(backup -> backup.id().value())
                .collect(Collectors.joining(", "));
        return new MatriarchException(
                ErrorCode.BACKUP_UNKNOWN,
                message,
                ids.isEmpty()
                        ? "take the first one with 'backup:create %s'.".formatted(server)
                        : "the newest are %s; 'backup:list %s' shows all.".formatted(ids, server));
    }
}
