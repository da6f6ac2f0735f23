package org.matriarch.core.catalog.internal;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.retention.RetentionJudge;
import org.matriarch.api.server.ServerConfiguration;

/** The backups of a server, each with what its retention policy says of it now. */
final class JudgedBackups {

    private final RetentionJudge judge;
    private final Clock clock;

    JudgedBackups(RetentionJudge judge, Clock clock) {
        this.judge = judge;
        this.clock = clock;
    }

    List<Backup> of(ServerConfiguration server, List<Backup> backups) {
        Map<BackupId, RetentionStatus> statuses = judge.judge(
                server.repository().retention(), server.repository().minimumRedundancy(), backups, clock.instant());
        return backups.stream()
                .map(backup -> backup.withRetention(statuses.getOrDefault(backup.id(), RetentionStatus.NONE)))
                .toList();
    }
}
