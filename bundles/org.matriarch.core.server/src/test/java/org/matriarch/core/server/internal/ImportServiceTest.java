package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.server.BarmanImport.Request;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.BarmanImportReport.Change;
import org.matriarch.api.server.ConfigurationProblem;

@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class ImportServiceTest {

    private static final String GLOBAL = "org.matriarch.cfg";
    private static final String PG = "org.matriarch.server-pg.cfg";

    @TempDir
    Path base;

    @TempDir
    Path etc;

    @TempDir
    Path host;

    private BarmanHome barman;
    private ConfiguredServers servers;
    private ScheduledExecutorService container;
    private ScheduledFuture<?> deliveries;

    @BeforeEach
    void start() {
        barman = new BarmanHome(host);
        servers = new ConfiguredServers(base);
        servers.updateGlobal(null);
        container = Executors.newSingleThreadScheduledExecutor();
        deliveries = container.scheduleWithFixedDelay(this::deliver, 0, 5, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        deliveries.cancel(false);
        container.shutdownNow();
        container.awaitTermination(1, TimeUnit.MINUTES);
    }

    @Test
    void writesFilesThatHoldWhatBarmanDid() throws Exception {
        barman.with("compression = pigz", "retention_policy = REDUNDANCY 2")
                .with("[pg]", "conninfo = host=pg user=barman", "backup_method = postgres", "streaming_archiver = on")
                .with("slot_name = barman", "minimum_redundancy = 1", "retention_policy = None");

        BarmanImportReport report = carryOut();

        assertThat(report.problems()).isEmpty();
        assertThat(report.servers()).containsExactly("pg");
        assertThat(Files.readAllLines(etc.resolve(GLOBAL)))
                .containsExactly(
                        "# Taken over from Barman: " + barman.conf(),
                        "compression = gzip",
                        "matriarch_home = " + barman.home(),
                        "retention_policy = REDUNDANCY 2");
        assertThat(Files.readAllLines(etc.resolve(PG)))
                .containsExactly(
                        "# Taken over from Barman: " + barman.conf(),
                        "backup_method = streaming",
                        "conninfo = host=pg user=barman",
                        "minimum_redundancy = 1",
                        "retention_policy =",
                        "slot_name = barman",
                        "streaming_archiver_name = barman_receive_wal");
        servers.updateServer("org.matriarch.server~pg", read(PG));
        assertThat(servers.problems()).isEmpty();
        assertThat(servers.requireServer("pg").home()).isEqualTo(barman.home().resolve("pg"));
        assertThat(servers.requireServer("pg").repository().retention()).isEmpty();
    }

    @Test
    void saysWhatBecomesOfEachOption() {
        barman.with("log_level = DEBUG", "configuration_files_directory = " + host.resolve("barman.d"))
                .write("barman.d/pg.conf", """
                        [pg]
                        conninfo = host=pg password=geheim
                        streaming_archiver = off
                        compression = pygzip
                        backup_compression = gzip
                        parallel_jobs = 1
                        paralel_jobs = 4
                        check_timeout = 60
                        wals_directory = %(backup_directory)s/wals
                        """);

        assertThat(plan().options())
                .map(option -> "%s.%s = %s: %s %s"
                        .formatted(option.section(), option.key(), option.value(), option.outcome(), option.detail()))
                .containsExactly(
                        "barman.barman_home = %s: TRANSLATED matriarch_home".formatted(barman.home()),
                        "barman.log_level = DEBUG: NOT_SUPPORTED"
                                + " etc/org.ops4j.pax.logging.cfg says what is logged, and where",
                        "barman.configuration_files_directory = %s: TRANSLATED 1 file read"
                                .formatted(host.resolve("barman.d")),
                        "pg.conninfo = host=pg password=***: TAKEN_OVER ",
                        "pg.streaming_archiver = off: TAKEN_OVER ",
                        "pg.compression = pygzip: TRANSLATED gzip, which writes the same format",
                        "pg.backup_compression = gzip: NOT_SUPPORTED"
                                + " backups are stored as they are; compressed ones of Barman are read",
                        "pg.parallel_jobs = 1: DEFAULT ",
                        "pg.paralel_jobs = 4: UNKNOWN no option of Barman 3.17; the nearest is 'parallel_jobs'",
                        "pg.check_timeout = 60: NOT_SUPPORTED has one value for all servers",
                        "pg.wals_directory = %s: DEFAULT "
                                .formatted(barman.home().resolve("pg/wals")),
                        "pg.backup_method = rsync: ADDED Barman's default");
    }

    @Test
    void plansWithoutWriting() throws Exception {
        barman.with("[pg]", "conninfo = host=pg password=geheim");

        BarmanImportReport report = plan();

        assertThat(report.files())
                .containsExactly(
                        new BarmanImportReport.File(
                                etc.resolve(GLOBAL), Change.CREATE, List.of("matriarch_home = " + barman.home())),
                        new BarmanImportReport.File(
                                etc.resolve(PG),
                                Change.CREATE,
                                List.of(
                                        "backup_method = rsync",
                                        "conninfo = host=pg password=***",
                                        "streaming_archiver = off")));
        assertThat(etc).isEmptyDirectory();
    }

    @Test
    void letsOnlyTheOwnerReadAPassword() throws Exception {
        barman.with("[pg]", "conninfo = host=pg password=geheim").with("[open]", "conninfo = host=pg");

        carryOut();

        assertThat(Files.readString(etc.resolve(PG))).contains("conninfo = host=pg password=geheim\n");
        assertThat(permissions(PG)).isEqualTo("rw-------");
        assertThat(permissions("org.matriarch.server-open.cfg")).isEqualTo("rw-r--r--");
        try (var files = Files.list(etc)) {
            assertThat(files.map(file -> etc.relativize(file).toString()))
                    .containsExactlyInAnyOrder(GLOBAL, PG, "org.matriarch.server-open.cfg");
        }
    }

    @Test
    void addsToTheGlobalFileAndLeavesTheRestOfItAlone() throws Exception {
        Files.writeString(etc.resolve(GLOBAL), "# ours\ncompression = gzip");
        deliver();
        barman.with("compression = pigz", "check_timeout = 60").with("[pg]", "conninfo = host=pg");

        carryOut();

        assertThat(Files.readString(etc.resolve(GLOBAL)))
                .isEqualTo(
                        "# ours\ncompression = gzip\n\n# Taken over from Barman: %s\ncheck_timeout = 60\nmatriarch_home = %s\n"
                                .formatted(barman.conf(), barman.home()));
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        barman.with("compression = zstd").with("[pg]", "conninfo = host=pg");
        carryOut();
        deliver();
        String before = Files.readString(etc.resolve(GLOBAL));

        BarmanImportReport again = carryOut();

        assertThat(again.problems()).isEmpty();
        assertThat(again.files()).map(BarmanImportReport.File::change).containsExactly(Change.NONE, Change.NONE);
        assertThat(Files.readString(etc.resolve(GLOBAL))).isEqualTo(before);
    }

    @Test
    void replacesAFileOnlyIfToldTo() throws Exception {
        Files.writeString(etc.resolve(PG), "conninfo = host=other\n");
        barman.with("[pg]", "conninfo = host=pg");

        assertThat(carryOut().problems())
                .containsExactly(new ConfigurationProblem(
                        PG,
                        "",
                        etc.resolve(PG).toString(),
                        "it is there and says something else; --force replaces it"));
        assertThat(Files.readString(etc.resolve(PG))).isEqualTo("conninfo = host=other\n");
        assertThat(etc.resolve(GLOBAL)).doesNotExist();

        BarmanImportReport forced = service(Duration.ofMinutes(1)).carryOut(new Request(barman.conf(), Set.of(), true));
        assertThat(forced.files()).map(BarmanImportReport.File::change).contains(Change.REPLACE);
        assertThat(Files.readString(etc.resolve(PG))).contains("conninfo = host=pg\n");
    }

    @Test
    void refusesContradictions() throws Exception {
        Files.writeString(etc.resolve(GLOBAL), "matriarch_home = /srv/ours\ncompression = zstd\nactive = true\n");
        deliver();
        barman.with("compression = lz4", "active = on").with("[pg]", "conninfo = host=pg");

        assertThat(carryOut().problems())
                .containsExactlyInAnyOrder(
                        new ConfigurationProblem(
                                GLOBAL,
                                "matriarch_home",
                                "/srv/ours",
                                "stands there already, but Barman's servers lie in '%s'".formatted(barman.home())),
                        new ConfigurationProblem(
                                GLOBAL, "compression", "zstd", "stands there already, but Barman says 'lz4'"));
        assertThat(etc.resolve(PG)).doesNotExist();
    }

    @Test
    void saysNothingNewForServersThatAreThereAlready() throws Exception {
        Files.writeString(etc.resolve(GLOBAL), "matriarch_home = %s\n".formatted(barman.home()));
        deliver();
        servers.updateServer("org.matriarch.server~old", dictionary(Map.of("conninfo", "host=old")));
        barman.with("compression = lz4")
                .with("[pg]", "conninfo = host=pg")
                .with("[b]", "compression = zstd", "conninfo = x");

        assertThat(carryOut().problems()).isEmpty();

        assertThat(Files.readString(etc.resolve(GLOBAL))).doesNotContain("compression");
        assertThat(Files.readString(etc.resolve(PG))).contains("compression = lz4\n");
        assertThat(Files.readString(etc.resolve("org.matriarch.server-b.cfg"))).contains("compression = zstd\n");
    }

    @Test
    void writesADefaultThatOurGlobalFileDoesNotLeaveOne() throws Exception {
        Files.writeString(etc.resolve(GLOBAL), "streaming_archiver = off\nparallel_jobs = 4\n");
        deliver();
        servers.updateServer("org.matriarch.server~old", dictionary(Map.of("conninfo", "host=old")));
        barman.with("parallel_jobs = 1", "backup_directory = %(barman_home)s/%(name)s")
                .with("[pg]", "conninfo = x", "streaming_archiver = on");
        barman.write(
                "barman.conf",
                Files.readString(barman.conf())
                        .replace(
                                barman.home().toString(),
                                base.resolve("matriarch").toString()));

        assertThat(plan().problems()).isEmpty();
        assertThat(plan().files().get(1).lines()).contains("parallel_jobs = 1", "streaming_archiver = on");
    }

    @Test
    void doesNotMoveServersThatAreThereAlready() {
        servers.updateServer("org.matriarch.server~old", dictionary(Map.of("conninfo", "host=old")));
        barman.with("[pg]", "conninfo = host=pg");

        assertThat(plan().problems())
                .containsExactly(new ConfigurationProblem(
                        GLOBAL,
                        "matriarch_home",
                        base.resolve("matriarch").toString(),
                        "stands there already, and server 'old' lives there, but Barman's servers lie in '%s': bring all"
                                        .formatted(barman.home())
                                + " into one directory"));
    }

    @Test
    void takesWhatAModelSays() throws Exception {
        barman.with("[pg]", "conninfo = host=pg", "streaming_archiver = off", "cluster = c")
                .with("[standby]", "model = true", "cluster = c", "conninfo = host=standby")
                .with("[other]", "model = true", "cluster = c", "conninfo = host=other")
                .write("barman/pg/.active-model.auto", "standby\n");

        BarmanImportReport report = carryOut();

        assertThat(report.servers()).containsExactly("pg");
        assertThat(Files.readString(etc.resolve(PG))).contains("conninfo = host=standby\n");
        assertThat(report.options())
                .contains(
                        new BarmanImportReport.Option(
                                "standby", "conninfo", "host=standby", BarmanImportReport.Outcome.TAKEN_OVER, ""),
                        new BarmanImportReport.Option(
                                "other",
                                "model",
                                "true",
                                BarmanImportReport.Outcome.NOT_SUPPORTED,
                                "no server that is imported is switched to it, and there is no switching here"));
    }

    @Test
    void makesCompressorsOfPrograms() throws Exception {
        barman.with("[pg]", "conninfo = x", "compression = xz")
                .with("[two]", "conninfo = x", "compression = custom", "custom_compression_filter = lzop -c")
                .with("custom_decompression_filter = lzop -dc", "custom_compression_magic = 0x894c5a4f");

        carryOut();

        assertThat(Files.readString(etc.resolve("org.matriarch.compression.command-xz.cfg")))
                .contains("compress = xz -{level} -c\n", "magic = fd377a585a00\n");
        assertThat(Files.readAllLines(etc.resolve("org.matriarch.compression.command-custom.cfg")))
                .contains(
                        "matriarch.compressor.id = custom",
                        "compress = lzop -c",
                        "decompress = lzop -dc",
                        "magic = 894c5a4f");
        assertThat(Files.readString(etc.resolve("org.matriarch.server-two.cfg")))
                .contains("compression = custom\n");
    }

    @Test
    void asksForAFileWhereAProgramNeedsAShell() throws Exception {
        barman.with("compression = custom", "custom_compression_filter = a | b")
                .with("custom_decompression_filter = b | a", "custom_compression_magic = 0xaabb")
                .with("[pg]", "conninfo = x");

        assertThat(plan().problems())
                .map(ConfigurationProblem::file)
                .containsExactly("org.matriarch.compression.command-custom.cfg");

        Files.writeString(etc.resolve("org.matriarch.compression.command-custom.cfg"), "compress = my.sh\n");
        assertThat(plan().problems()).isEmpty();
    }

    @Test
    void stopsWhereTheGlobalFileIsNotTaken() throws Exception {
        container.shutdownNow();
        container.awaitTermination(1, TimeUnit.MINUTES);
        barman.with("[pg]", "conninfo = x");

        assertThatThrownBy(() -> service(Duration.ofMillis(20)).carryOut(new Request(barman.conf(), Set.of(), false)))
                .hasMessageContaining("is written, but was not taken within 0 s, so the servers' files are not");
        assertThat(etc.resolve(PG)).doesNotExist();

        deliver();
        assertThat(carryOut().files()).map(BarmanImportReport.File::change).containsExactly(Change.NONE, Change.CREATE);
    }

    @Test
    void refusesAServerThatAnotherFileConfigures() {
        servers.updateServer("org.matriarch.server~pg", file("org.matriarch.server-pg.config"));
        barman.with("[pg]", "conninfo = x");

        assertThat(plan().problems())
                .containsExactly(new ConfigurationProblem(
                        "org.matriarch.server-pg.config",
                        "",
                        "pg",
                        "it configures the server already; remove it before another file does"));
    }

    @Test
    void saysWhichFileItCannotRead() {
        Path missing = host.resolve("missing.conf");
        assertThatThrownBy(() -> service(Duration.ZERO).plan(new Request(missing, Set.of(), false)))
                .hasMessageContaining("MATR-1001: unable to read '%s'".formatted(missing));

        barman.write("empty.conf", "[pg]\nconninfo = x\n");
        assertThatThrownBy(() -> service(Duration.ZERO).plan(new Request(host.resolve("empty.conf"), Set.of(), false)))
                .hasMessageContaining("says no barman_home");
    }

    private BarmanImportReport plan() {
        return service(Duration.ZERO).plan(new Request(barman.conf(), Set.of(), false));
    }

    private BarmanImportReport carryOut() throws InterruptedException {
        return service(Duration.ofMinutes(1)).carryOut(new Request(barman.conf(), Set.of(), false));
    }

    private ImportService service(Duration patience) {
        return new ImportService(etc, servers, patience);
    }

    /** What file install does with the global file; one at a time, or what was read before might be delivered after. */
    private synchronized void deliver() {
        if (Files.exists(etc.resolve(GLOBAL))) {
            servers.updateGlobal(read(GLOBAL));
        }
    }

    private Dictionary<String, Object> read(String name) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(etc.resolve(name))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        var dictionary = new Hashtable<String, Object>();
        properties.forEach((key, value) -> dictionary.put((String) key, value));
        return dictionary;
    }

    private static Dictionary<String, Object> dictionary(Map<String, String> values) {
        return new Hashtable<>(values);
    }

    private static Dictionary<String, Object> file(String name) {
        return dictionary(Map.of("conninfo", "x", "felix.fileinstall.filename", "file:/etc/" + name));
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve(name)));
    }
}
