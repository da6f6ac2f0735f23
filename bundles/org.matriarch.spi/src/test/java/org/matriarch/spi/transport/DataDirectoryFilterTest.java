package org.matriarch.spi.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.repository.BackupPath;

/** What of a data directory is copied. */
class DataDirectoryFilterTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PG_VERSION",
                "postgresql.conf",
                "postgresql.auto.conf",
                "global/pg_control",
                "base/5/1259",
                "base/5/1259_fsm",
                "base/5/16384.1",
                "pg_xact/0000",
                "pg_multixact/members/0000",
                "dir/backup_label",
                "standby.signal"
            })
    void takes(String path) {
        assertThat(DataDirectoryFilter.takesFile(BackupPath.ofData(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postmaster.pid",
                "postmaster.opts",
                "backup_label",
                "tablespace_map",
                "backup_manifest",
                "pg_wal/000000010000000000000001",
                "pg_wal/archive_status/000000010000000000000001.done",
                "pg_replslot/slot/state",
                "pg_stat_tmp/global.stat",
                "base/pgsql_tmp/pgsql_tmp1.0",
                "base/5/pg_internal.init",
                "base/5/pg_internal.init.4711",
                "base/5/t3_16384",
                "base/5/t3_16384_fsm",
                "base/5/t3_16384.1"
            })
    void leavesOut(String path) {
        assertThat(DataDirectoryFilter.takesFile(BackupPath.ofData(path))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "base/5", "pg_wal", "pg_wal/archive_status", "pg_replslot", "pg_tblspc"})
    void makesDirectory(String path) {
        assertThat(DataDirectoryFilter.takesDirectory(BackupPath.ofData(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_wal/summaries", "pg_replslot/slot", "base/pgsql_tmp"})
    void makesNoDirectory(String path) {
        assertThat(DataDirectoryFilter.takesDirectory(BackupPath.ofData(path))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_wal", "pg_wal/archive_status", "pg_replslot", "base/pgsql_tmp"})
    void doesNotLookInto(String path) {
        assertThat(DataDirectoryFilter.looksInto(BackupPath.ofData(path))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base/5", "pg_xact", "pg_tblspc"})
    void looksInto(String path) {
        assertThat(DataDirectoryFilter.looksInto(BackupPath.ofData(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PG_16_202307071/5/16384", "pg_wal/1", "backup_label"})
    void takesAllOfATablespace(String path) {
        var inSpace = new BackupPath(16385, path);

        assertThat(DataDirectoryFilter.takesFile(inSpace)).isTrue();
        assertThat(DataDirectoryFilter.takesDirectory(inSpace)).isTrue();
        assertThat(DataDirectoryFilter.looksInto(inSpace)).isTrue();
    }
}
