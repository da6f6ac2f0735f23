package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.matriarch.api.server.BarmanImportReport.Outcome;

final class BarmanTranslationTest {

    @Test
    void leavesOnlyConcurrentBackups() {
        assertThat(BarmanTranslation.of("backup_options", "exclusive_backup").value())
                .contains("concurrent_backup");
        assertThat(BarmanTranslation.of("backup_options", "Exclusive_Backup, external_configuration")
                        .value())
                .contains("external_configuration");
        assertThat(BarmanTranslation.of("backup_options", "external_configuration")
                        .outcome())
                .isEqualTo(Outcome.TAKEN_OVER);
    }

    @Test
    void storesNewWalPlainWhereBarmanUsesSnappy() {
        BarmanTranslation snappy = BarmanTranslation.of("compression", "snappy");

        assertThat(snappy.outcome()).isEqualTo(Outcome.NOT_SUPPORTED);
        assertThat(snappy.value()).contains("none");
        assertThat(snappy.fault()).isEmpty();
    }

    @Test
    void takesMethodsOverThatMeanTheSame() {
        assertThat(BarmanTranslation.of("backup_method", "rsync").value()).contains("rsync");
        assertThat(BarmanTranslation.of("backup_method", "postgres").value()).contains("streaming");
        assertThat(BarmanTranslation.of("backup_method", "local-to-cloud").fault())
                .startsWith("no transport does");
    }

    @Test
    void refusesWhatTheContainerWouldReplace() {
        String reason = "holds '${' or '$[', and the container replaces what follows";

        assertThat(BarmanTranslation.of("post_backup_script", "echo ${A}").value())
                .contains("echo $A");
        assertThat(BarmanTranslation.of("post_backup_script", "echo ${A}B").fault())
                .startsWith(reason);
        assertThat(BarmanTranslation.of("post_backup_script", "echo $[env:A]").fault())
                .startsWith(reason);
        assertThat(BarmanTranslation.of("conninfo", "password=${A}").fault()).startsWith(reason);
    }

    @Test
    void saysWhyAnOptionHasNoEffect() {
        assertThat(BarmanTranslation.of("snapshot_disks", "a").detail()).startsWith("there are neither snapshots");
        assertThat(BarmanTranslation.of("parallel_jobs_start_batch_size", "2").detail())
                .isEqualTo("parallel copies begin at once");
        assertThat(BarmanTranslation.of("custom_nothing", "2").detail()).isEqualTo("part of 'compression = custom'");
        assertThat(BarmanTranslation.of("log_fil", "x").outcome()).isEqualTo(Outcome.UNKNOWN);
    }
}
