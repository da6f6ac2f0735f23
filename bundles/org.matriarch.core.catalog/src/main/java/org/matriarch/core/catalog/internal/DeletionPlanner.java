package org.matriarch.core.catalog.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

/**
 * Plans what the deletion of a backup removes, touching nothing.
 *
 * <p>WAL goes only with the oldest backup, and only what no remaining one can need: segments before the begin of the next,
 * on its timeline and on earlier ones that no backup lives on. History files stay for ever, and so does what a backup that
 * is kept standalone was written with. Such a backup holds back older WAL from an operator's deletion, not from the policy's.
 */
final class DeletionPlanner {

    private final String server;
    private final List<Backup> backups;
    private final Supplier<List<WalEntry>> wal;
    private final int minimumRedundancy;

    /** Plans on the state given: backups oldest first, WAL in name order, which is asked for only where some may go. */
    DeletionPlanner(String server, List<Backup> backups, Supplier<List<WalEntry>> wal, int minimumRedundancy) {
        this.server = server;
        this.backups = backups;
        this.wal = wal;
        this.minimumRedundancy = minimumRedundancy;
    }

    /**
     * Returns the plan for a backup and those that depend on it, dependents first.
     *
     * @throws MatriarchException {@code REDUNDANCY_MINIMUM} or {@code BACKUP_STATE}
     */
    DeletionPlan plan(Backup root) {
        requireNotKept(root);
        requireRedundancy(root);
        return planFor(withDependents(root), false);
    }

    /** Returns the plan for backups whose deletion began earlier: there is no way back, so nothing is refused. */
    DeletionPlan resume(Backup root, boolean byPolicy) {
        return planFor(withDependents(root), byPolicy);
    }

    /**
     * Returns the plan for what the policy calls obsolete, the oldest first, without what is still in use. Those that stand on
     * one that is kept standalone go alone.
     */
    DeletionPlan expiry(Predicate<Backup> inUse) {
        var doomed = new ArrayList<Backup>();
        var looked = new HashSet<BackupId>(); // at what goes with an older one, or stays with it
        for (Backup backup : backups) {
            if (backup.retention() == RetentionStatus.OBSOLETE && !looked.contains(backup.id())) {
                List<Backup> tree = withDependents(backup);
                tree.forEach(each -> looked.add(each.id()));
                if (tree.stream().noneMatch(inUse)) {
                    doomed.addAll(tree);
                }
            }
        }
        return planFor(doomed, true);
    }

    private DeletionPlan planFor(List<Backup> doomed, boolean byPolicy) {
        List<WalEntry> expired = doomed.isEmpty() ? beforeTheFirst() : expiredWith(doomed, byPolicy);
        long freed =
                doomed.stream().mapToLong(backup -> backup.size().storedBytes()).sum()
                        + expired.stream().mapToLong(WalEntry::storedBytes).sum();
        return new DeletionPlan(
                server, doomed, expired.stream().map(WalEntry::name).toList(), freed);
    }

