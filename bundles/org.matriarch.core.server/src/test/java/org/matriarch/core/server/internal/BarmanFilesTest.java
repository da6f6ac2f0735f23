package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.server.BarmanImport.Request;
import org.matriarch.api.server.ConfigurationProblem;

/** Barman's files when they are odd, or not Barman's at all. */
final class BarmanFilesTest {

    @TempDir
    Path host;

    @TempDir
    Path etc;

    private BarmanHome barman;
    private Map<String, String> others = Map.of();

    @BeforeEach
    void start() {
        barman = new BarmanHome(host);
    }

    @Test
    void refusesNamesOfServersThatLeadOutOfTheDirectory() {
        barman.with("[../../evil]", "conninfo = host=pg");

        ImportPlan plan = plan();

        assertThat(plan.report().problems())
                .anySatisfy(problem -> assertThat(problem.reason())
                        .isEqualTo("a server's name is made of letters, digits, '_', '.' and '-'"));
        assertThat(plan.files()).allMatch(file -> etc.equals(file.path().getParent()));
    }

    @Test
    void saysThatAFileIsNotText() throws IOException {
        Files.write(barman.conf(), "[barman]\ndescription = caf\u00e9\n".getBytes(ISO_8859_1));

        assertThatThrownBy(this::plan)
                .hasMessage("MATR-1001: unable to read '%s': it is not UTF-8".formatted(barman.conf())
                        + "\nHINT: convert it with iconv, or name another file: this one may not be Barman's.");
    }

    @Test
    void saysThatAPathIsNone() {
        barman.with("[pg]", "conninfo = host=pg", "wals_directory = /srv/\0");

        assertThatThrownBy(this::plan).hasMessageContaining("is not a path");
    }

    @Test
    void saysThatThereIsNoServer() {
        assertThat(reasons()).containsExactly("it has no server; name Barman's main file");
        assertThatThrownBy(() -> plan("pg")).hasMessageContaining("HINT: it has none at all.");
    }

    @Test
    void readsOnWhereNothingIsIncluded() {
        barman.with("configuration_files_directory = " + host.resolve("missing"))
                .with("[pg]", "conninfo = host=pg")
                .write("barman/pg/.active-model.auto", "\n");
        assertThat(plan().report().problems()).isEmpty();

        barman.with("[barman]", "configuration_files_directory =", "barman_home = \"\"");
        assertThatThrownBy(this::plan).hasMessageContaining("says no barman_home");
    }

    @Test
    void refusesAGlobalValueWhereNoServerSaysAnother() {
        barman.with("backup_method = snapshot", "primary_ssh_command = ssh barman@other")
                .with("[pg]", "conninfo = host=pg", "backup_method = postgres", "primary_ssh_command =")
                .with("[two]", "conninfo = host=pg");

        assertThat(plan().report().problems())
                .extracting(problem -> problem.file() + " " + problem.key())
                .containsExactlyInAnyOrder(
                        "org.matriarch.server-two.cfg backup_method",
                        "org.matriarch.server-two.cfg primary_ssh_command");
    }

    @Test
    void saysThatAnOptionOfTheServerHoldsForAll() {
        barman.with("[pg]", "conninfo = host=pg", "barman_home = /srv/other", "streaming_archiver = on")
                .with("incoming_wals_directory = /srv/in", "streaming_archiver_name = mine")
                .with("streaming_wals_directory = %(backup_directory)s/streaming", "errors_directory = /srv/errors");

        assertThat(plan().report().options())
                .extracting(option -> option.key() + " " + option.outcome())
                .contains(
                        "barman_home NOT_SUPPORTED",
                        "incoming_wals_directory NOT_SUPPORTED",
                        "streaming_wals_directory DEFAULT",
                        "errors_directory NOT_SUPPORTED",
                        "streaming_archiver_name TAKEN_OVER");
    }

    @Test
    void namesTheServersThatWouldHaveToMove() {
        others = Map.of("a", "org.matriarch.server-a.cfg", "b", "org.matriarch.server-b.cfg");
        barman.with("compression = gzip", "parallel_jobs = 1").with("[pg]", "conninfo = host=pg");

        assertThat(reasons())
                .containsExactly(
                        "stands there already, and servers 'a', 'b' live there, but Barman's servers lie in '%s':"
                                        .formatted(barman.home())
                                + " bring all into one directory");
        assertThat(plan().files().get(0).content())
                .contains("compression = gzip")
                .doesNotContain("parallel_jobs");
    }

    private List<String> reasons() {
        return plan().report().problems().stream()
                .map(ConfigurationProblem::reason)
                .toList();
    }

    private ImportPlan plan(String... servers) {
        var ours = new ConfigurationFiles(etc, Map.of(), others, host.resolve("matriarch"));
        return ImportPlanner.plan(new Request(barman.conf(), Set.of(servers), false), ours);
    }
}
