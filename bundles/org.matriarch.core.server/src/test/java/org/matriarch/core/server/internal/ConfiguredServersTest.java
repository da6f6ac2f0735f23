package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;

@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class ConfiguredServersTest {

    private static final String MAIN = "org.matriarch.server~main";

    @TempDir
    Path data;

    @TempDir
    Path etc;

    private ConfiguredServers servers;
    private final List<Set<String>> changes = new ArrayList<>();

    @BeforeEach
    void start() {
        servers = started();
    }

    @Test
    void fillsInDefaults() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg password=geheim"));

        ServerConfiguration main = servers.requireServer("main");
        assertThat(main.home()).isEqualTo(data.resolve("matriarch/main"));
        assertThat(main.streamingConninfo()).isEqualTo("host=pg password=geheim");
        assertThat(main.active()).isTrue();
        assertThat(main.repository())
                .isEqualTo(new ServerConfiguration.RepositorySettings(
                        "default", "plain", "none", Optional.empty(), 0, Optional.empty()));
        assertThat(main.backup())
                .isEqualTo(new ServerConfiguration.BackupSettings(
                        "streaming",
                        false,
                        0,
                        1,
                        0,
                        Duration.ofSeconds(30),
                        "matriarch_streaming_backup",
                        Duration.ofMinutes(5)));
        assertThat(main.wal())
                .isEqualTo(new ServerConfiguration.WalSettings(
                        true, false, Optional.empty(), false, "matriarch_receive_wal"));
        assertThat(main.restore()).isEqualTo(new ServerConfiguration.RestoreSettings(false, false));
        assertThat(servers.now().checkTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(servers.describe("main"))
                .containsEntry("conninfo", "host=pg password=***")
                .containsEntry("plugin_wait", "5 MINUTES")
                .containsEntry("slot_name", "")
                .containsEntry("archiver", "off")
                .containsEntry("streaming_conninfo", "host=pg password=***");
        assertThat(servers.servers()).containsExactly(main);
    }

    @Test
    void readsEveryOption() {
        servers.updateGlobal(properties("matriarch_home", "/srv/matriarch", "check_timeout", "5"));
        servers.updateServer(
                MAIN,
                file(
                        "main",
                        "conninfo",
                        "host=a",
                        "streaming_conninfo",
                        "host=b",
                        "backup_method",
                        "postgres",
                        "compression",
                        "zstd",
                        "compression_level",
                        "3",
                        "slot_name",
                        "matriarch",
                        "create_slot",
                        "auto",
                        "streaming_archiver",
                        "off",
                        "ssh_command",
                        "ssh postgres@pg",
                        "reuse_backup",
                        "Link",
                        "network_compression",
                        "on",
                        "tablespace_bandwidth_limit",
                        "fast:1000, a:b : 0",
                        "backup_options",
                        "concurrent_backup, external_configuration",
                        "recovery_options",
                        "get-wal, delta-restore"));

        ServerConfiguration main = servers.requireServer("main");
        assertThat(main.home()).isEqualTo(Path.of("/srv/matriarch/main"));
        assertThat(main.streamingConninfo()).isEqualTo("host=b");
        assertThat(main.backup().method()).isEqualTo("streaming");
        assertThat(main.repository().compressionLevel()).contains("3");
        assertThat(main.wal())
                .isEqualTo(new ServerConfiguration.WalSettings(
                        false, true, Optional.of("matriarch"), true, "matriarch_receive_wal"));
        assertThat(main.copy())
                .isEqualTo(new ServerConfiguration.CopySettings(
                        Optional.of("ssh postgres@pg"), ReuseMode.LINK, true, Map.of("fast", 1000, "a:b", 0), true));
        assertThat(main.restore()).isEqualTo(new ServerConfiguration.RestoreSettings(true, true));
        assertThat(servers.now().checkTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void takesDefaultsFromTheGlobalFileWhicheverComesFirst() {
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg", "slot_name", ""));
        servers.updateServer("org.matriarch.server~b", file("b", "parallel_jobs", "2"));
        assertThat(servers.servers()).isEmpty();

        servers.updateGlobal(properties("conninfo", "host=all", "parallel_jobs", "8", "slot_name", "matriarch"));

        assertThat(servers.requireServer("main").backup().parallelJobs()).isEqualTo(8);
        assertThat(servers.requireServer("main").wal().slotName()).isEmpty();
        assertThat(servers.requireServer("b").conninfo()).isEqualTo("host=all");
        assertThat(servers.requireServer("b").backup().parallelJobs()).isEqualTo(2);
        assertThat(servers.requireServer("b").wal().slotName()).contains("matriarch");
        assertThat(changes).containsExactly(Set.of("b", "main"));
    }

    @Test
    void keepsTheLastGoodOfABrokenFile() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));

        servers.updateServer(MAIN, file("main", "conninfo", "host=other", "parallel_jobs", "many"));

        assertThat(servers.requireServer("main").conninfo()).isEqualTo("host=pg");
        assertThat(servers.problems())
                .isEqualTo(Map.of(
                        "main",
                        List.of(new ConfigurationProblem(
                                "org.matriarch.server-main.cfg",
                                "parallel_jobs",
                                "many",
                                "is not allowed; allowed is a whole number from 1 to 64"))));
        servers.updateServer(MAIN, file("main", "conninfo", "host=other"));
        assertThat(servers.requireServer("main").conninfo()).isEqualTo("host=other");
        assertThat(servers.problems()).isEmpty();
    }

    @Test
    void refusesAVariableThatTheContainerDoesNotHave() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg", "description", "good"));

        servers.updateServer(
                MAIN,
                file("main", "conninfo", "host=pg password=$[env:PW;type=String]", "description", "$[env:A] $[env:A]"));

        assertThat(servers.problems().get("main"))
                .containsExactly(
                        new ConfigurationProblem(
                                "org.matriarch.server-main.cfg",
                                "conninfo",
                                "host=pg password=***",
                                "needs '$[env:PW]', which the container does not have; set it where the container is"
                                        + " started"),
                        new ConfigurationProblem(
                                "org.matriarch.server-main.cfg",
                                "description",
                                "$[env:A] $[env:A]",
                                "needs '$[env:A]', which the container does not have; set it where the container is"
                                        + " started"));
        assertThat(servers.requireServer("main").description()).isEqualTo("good");
    }

    @Test
    void keepsTheLastGoodAcrossARestart() {
        servers.updateGlobal(properties("matriarch_home", "/srv/a"));
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));

        servers = started();
        servers.updateGlobal(properties("matriarch_home", "not/absolute"));
        servers.updateServer(MAIN, file("main", "conninfo", ""));
        servers.updateServer("org.matriarch.server~b", file("b", "conninfo", "host=b"));

        assertThat(servers.requireServer("main").conninfo()).isEqualTo("host=pg");
        assertThat(servers.requireServer("main").home()).isEqualTo(Path.of("/srv/a/main"));
        assertThat(servers.requireServer("b").home()).isEqualTo(Path.of("/srv/a/b"));
        assertThat(servers.problems()).containsOnlyKeys("", "main");
    }

    @Test
    void forgetsAServerWhoseFileWentWhileItWasDown() throws IOException {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        Files.delete(etc.resolve("org.matriarch.server-main.cfg"));

        servers = started();
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", ""));

        assertThat(servers.servers()).isEmpty();
    }

    @Test
    void putsNothingInForceWhileItIsNotKnownWhereServersLive() {
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        servers.updateGlobal(properties("matriarch_home", "relative"));
        servers.updateGlobal(properties("matriarch_home", "relative/too"));

        assertThat(servers.servers()).isEmpty();
        assertThat(servers.problems()).containsOnlyKeys("");
    }

    @Test
    void doesNotTrustWhatWasKeptBlindly() {
        KeptConfigurations kept = new KeptConfigurations(data.resolve("last-good"));
        kept.keep("global", Map.of("gone_option", "1"));
        kept.keep("server-main", Map.of("conninfo", "host=pg", "gone_option", "1"));
        kept.keep("server-b", Map.of("conninfo", "host=pg"));
        servers.updateGlobal(properties("nonsense", "1"));
        servers.updateServer(MAIN, file("main", "nonsense", "1"));
        assertThat(servers.servers()).isEmpty();

        servers.updateGlobal(null);
        servers.updateServer("org.matriarch.server~b", file("b", "nonsense", "1"));

        assertThat(servers.servers()).isEmpty();
    }

    @Test
    void refusesNamesThatCannotBe() {
        servers.updateGlobal(null);
        servers.updateServer("org.matriarch.server~all", file("all", "conninfo", "host=pg"));
        servers.updateServer("org.matriarch.server~..", file("..", "conninfo", "host=pg"));
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        servers.updateServer("org.matriarch.server~z", file("main", "conninfo", "host=other"));

        assertThat(servers.problems().get("all").get(0).reason()).isEqualTo("the name is reserved; rename the file");
        assertThat(servers.problems().get("..").get(0).reason()).startsWith("a server's name is made of");
        assertThat(servers.problems().get("main").get(0).reason())
                .isEqualTo("the server is configured by 'org.matriarch.server-main.cfg' already");
        assertThat(servers.requireServer("main").conninfo()).isEqualTo("host=pg");
        servers.deleteServer("org.matriarch.server~..");
        assertThat(servers.problems()).containsOnlyKeys("all", "main");
    }

    @Test
    void hidesSecretsOfRefusedValues() {
        servers.updateGlobal(properties("conninfos", "host=pg password=geheim", "password", "geheim"));

        assertThat(servers.problems().get(""))
                .extracting(ConfigurationProblem::value)
                .containsExactly("host=pg password=***", "***");
    }

    @Test
    void forgetsAServerWhoseFileIsGone() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));

        servers.deleteServer(MAIN);
        servers.deleteServer("org.matriarch.server~unheard");

        assertThat(servers.findServer("main")).isEmpty();
        assertThat(changes).containsExactly(Set.of("main"), Set.of("main"));
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg", "nonsense", "1"));
        assertThat(servers.servers()).isEmpty();
    }

    @Test
    void saysNothingTwice() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        servers.updateServer(MAIN, file("main", "nonsense", "1"));
        servers.updateServer(MAIN, file("main", "nonsense", "1"));

        assertThat(changes).containsExactly(Set.of("main"), Set.of());
    }

    @Test
    void refusesKeysOfTheGlobalFileInAServersFile() {
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg", "matriarch_home", "/x"));

        assertThat(servers.problems().get("main").get(0).reason()).isEqualTo("stands in org.matriarch.cfg only");
    }

    @Test
    void namesTheNearestOfAnUnknownServer() {
        assertThatThrownBy(() -> servers.requireServer("mian")).hasMessage("""
                        MATR-1002: unable to find server 'mian'
                        HINT: no server is configured; write etc/org.matriarch.server-mian.cfg.""");
        servers.updateGlobal(null);
        servers.updateServer(MAIN, file("main", "conninfo", "host=pg"));
        servers.updateServer("org.matriarch.server~bad", file("bad"));

        assertThatThrownBy(() -> servers.describe("mian")).hasMessage("""
                        MATR-1002: unable to find server 'mian'
                        HINT: the nearest name is 'main'; server:list shows all.""");
        assertThatThrownBy(() -> servers.requireServer("bad"))
                .hasMessageStartingWith("MATR-1002: server 'bad' has no configuration in force: conninfo = '' in"
                        + " 'org.matriarch.server-bad.cfg' is required;")
                .hasMessageEndingWith(
                        "HINT: correct 'etc/org.matriarch.server-bad.cfg'; server:check bad says all that is wrong with it.");
    }

    private ConfiguredServers started() {
        ConfiguredServers started = new ConfiguredServers(data);
        started.subscribe((changed, refused) -> changes.add(changed));
        return started;
    }

    private Hashtable<String, Object> file(String name, String... pairs) {
        Hashtable<String, Object> properties = properties(pairs);
        Path file = etc.resolve("org.matriarch.server-" + name + ".cfg");
        try {
            Files.writeString(file, "", UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        properties.put("felix.fileinstall.filename", file.toUri().toString());
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
