package org.matriarch.shell.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ConfiguredOption;
import org.matriarch.api.server.ConfiguredOption.Source;
import org.matriarch.api.server.ConfiguredOptions;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.testkit.server.FixedServers;

final class ConfigurationShowCommandTest {

    private static final String FILE = "org.matriarch.server-main.cfg";
    private static final ConfigurationProblem REFUSED = new ConfigurationProblem(
            FILE, "parallel_jobs", "65", "is not allowed; allowed is a whole number from 1 to 64");

    private final FixedServers servers = new FixedServers();
    private final ConfiguredOptions good = server -> List.of(
            option("matriarch_home", "/srv", Source.GLOBAL_FILE, "org.matriarch.cfg"),
            option("conninfo", "host=pg password=***", Source.SERVER_FILE, FILE),
            option("parallel_jobs", "1", Source.DEFAULT, ""));
    private final ConfiguredOptions broken = server -> List.of(
            option("conninfo", "host=pg", Source.LAST_GOOD, FILE),
            new ConfiguredOption("parallel_jobs", "1", Source.DEFAULT, "", Optional.of(REFUSED)),
            option("compression", "none", Source.DEFAULT, ""));

    @Test
    void tellsWhereEachValueComesFrom() {
        assertThat(caller(good).callAndLook("configuration:show", "main")).isEqualTo("""
                OPTION         | VALUE                | SOURCE
                ---------------+----------------------+----------------------------------
                matriarch_home | /srv                 | etc/org.matriarch.cfg
                conninfo       | host=pg password=*** | etc/org.matriarch.server-main.cfg
                parallel_jobs  | 1                    | default
                """);
    }

    @Test
    void showsWhatIsRefusedBelow() {
        servers.refuse("main", REFUSED);

        assertThat(caller(broken).callAndLook("configuration:show", "main", "--minimal"))
                .isEqualTo("""
                OPTION        | VALUE   | SOURCE
                --------------+---------+----------
                conninfo      | host=pg | last good
                parallel_jobs | 1       | default
                refused, so that the last good values stay in force:
                  org.matriarch.server-main.cfg : parallel_jobs = 65: is not allowed; allowed is a whole number from 1 to 64
                """);
    }

    @Test
    void showsWhatIsRefusedForAllServersToo() {
        servers.refuse("", new ConfigurationProblem("org.matriarch.cfg", "compresion", "zstd", "is not an option"));

        assertThat(caller(good).callAndLook("configuration:show", "main"))
                .contains("  org.matriarch.cfg : compresion = zstd: is not an option\n");
    }

    @Test
    void isADocument() {
        servers.refuse("main", REFUSED);

        assertThat(caller(broken).callAndLook("configuration:show", "main", "--format", "json"))
                .startsWith("""
                        {
                          "name" : "main",
                          "options" : [
                            {
                              "key" : "conninfo",
                              "value" : "host=pg",
                              "source" : "LAST_GOOD",
                              "file" : "org.matriarch.server-main.cfg",
                              "refused" : null
                            },
                            {
                              "key" : "parallel_jobs",
                              "value" : "1",
                              "source" : "DEFAULT",
                              "file" : null,
                              "refused" : {
                                "file" : "org.matriarch.server-main.cfg",
                                "key" : "parallel_jobs",
                                "value" : "65",
                        """)
                .contains("\"problems\" : [\n    {\n      \"file\" : \"org.matriarch.server-main.cfg\"");
    }

    private Caller caller(ConfiguredOptions options) {
        return new Caller(new ScriptedServices().with(Servers.class, servers).with(ConfiguredOptions.class, options));
    }

    private static ConfiguredOption option(String key, String value, Source source, String file) {
        return new ConfiguredOption(key, value, source, file, Optional.empty());
    }
}
