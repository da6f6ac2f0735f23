package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** Backups that begin in WAL which is not there. */
final class BackupWalTest extends BackupScene {

    private static final WalFileName FIRST = new WalFileName("000000010000000000000002");

    @Test
    void refusesABackupThatBeginsBeforeTheReceiver() {
        postgres.flushed = Optional.of(Lsn.parse("0/3000000"));

        Job job = backups.create("main", options(Optional.empty(), 2, false));

        assertFailed(
                job,
                4001,
                "unable to back up server 'main': its backup begins in WAL 000000010000000000000002, which was never received,"
                        + " and the receiver is at 0/3000000");
        assertThat(job.hint().orElseThrow()).startsWith("run CHECKPOINT on the server");
        assertThat(transport.transfers).isOne();
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
        postgres.standby = true;
        assertThat(backups.create("main", BackupOptions.CONFIGURED).hint().orElseThrow())
                .startsWith("run CHECKPOINT on the primary, and then on this standby");
    }

    @Test
    void refusesNothingWhoseWalIsThere() {
        postgres.flushed = Optional.of(Lsn.parse("0/9000000"));
        wal.names.add(FIRST);

        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
    }

    @Test
    void refusesNothingWhoseWalMayCome() {
        postgres.flushed = Optional.of(Lsn.parse("0/2FFFFFF"));
        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        postgres.flushed = Optional.of(Lsn.parse("0/9000000"));
        postgres.receivedTimeline = 2;
        assertThat(backups.create("main", BackupOptions.CONFIGURED).state()).isEqualTo(JobState.DONE);
        postgres.receivedTimeline = 1;
        assertThat(withArchiver(true).create("main", BackupOptions.CONFIGURED).state())
                .isEqualTo(JobState.DONE);
        assertThat(withArchiver(false).create("main", BackupOptions.CONFIGURED).state())
                .isEqualTo(JobState.DONE);
    }

    private BackupService withArchiver(boolean streaming) {
        var server = new ServerBuilder("main", Path.of("/srv/matriarch"))
                .wal(new WalSettings(streaming, true, Optional.empty(), false, "matriarch"))
                .build();
        return new BackupService(new FixedServers(server), jobs, services);
    }
}
