package org.matriarch.shell.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.matriarch.api.server.BarmanImport;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.BarmanImportReport.Change;
import org.matriarch.api.server.BarmanImportReport.Outcome;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class ServerImportCommandTest {

    private final ScriptedImport imports = new ScriptedImport();
    private final Caller caller = new Caller(new ScriptedServices().with(BarmanImport.class, imports));

    @Test
    void saysWhatBecomesOfEachOptionAndFile() {
        assertThat(caller.call("server:import", "/etc/barman.conf")).isZero();

        assertThat(caller.out()).isEqualTo("""
                        SECTION | OPTION      | VALUE | BECOMES       | DETAIL
                        --------+-------------+-------+---------------+--------
                        pg      | compression | pigz  | translated    | gzip
                        pg      | path_prefix | -     | not supported | no need

                        added to /etc/org.matriarch.cfg
                          compression = gzip
                        created /etc/org.matriarch.server-pg.cfg
                          conninfo = x
                        left as it is /etc/org.matriarch.server-b.cfg
                        imported: pg, b
                        """);
        assertThat(imports.carriedOut)
                .containsExactly(new BarmanImport.Request(Path.of("/etc/barman.conf"), Set.of(), false));
    }

    @Test
    void onlySaysItIfAskedTo() {
        assertThat(caller.call("server:import", "barman.conf", "--dry-run", "--server", "pg", "--server=b", "--force"))
                .isZero();

        assertThat(caller.out())
                .contains("would add to /etc/org.matriarch.cfg\n", "would create /etc", "would leave as it is /etc")
                .doesNotContain("imported");
        assertThat(imports.carriedOut).isEmpty();
        assertThat(imports.planned)
                .containsExactly(
                        new BarmanImport.Request(Caller.DIRECTORY.resolve("barman.conf"), Set.of("pg", "b"), true));
    }

    @Test
    void saysWhyNothingIsWritten() {
        imports.problems.add(new ConfigurationProblem("org.matriarch.server-b.cfg", "conninfo", "", "is required"));

        assertThat(caller.call("server:import", "/etc/barman.conf")).isEqualTo(2);

        assertThat(caller.out()).contains("would create").endsWith("""

                        FILE                       | KEY      | VALUE | PROBLEM
                        ---------------------------+----------+-------+------------
                        org.matriarch.server-b.cfg | conninfo | -     | is required
                        """);
        assertThat(caller.err()).isEqualTo("""
                        MATR-1001: '/etc/barman.conf' cannot be imported because of 1 problem; nothing is written
                        HINT: each is listed above with its key and value; --server leaves servers out.
                        """);
    }

    @Test
    void saysItAsJson() throws Exception {
        imports.problems.add(new ConfigurationProblem("org.matriarch.server-b.cfg", "conninfo", "", "is required"));

        assertThat(caller.call("server:import", "/etc/barman.conf", "--format", "json"))
                .isEqualTo(2);

        JsonNode document = new ObjectMapper().readTree(caller.out());
        assertThat(document.get("configuration").asText()).isEqualTo("/etc/barman.conf");
        assertThat(document.get("dryRun").asBoolean()).isTrue();
        assertThat(document.get("servers").get(1).asText()).isEqualTo("b");
        assertThat(document.get("options").get(0).get("outcome").asText()).isEqualTo("TRANSLATED");
        assertThat(document.get("files").get(1).get("change").asText()).isEqualTo("CREATE");
        assertThat(document.get("files").get(1).get("lines").get(0).asText()).isEqualTo("conninfo = x");
        assertThat(document.get("problems").get(0).get("key").asText()).isEqualTo("conninfo");
    }

    private static final class ScriptedImport implements BarmanImport {

        private final List<Request> planned = new ArrayList<>();
        private final List<Request> carriedOut = new ArrayList<>();
        private final List<ConfigurationProblem> problems = new ArrayList<>();

        @Override
        public BarmanImportReport plan(Request request) {
            planned.add(request);
            return report(request);
        }

        @Override
        public BarmanImportReport carryOut(Request request) {
            carriedOut.add(request);
            return report(request);
        }

        private BarmanImportReport report(Request request) {
            return new BarmanImportReport(
                    request.configuration(),
                    List.of("pg", "b"),
                    List.of(
                            new BarmanImportReport.Option("pg", "compression", "pigz", Outcome.TRANSLATED, "gzip"),
                            new BarmanImportReport.Option("pg", "path_prefix", "", Outcome.NOT_SUPPORTED, "no need")),
                    List.of(
                            file("org.matriarch.cfg", Change.EXTEND, "compression = gzip"),
                            file("org.matriarch.server-pg.cfg", Change.CREATE, "conninfo = x"),
                            file("org.matriarch.server-b.cfg", Change.NONE)),
                    problems);
        }

        private static BarmanImportReport.File file(String name, Change change, String... lines) {
            return new BarmanImportReport.File(Path.of("/etc", name), change, List.of(lines));
        }
    }
}