    private static void requireNotKept(Backup root) {
        if (root.retention() == RetentionStatus.KEEP_FULL || root.retention() == RetentionStatus.KEEP_STANDALONE) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to delete backup '%s': it is kept (%s)"
                            .formatted(root.id(), root.retention().label()),
                    "release it first with 'backup:keep %s %s --release'.".formatted(root.server(), root.id()));
        }
    }

    private void requireRedundancy(Backup root) {
        if (!countsForRedundancy(root)) {
            return;
        }
        long whole =
                backups.stream().filter(DeletionPlanner::countsForRedundancy).count();
        if (whole <= minimumRedundancy) {
            throw new MatriarchException(
                    ErrorCode.REDUNDANCY_MINIMUM,
                    "unable to delete backup '%s': server '%s' has %d whole backups, minimum_redundancy is %d"
                            .formatted(root.id(), server, whole, minimumRedundancy),
                    "take another backup first, or lower 'minimum_redundancy' in etc/org.matriarch.server-%s.cfg."
                            .formatted(server));
        }
    }

    private static boolean countsForRedundancy(Backup backup) {
        return backup.status() == BackupStatus.DONE && backup.kind() == BackupKind.FULL;
    }

    private List<Backup> withDependents(Backup root) {
        var doomed = new ArrayList<Backup>();
        addDependents(root, new HashSet<>(), doomed);
        return doomed;
    }

    private void addDependents(Backup backup, Set<BackupId> seen, List<Backup> doomed) {
        if (!seen.add(backup.id())) {
            return; // records that somebody has edited may name each other
        }
        for (Backup other : backups) {
            if (other.parent().equals(Optional.of(backup.id()))) {
                addDependents(other, seen, doomed);
            }
        }
        doomed.add(backup);
    }

    /** Returns what was archived before the very first backup, which nothing can use. */
    private List<WalEntry> beforeTheFirst() {
        List<Backup> present = backups.stream()
                .filter(backup -> backup.status() != BackupStatus.FAILED)
                .toList();
        if (present.size() != 1 || present.get(0).status() != BackupStatus.DONE) {
            return List.of();
        }
        return present.get(0).beginWal().map(first -> before(first, present)).orElse(List.of());
    }

    private List<WalEntry> expiredWith(List<Backup> doomed, boolean byPolicy) {
        Set<BackupId> doomedIds = doomed.stream().map(Backup::id).collect(Collectors.toSet());
        List<Backup> remaining = backups.stream()
                .filter(backup -> !doomedIds.contains(backup.id()) && backup.status() != BackupStatus.FAILED)
                .toList();
        BackupId oldestDoomed =
                doomed.stream().map(Backup::id).min(BackupId::compareTo).orElseThrow();
        List<Backup> goingOn = remaining.stream()
                .filter(backup -> !byPolicy || backup.retention() != RetentionStatus.KEEP_STANDALONE)
                .toList();
        boolean older = goingOn.stream().anyMatch(backup -> backup.id().compareTo(oldestDoomed) < 0);
        // A backup that has not yet said where it begins may need any of it.
        boolean unknown =
                remaining.stream().anyMatch(backup -> backup.beginWal().isEmpty());
        if (older || unknown) {
            return List.of();
        }
        return firstNeeded(doomed, goingOn)
                .map(first -> before(first, remaining))
                .orElse(List.of());
    }

    /** Returns the first segment that must stay: the begin of the next backup, or, if none is left, of the deleted one. */
    private static Optional<WalFileName> firstNeeded(List<Backup> doomed, List<Backup> remaining) {
        if (remaining.isEmpty()) {
            return doomed.stream().flatMap(backup -> backup.beginWal().stream()).min(WalFileName::compareTo);
        }
        int timeline = remaining.get(0).source().timeline();
        return remaining.stream()
                .filter(backup -> backup.source().timeline() == timeline)
                .flatMap(backup -> backup.beginWal().stream())
                .min(WalFileName::compareTo);
    }

    private List<WalEntry> before(WalFileName first, List<Backup> remaining) {
        var protectedTimelines = new HashSet<>(timelines(remaining));
        protectedTimelines.remove(first.timeline());
        List<Backup> alone = remaining.stream()
                .filter(backup -> backup.retention() == RetentionStatus.KEEP_STANDALONE)
                .toList();
        return wal.get().stream()
                .filter(entry -> entry.name().kind() != WalFileName.Kind.HISTORY)
                .filter(entry -> !protectedTimelines.contains(entry.name().timeline()))
                .filter(entry -> entry.name().segment().compareTo(first) < 0)
                .filter(entry -> alone.stream().noneMatch(backup -> isOfSpan(entry.name(), backup)))
                .toList();
    }

    /** Returns whether recovery to the end of a backup may need a file. */
    private static boolean isOfSpan(WalFileName name, Backup backup) {
        WalFileName segment = name.segment();
        return backup.beginWal().filter(begin -> begin.compareTo(segment) <= 0).isPresent()
                && backup.endWal().filter(end -> end.compareTo(segment) < 0).isEmpty();
    }

    private static Set<Integer> timelines(List<Backup> backups) {
        return backups.stream().map(backup -> backup.source().timeline()).collect(Collectors.toSet());
    }
}
