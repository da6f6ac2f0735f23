package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/**
 * An operator who edits every file there is, and is wrong half of the time, while a backup is taken and WAL comes. What was
 * begun ends as it began, and in the end all is as the files say.
 */
final class ReconfigurationITest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int EDITS = 100;
    private static final int LONGEST_PAUSE_MILLIS = 700;
    private static final int NARROW_KIB = 640;
    /** Of the time that a limit asks for; the transport lets a little pass before it measures. */
    private static final double SURELY = 0.75;

    private static final String SERVER = "org.matriarch.server-main.cfg";
    private static final String GLOBAL = "org.matriarch.cfg";
    private static final String STORE = "org.matriarch.storage.file-vault.cfg";
    private static final String COMPRESSOR = "org.matriarch.compression.command-mine.cfg";
    private static final String DOORS = "org.matriarch.http.cfg";
    private static final Pattern OPTION = Pattern.compile(
            "\"key\" : \"([^\"]*)\",\\s+\"value\" : \"([^\"]*)\",\\s+\"source\" : \"([^\"]*)\",\\s+\"file\" : (null|\"[^\"]*\")");

    private static EmbeddedPostgres postgres;
    private static Container container;
    private static EditedFile server;
    private static EditedFile global;
    private static EditedFile store;
    private static EditedFile compressor;
    private static EditedFile doors;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.builder(17).walSegmentMebibytes(1).start();
        container = Container.start();
        describeFiles();
        var random = new Random();
        store.edit(random, false);
        compressor.edit(random, false);
        container.care("main", postgres, "repository = vault");
    }

    @AfterAll
    static void stop() {
        container.close();
        postgres.close();
    }

    private static void describeFiles() {
        server = new EditedFile(
                container,
                SERVER,
                Map.of(
                        "conninfo", postgres.conninfo(),
                        "slot_name", "matriarch_main",
                        "create_slot", "auto",
                        "repository", "vault"),
                Map.of(
                        "description", List.of("one", "two", "three"),
                        "compression", List.of("mine", "none", "zstd", "gzip"),
                        "compression_level", List.of("low", "medium", "high"),
                        "bandwidth_limit", List.of("0", "64", "100000"),
                        "parallel_jobs", List.of("1", "2", "8"),
                        "plugin_wait", List.of("1 MINUTES", "10 MINUTES"),
                        "retention_policy_mode", List.of("auto", "manual"),
                        "backup_schedule", List.of("0 3 1 1 *", "30 4 1 1 *"),
                        "check_interval", List.of("1 MINUTES", "7 MINUTES"),
                        "streaming_backup_name", List.of("a", "b")),
                Map.of(
                        "paralel_jobs", "2",
                        "parallel_jobs", "65",
                        "active", "perhaps",
                        "conninfo", "",
                        "compression", "a b",
                        "check_timeout", "5",
                        "description", "$[env:NOT_SET_HERE]"));
        global = new EditedFile(
                container,
                GLOBAL,
                Map.of(),
                Map.of(
                        "check_timeout", List.of("10", "20"),
                        "compression", List.of("mine", "gzip"),
                        "basebackup_retry_times", List.of("0", "1"),
                        "basebackup_retry_sleep", List.of("1", "2"),
                        "last_wal_maximum_age", List.of("1 DAYS", "2 WEEKS")),
                Map.of(
                        "check_timeout",
                        "soon",
                        "matriarch_home",
                        "relative",
                        "barman_home",
                        "/srv",
                        "bandwidth_limit",
                        "1"));
        store = new EditedFile(
                container,
                STORE,
                Map.of(
                        "matriarch.store.id",
                        "vault",
                        "directory",
                        container.data().resolve("vault").toString()),
                Map.of("reserve_mebibytes", List.of("0", "1", "2", "64")),
                Map.of(
                        "reserve_mebibytes", "many",
                        "directory", "vault",
                        "matriarch.store.id", "a b",
                        "reserve", "1"));
        compressor = new EditedFile(
                container,
                COMPRESSOR,
                Map.of(
                        "matriarch.compressor.id", "mine",
                        "compress", "gzip -{level} -c",
                        "decompress", "gzip -dc",
                        "magic", "1f8b08",
                        "default_level", "6"),
                Map.of(
                        "low_level", List.of("1", "2"),
                        "high_level", List.of("8", "9"),
                        "timeout_seconds", List.of("20", "60")),
                Map.of(
                        "magic", "none",
                        "compress", "gzip -c | cat",
                        "decompress", "'gzip -dc",
                        "default_level", "six",
                        "matriarch.compressor.id", "",
                        "compres", "gzip"));
        doors = new EditedFile(
                container,
                DOORS,
                Map.of("wal_port", container.walUrl().replaceFirst(".*:", "")),
                Map.of("metrics", List.of("off", "open", "token")),
                Map.of("port", "many", "wal_listen", "0.0.0.0", "wal_prot", "1", "metrics", "perhaps"));
    }

    @Test
    @SuppressWarnings("SystemOut") // whoever wants to see the same again needs the number
    void followsAHundredEditsDuringABackup() throws Exception {
        long seed = Long.getLong("matriarch.seed", System.nanoTime());
        System.out.println("edits of -Dmatriarch.seed=" + seed);
        var random = new Random(seed);
        List<EditedFile> files = List.of(server, global, store, compressor, doors);
        List<String> closed;
        int during = 0;
        container.care("main", postgres, "repository = vault", "compression = mine", "bandwidth_limit = " + NARROW_KIB);
        awaitOption("bandwidth_limit", "%d from %s".formatted(NARROW_KIB, SERVER));
        int logged = container.log().length();
        Process backup = container.begin("backup:create", "main", "--wait", "--wait-timeout", "120");
        try (BusyWal wal = BusyWal.of(postgres)) {
            await("begin of the backup")
                    .pollInterval(Duration.ofMillis(200))
                    .atMost(PATIENCE)
                    .until(() -> container.ok("backup:list", "main").out().contains("STARTED"));
            for (boolean broken : halfOfThemBroken(random)) {
                files.get(random.nextInt(files.size())).edit(random, broken);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_PAUSE_MILLIS)));
                during += backup.isAlive() ? 1 : 0;
            }
            assertThat(backup.waitFor()).as("end of the backup, seed %d", seed).isZero();
            closed = wal.closed();
        }

        files.forEach(file -> file.edit(random, true));
        files.forEach(ReconfigurationITest::awaitRefusal);
        files.forEach(file -> file.edit(random, false));
        files.forEach(ReconfigurationITest::awaitNoRefusal);
        await("what the files say")
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(inForce()).isEqualTo(written()));

        System.out.printf("%d of %d edits during the backup, %d segments%n", during, EDITS, closed.size());
        assertThat(during).isPositive();
        backupWentOnAsItBegan();
        nothingIsLost(closed);
        nothingElseIsWrong(container.log().substring(logged));
    }

    @Test
    void followsThePrompt() throws IOException {
        Path file = container.data().resolve("etc").resolve(SERVER);
        String edit = "config:edit org.matriarch.server~main\n";
        server.edit(new Random(), false);
        container.configure(SERVER, "# written by hand: größe\n" + Files.readString(file));

        container.karaf("config:property-set --pid org.matriarch.server~main description 'set at once'");
        awaitOption("description", "set at once from " + SERVER);
        container.karaf(edit + "config:property-set description 'not yet'\nconfig:property-set parallel_jobs 65\n"
                + "config:update");
        await("refusal")
                .atMost(PATIENCE)
                .until(() -> container.run("server:check", "main").out().contains("parallel_jobs = '65'"));
        awaitOption("description", "set at once from " + SERVER);
        container.karaf(edit + "config:property-set parallel_jobs 5\nconfig:update");
        awaitOption("description", "not yet from " + SERVER);
        awaitOption("parallel_jobs", "5 from " + SERVER);

        assertThat(Files.readString(file))
                .startsWith("# written by hand: größe\n")
                .containsPattern("description ?= ?not yet")
                .containsPattern("parallel_jobs ?= ?5");
        container.karaf("config:property-delete --pid org.matriarch.server~main parallel_jobs");
        await("the default").atMost(PATIENCE).until(() -> !inForce().containsKey("parallel_jobs"));
    }

    @Test
    @SuppressWarnings("BanJNDI") // by which every JMX client finds its server; ours
    void followsJmx() throws Exception {
        Doors ports = Doors.open(container, "adam = adam,admin,manager,viewer,systembundles,ssh\n", "");
        var url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/karaf-root".formatted(ports.jmx()));
        var login = Map.of(JMXConnector.CREDENTIALS, new String[] {"adam", "adam"});
        await("JMX").ignoreExceptions().atMost(PATIENCE).until(() -> {
            JMXConnectorFactory.connect(url, login).close();
            return true;
        });
        try (JMXConnector client = JMXConnectorFactory.connect(url, login)) {
            set(client, "description", "by JMX");
            awaitOption("description", "by JMX from " + SERVER);

            set(client, "parallel_jobs", "many");
            await("refusal")
                    .atMost(PATIENCE)
                    .until(() -> container.run("server:check", "main").out().contains("parallel_jobs = 'many'"));
            set(client, "parallel_jobs", "6");
            awaitOption("parallel_jobs", "6 from " + SERVER);
        }
        assertThat(Files.readString(container.data().resolve("etc").resolve(SERVER)))
                .containsPattern("parallel_jobs ?= ?6");
    }

    private static void set(JMXConnector client, String key, String value) throws Exception {
        String text = String.class.getName();
        client.getMBeanServerConnection()
                .invoke(
                        new ObjectName("org.apache.karaf:type=config,name=root"),
                        "setProperty",
                        new Object[] {"org.matriarch.server~main", key, value},
                        new String[] {text, text, text});
    }

    private static void awaitOption(String key, String valueAndFile) {
        await(key)
                .pollInterval(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> valueAndFile.equals(inForce().get(key)));
    }

    @Test
    void readsAgainWhatNeverWasGood() {
        String file = "org.matriarch.compression.command-new.cfg";
        String plugin = "\"kind\" : \"compressor\",\\s+\"id\" : \"new\",\\s+\"state\" : \"%s\"";
        container.configure(file, "matriarch.compressor.id = new\ncompress = gzip -c\n");
        await("refusal")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                container.ok("plugin:list", "--format", "json").out())
                        .containsPattern(plugin.formatted("REFUSED"))
                        .contains("'etc/%s' is refused, and nothing of it is in force: 'magic'".formatted(file)));

        container.configure(
                file, "matriarch.compressor.id = new\ncompress = gzip -c\ndecompress = gzip -dc\nmagic = 1f8b08\n");
        await("plugin")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                container.ok("plugin:list", "--format", "json").out())
                        .containsPattern(plugin.formatted("ACTIVE"))
                        .doesNotContain("is refused"));
        container.removeConfiguration(file);
        await("end of the plugin")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                container.ok("plugin:list", "--format", "json").out())
                        .doesNotContain("\"new\""));
    }

    private static List<Boolean> halfOfThemBroken(Random random) {
        var broken = new ArrayList<Boolean>(Collections.nCopies(EDITS / 2, true));
        broken.addAll(Collections.nCopies(EDITS - EDITS / 2, false));
        Collections.shuffle(broken, random);
        return broken;
    }

    private static void awaitRefusal(EditedFile file) {
        await("refusal of " + file.mistake() + " in " + file.name())
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .until(() -> failures().anyMatch(line -> line.contains(file.name()) && line.contains(file.mistake())));
    }

    private static void awaitNoRefusal(EditedFile file) {
        await("acceptance of " + file.name())
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .until(() -> failures().noneMatch(line -> line.contains(file.name())));
    }

    private static Stream<String> failures() {
        return container.run("server:check", "main").out().lines().filter(line -> line.contains("| FAILED"));
    }

    /** Returns each option that is not a default, with its value and the file that it comes from. */
    private static Map<String, String> inForce() {
        String shown = container
                .ok("configuration:show", "main", "--minimal", "--format", "json")
                .out();
        return OPTION.matcher(shown)
                .results()
                .filter(option -> !option.group(1).equals("conninfo"))
                .collect(Collectors.toMap(
                        option -> option.group(1),
                        option -> "%s from %s"
                                .formatted(option.group(2), option.group(4).replace("\"", ""))));
    }

    private static Map<String, String> written() {
        var written = new LinkedHashMap<String, String>();
        global.written().forEach((key, value) -> written.put(key, "%s from %s".formatted(value, GLOBAL)));
        server.written().forEach((key, value) -> written.put(key, "%s from %s".formatted(value, SERVER)));
        written.remove("conninfo");
        return written;
    }

    /** As slow as was asked for when it began, whatever was asked for later, and in one place. */
    private static void backupWentOnAsItBegan() {
        String shown = container
                .ok("backup:show", "main", "latest", "--format", "json")
                .out();
        assertThat(field(shown, "status")).isEqualTo("DONE");
        Duration taken =
                Duration.between(Instant.parse(field(shown, "beginTime")), Instant.parse(field(shown, "endTime")));
        assertThat(taken.toMillis() / 1000.0)
                .isGreaterThan(SURELY * Long.parseLong(field(shown, "sizeBytes")) / (NARROW_KIB * 1024));
        container.ok("backup:verify", "main", "latest");
    }

    private static void nothingIsLost(List<String> closed) throws IOException {
        container.ok("wal:switch", "main", "--archive", "--archive-timeout", "60");
        await("archive")
                .pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofMinutes(3))
                .until(() -> DatabaseHost.names(container, "main").containsAll(closed));
        DatabaseHost.archived(container, "main");
        var all = new TreeSet<>(closed);
        Path last = postgres.dataDirectory().resolve("pg_wal").resolve(all.last());
        Path directory = Files.createDirectory(container.newDirectory("fetched"));
        container.ok("wal:get", "main", all.last(), "--output", directory.toString());
        assertThat(directory.resolve(all.last())).hasSameBinaryContentAs(last);
    }

    private static void nothingElseIsWrong(String log) {
        assertThat(log.lines()
                        .filter(line -> line.contains("| ERROR |") || line.contains("| WARN  |"))
                        .filter(line -> !line.matches(".*(is refused|MATR-1001|CONFIGURATION_REFUSED).*")))
                .as(log)
                .isEmpty();
    }

    private static String field(String json, String name) {
        Matcher value =
                Pattern.compile("\"%s\" *: *\"?([^\",}]+)".formatted(name)).matcher(json);
        assertThat(value.find()).as(name).isTrue();
        return value.group(1).strip();
    }
}
