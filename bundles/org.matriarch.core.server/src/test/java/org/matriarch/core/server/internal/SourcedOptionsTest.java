package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ConfiguredOption;
import org.matriarch.api.server.ConfiguredOption.Source;

@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class SourcedOptionsTest {

    private static final String MAIN = "org.matriarch.server~main";
    private static final String FILE = "org.matriarch.server-main.cfg";
    private static final String GLOBAL_FILE = "org.matriarch.cfg";

    @TempDir
    Path base;

    private ConfiguredServers servers;
    private SourcedOptions options;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(base.resolve(FILE), ""); // what was kept of a file that is gone is forgotten
        servers = new ConfiguredServers(base);
        options = new SourcedOptions(servers);
    }

    @Test
    void tellsWhichFileSaysIt() {
        servers.updateGlobal(properties("check_timeout", "5", "parallel_jobs", "2", "bandwidth_limit", "64"));
        servers.updateServer(
                MAIN, file("conninfo", "host=pg password=geheim", "parallel_jobs", "3", "bandwidth_limit", ""));

        assertThat(option("conninfo")).isEqualTo(good("conninfo", "host=pg password=***", Source.SERVER_FILE, FILE));
        assertThat(option("parallel_jobs")).isEqualTo(good("parallel_jobs", "3", Source.SERVER_FILE, FILE));
        assertThat(option("bandwidth_limit")).isEqualTo(good("bandwidth_limit", "0", Source.DEFAULT, ""));
        assertThat(option("compression")).isEqualTo(good("compression", "none", Source.DEFAULT, ""));
        assertThat(option("check_timeout")).isEqualTo(good("check_timeout", "5", Source.GLOBAL_FILE, GLOBAL_FILE));
        assertThat(option("matriarch_home"))
                .isEqualTo(good("matriarch_home", base.resolve("matriarch").toString(), Source.DEFAULT, ""));

        servers.updateServer(MAIN, file("conninfo", "host=pg"));
        assertThat(option("parallel_jobs")).isEqualTo(good("parallel_jobs", "2", Source.GLOBAL_FILE, GLOBAL_FILE));

        servers.updateGlobal(properties("check_timeout", "", "matriarch_home", "/srv"));
        assertThat(option("check_timeout")).isEqualTo(good("check_timeout", "30", Source.DEFAULT, ""));
        assertThat(option("matriarch_home")).isEqualTo(good("matriarch_home", "/srv", Source.GLOBAL_FILE, GLOBAL_FILE));
        assertThat(options.options("main")).hasSameSizeAs(Options.ALL);
    }

    @Test
    void tellsTheLastGoodValueWhileTheServersFileIsRefused() {
        servers.updateGlobal(properties("check_timeout", "5", "bandwidth_limit", "64"));
        servers.updateServer(MAIN, file("conninfo", "host=pg", "parallel_jobs", "3"));
        servers.updateServer(MAIN, file("conninfo", "host=other", "parallel_jobs", "65", "compression", "gzip"));
        servers.updateGlobal(properties("check_timeout", "6", "bandwidth_limit", "128"));

        var refused = new ConfigurationProblem(
                FILE, "parallel_jobs", "65", "is not allowed; allowed is a whole number from 1 to 64");
        assertThat(option("parallel_jobs"))
                .isEqualTo(new ConfiguredOption("parallel_jobs", "3", Source.LAST_GOOD, FILE, Optional.of(refused)));
        assertThat(option("conninfo")).isEqualTo(good("conninfo", "host=pg", Source.LAST_GOOD, FILE));
        assertThat(option("bandwidth_limit")).isEqualTo(good("bandwidth_limit", "64", Source.LAST_GOOD, FILE));
        assertThat(option("compression")).isEqualTo(good("compression", "none", Source.DEFAULT, ""));
        assertThat(option("check_timeout")).isEqualTo(good("check_timeout", "6", Source.GLOBAL_FILE, GLOBAL_FILE));

        servers.updateServer(MAIN, file("conninfo", "host=other"));
        assertThat(option("conninfo")).isEqualTo(good("conninfo", "host=other", Source.SERVER_FILE, FILE));
        assertThat(option("bandwidth_limit"))
                .isEqualTo(good("bandwidth_limit", "128", Source.GLOBAL_FILE, GLOBAL_FILE));
    }

    @Test
    void tellsTheLastGoodGlobalValueWhileThatFileIsRefused() {
        servers.updateGlobal(properties("check_timeout", "5", "bandwidth_limit", "64"));
        servers.updateServer(MAIN, file("conninfo", "host=pg"));
        servers.updateGlobal(properties("bandwidth_limit", "1"));

        assertThat(option("bandwidth_limit").source()).isEqualTo(Source.LAST_GOOD);
        assertThat(option("bandwidth_limit").file()).isEqualTo(GLOBAL_FILE);
        assertThat(option("bandwidth_limit").refused())
                .map(ConfigurationProblem::value)
                .contains("1");
        assertThat(option("check_timeout")).isEqualTo(good("check_timeout", "5", Source.LAST_GOOD, GLOBAL_FILE));
        assertThat(option("conninfo")).isEqualTo(good("conninfo", "host=pg", Source.SERVER_FILE, FILE));
    }

    @Test
    void tellsWhatWasKeptOverARestart() throws IOException {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("conninfo", "host=pg", "parallel_jobs", "3"));
        start();
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("conninfo", "host=pg", "paralel_jobs", "4"));

        assertThat(option("parallel_jobs")).isEqualTo(good("parallel_jobs", "3", Source.LAST_GOOD, FILE));
    }

    @Test
    void knowsNoServerThatNeverWasInForce() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("active", "perhaps"));

        assertThatThrownBy(() -> options.options("main"))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("server 'main' has no configuration in force: active = 'perhaps'");
    }

    @Test
    void takesAValueThatMovedToAnotherFileForNoChange() {
        servers.updateGlobal(properties("bandwidth_limit", "64"));
        servers.updateServer(MAIN, file("conninfo", "host=pg"));
        Configurations before = servers.now();

        servers.updateServer(MAIN, file("conninfo", "host=pg", "bandwidth_limit", "64"));

        assertThat(servers.now().changedSince(before)).isEmpty();
        assertThat(option("bandwidth_limit").source()).isEqualTo(Source.SERVER_FILE);
    }

    private ConfiguredOption option(String key) {
        return options.options("main").stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static ConfiguredOption good(String key, String value, Source source, String file) {
        return new ConfiguredOption(key, value, source, file, Optional.empty());
    }

    private Hashtable<String, Object> file(String... pairs) {
        Hashtable<String, Object> properties = properties(pairs);
        properties.put("felix.fileinstall.filename", base.resolve(FILE).toUri().toString());
        return properties;
    }

    private static Hashtable<String, Object> properties(String... pairs) {
        var properties = new Hashtable<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return properties;
    }
}
