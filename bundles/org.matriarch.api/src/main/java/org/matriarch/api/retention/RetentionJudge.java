package org.matriarch.api.retention;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.RetentionStatus;
import org.osgi.annotation.versioning.ProviderType;

/** Says of each backup of a server whether it is still needed. Pure: the same question always has the same answer. Thread-safe. */
@ProviderType
public interface RetentionJudge {

    /**
     * Judges all backups of one server.
     *
     * <p>Only whole backups that are DONE are judged, the newest first; an incremental one shares the fate of the one that it
     * stands on; all others are {@link RetentionStatus#NONE}. The meaning of the policies is Barman's:
     *
     * <ul>
     *   <li>{@code REDUNDANCY n}: the newest n are VALID, kept ones among them counted; n is at least the minimum redundancy
     *   <li>{@code RECOVERY WINDOW}: VALID down to the first that ended before the window, which recovery to the window's begin
     *       starts from; older ones are OBSOLETE* as long as there are fewer than the minimum redundancy, then OBSOLETE
     * </ul>
     *
     * @param policy empty if there is none: then only what an operator keeps has a status
     * @param backups with {@link RetentionStatus#KEEP_FULL} or {@link RetentionStatus#KEEP_STANDALONE} where an operator keeps one
     */
    Map<BackupId, RetentionStatus> judge(
            Optional<RetentionPolicy> policy, int minimumRedundancy, List<Backup> backups, Instant now);
}
