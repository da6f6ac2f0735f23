package org.matriarch.core.retention.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.RetentionPolicy.RecoveryWindow;
import org.matriarch.api.model.RetentionPolicy.Redundancy;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.retention.RetentionJudge;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Judges first what the policy alone says, then lets what an operator keeps stand above it. */
@Component
public final class PolicyJudge implements RetentionJudge {

    /** Needs nothing: all it judges by is in the question. */
    @Activate
    public PolicyJudge() {
        // Stateless.
    }

    @Override
    public Map<BackupId, RetentionStatus> judge(
            Optional<RetentionPolicy> policy, int minimumRedundancy, List<Backup> backups, Instant now) {
        List<Backup> roots = backups.stream()
                .filter(backup -> isDone(backup) && backup.kind() == BackupKind.FULL)
                .sorted(Comparator.comparing(Backup::id).reversed())
                .toList();
        Map<BackupId, RetentionStatus> byPolicy = new HashMap<>();
        policy.ifPresent(present -> byPolicy.putAll(byPolicy(present, minimumRedundancy, roots, now)));

        Map<BackupId, Backup> byId = backups.stream().collect(Collectors.toMap(Backup::id, Function.identity()));
        Map<BackupId, RetentionStatus> judged = new HashMap<>();
        for (Backup backup : backups) {
            judged.put(backup.id(), status(backup, byId, byPolicy));
        }
        return Map.copyOf(judged);
    }

    private static Map<BackupId, RetentionStatus> byPolicy(
            RetentionPolicy policy, int minimumRedundancy, List<Backup> newestFirst, Instant now) {
        if (policy instanceof Redundancy redundancy) {
            return byRedundancy(Math.max(redundancy.backups(), minimumRedundancy), newestFirst);
        }
        return byWindow(now.minus(((RecoveryWindow) policy).length()), minimumRedundancy, newestFirst);
    }

    private static Map<BackupId, RetentionStatus> byRedundancy(int needed, List<Backup> newestFirst) {
        Map<BackupId, RetentionStatus> statuses = new HashMap<>();
        for (Backup backup : newestFirst) {
            statuses.put(backup.id(), statuses.size() < needed ? RetentionStatus.VALID : RetentionStatus.OBSOLETE);
        }
        return statuses;
    }

    private static Map<BackupId, RetentionStatus> byWindow(
            Instant begin, int minimumRedundancy, List<Backup> newestFirst) {
        Map<BackupId, RetentionStatus> statuses = new HashMap<>();
        boolean reached = false; // the window's begin
        for (Backup backup : newestFirst) {
            RetentionStatus beyond = statuses.size() < minimumRedundancy
                    ? RetentionStatus.POTENTIALLY_OBSOLETE
                    : RetentionStatus.OBSOLETE;
            statuses.put(backup.id(), reached ? beyond : RetentionStatus.VALID);
            // A backup whose end nobody recorded is not relied on to reach back.
            reached |=
                    backup.span().endTime().filter(end -> end.isBefore(begin)).isPresent();
        }
        return statuses;
    }

    private static RetentionStatus status(
            Backup backup, Map<BackupId, Backup> byId, Map<BackupId, RetentionStatus> byPolicy) {
        if (!isDone(backup)) {
            return RetentionStatus.NONE;
        }
        Optional<Backup> root = root(backup, byId);
        if (root.isEmpty()) {
            return RetentionStatus.NONE;
        }
        RetentionStatus ofRoot = byPolicy.getOrDefault(root.get().id(), RetentionStatus.NONE);
        if (root.get().id().equals(backup.id())) {
            return isKept(backup) ? backup.retention() : ofRoot;
        }
        return switch (root.get().retention()) {
            case KEEP_FULL -> RetentionStatus.VALID;
            // What is kept is the whole backup alone: the others are judged as if it were not.
            case KEEP_STANDALONE, VALID, OBSOLETE, POTENTIALLY_OBSOLETE, NONE -> ofRoot;
        };
    }

    /** Returns the whole backup at the end of the chain; nothing if the chain is broken. */
    private static Optional<Backup> root(Backup backup, Map<BackupId, Backup> byId) {
        Optional<Backup> root = Optional.of(backup);
        for (int steps = 0; root.isPresent() && root.get().kind() == BackupKind.INCREMENTAL; steps++) {
            root = steps > byId.size() ? Optional.empty() : root.get().parent().map(byId::get);
        }
        return root.filter(PolicyJudge::isDone);
    }

    private static boolean isKept(Backup backup) {
        return backup.retention() == RetentionStatus.KEEP_FULL || backup.retention() == RetentionStatus.KEEP_STANDALONE;
    }

    private static boolean isDone(Backup backup) {
        return backup.status() == BackupStatus.DONE;
    }
}
