package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.server.BarmanImport.Request;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.ConfigurationProblem;

/** What an import would do, without doing it. */
final class ImportPlannerTest {

    private static final String PG = "org.matriarch.server-pg.cfg";

    @TempDir
    Path base;

    @TempDir
    Path etc;

    @TempDir
    Path host;

    private BarmanHome barman;
    private ConfiguredServers servers;

    @BeforeEach
    void start() {
        barman = new BarmanHome(host);
        servers = new ConfiguredServers(base);
        servers.updateGlobal(null);
    }

    @Test
    void refusesWhatOurFilesMayNotHold() {
        barman.with("[pg]", "conninfo = host=pg", "retention_policy = WEEKLY", "backup_method = snapshot")
                .with("[all]", "conninfo = host=pg")
                .with("[none]", "description = no conninfo", "parallel_jobs = %(nothing)s")
                .with("[copy]", "conninfo = x", "primary_ssh_command = ssh barman@other");

        assertThat(plan().problems())
                .map(problem -> problem.file() + " " + problem.key() + " " + problem.value() + ": " + problem.reason())
                .containsExactly(
                        PG + " backup_method snapshot: no transport does what Barman does by it; set backup_method to"
                                + " 'postgres' or 'rsync'",
                        "org.matriarch.server-none.cfg parallel_jobs %(nothing)s: refers to %(nothing)s, which has no value",
                        "org.matriarch.server-copy.cfg primary_ssh_command ssh barman@other: makes the server a passive"
                                + " node, and there are no passive nodes yet",
                        "org.matriarch.server-all.cfg  all: the name is reserved; rename the file",
                        "org.matriarch.server-none.cfg conninfo : is required; allowed is a libpq connection string, such"
                                + " as 'host=pg user=matriarch dbname=postgres'",
                        PG
                                + " retention_policy WEEKLY: is not allowed; allowed is 'REDUNDANCY n', or 'RECOVERY WINDOW OF"
                                + " n' and DAYS, WEEKS or MONTHS, n from 1 to 99999");
    }

    @Test
    void importsSingleServers() {
        barman.with("[pg]", "conninfo = host=pg").with("[broken]", "backup_method = snapshot");

        BarmanImportReport report = plan("pg");

        assertThat(report.problems()).isEmpty();
        assertThat(report.servers()).containsExactly("pg");
        assertThatThrownBy(() -> plan("gp"))
                .hasMessage(
                        "MATR-1002: '%s' has no server 'gp'\nHINT: the nearest name is 'pg'.".formatted(barman.conf()));
    }

    @Test
    void findsServersThatLieInAnotherDirectoryTogether() {
        barman.with("[pg]", "conninfo = x", "backup_directory = /mnt/big/pg")
                .with("[two]", "conninfo = x", "backup_directory = /mnt/big/%(name)s");

        BarmanImportReport report = plan();

        assertThat(report.problems()).isEmpty();
        assertThat(report.files().get(0).lines()).containsExactly("matriarch_home = /mnt/big");
    }

    @Test
    void refusesServersThatLieApart() {
        barman.with("[pg]", "conninfo = x")
                .with("[two]", "conninfo = x", "backup_directory = /mnt/big/2")
                .with("[three]", "conninfo = x", "basebackups_directory = /mnt/base");

        assertThat(plan().problems())
                .containsExactly(
                        new ConfigurationProblem(
                                "org.matriarch.server-two.cfg",
                                "backup_directory",
                                "/mnt/big/2",
                                "is not '%s', where it has to be: move it there or mount it there (mount --bind), and say"
                                                .formatted(barman.home().resolve("two"))
                                        + " so in Barman's file; or import only the servers that lie in one directory, with"
                                        + " --server"),
                        new ConfigurationProblem(
                                "org.matriarch.server-three.cfg",
                                "basebackups_directory",
                                "/mnt/base",
                                "is not '%s', where it has to be: move it there or mount it there, and remove the option"
                                        .formatted(barman.home().resolve("three/base"))));
    }

    @Test
    void takesWhatConfigUpdateWroteOverEverything() {
        barman.with("[pg]", "conninfo = host=pg").write("barman/.barman.auto.conf", "[pg]\nconninfo = host=new\n");

        assertThat(plan().files().get(1).lines()).contains("conninfo = host=new");
    }

    @Test
    void writesWhatDiffersFromServerToServerIntoTheirFiles() {
        barman.with("pre_backup_script = echo %(name)s ${HOME} 'a\\b'", "bandwidth_limit = 100")
                .with("[pg]", "conninfo = x", "bandwidth_limit = 0")
                .with("[two]", "conninfo = x", "pre_backup_script =");

        List<BarmanImportReport.File> files = plan().files();

        assertThat(files.get(0).lines()).noneMatch(line -> line.contains("pre_backup_script"));
        assertThat(files.get(1).lines()).contains("bandwidth_limit = 0", "pre_backup_script = echo pg $HOME 'a\\\\b'");
        assertThat(files.get(2).lines()).noneMatch(line -> line.contains("pre_backup_script"));
    }

    @Test
    void refusesTwoProgramsOfOneName() {
        barman.with("compression = custom", "custom_decompression_filter = x -d", "custom_compression_magic = 0xaabb")
                .with("[pg]", "conninfo = x", "custom_compression_filter = x -1")
                .with("[two]", "conninfo = x", "custom_compression_filter = x -2");

        assertThat(plan().problems()).hasSize(1);
        assertThat(plan().problems().get(0).reason()).startsWith("servers compress with different programs");
    }

    private BarmanImportReport plan(String... names) {
        return ImportPlanner.plan(new Request(barman.conf(), Set.of(names), false), servers.files(etc))
                .report();
    }
}
