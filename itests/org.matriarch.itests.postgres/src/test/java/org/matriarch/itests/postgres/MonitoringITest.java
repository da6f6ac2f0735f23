package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** An operator is told what happens: by checks, by a program of his own, and by metrics. */
final class MonitoringITest {

    private static final int MAJOR = 17;
    private static final String[] WATCHED = {
        "archiver = on",
        "check_interval = 2 SECONDS",
        "last_backup_maximum_age = 7 DAYS",
        "last_wal_maximum_age = 1 HOUR",
        "max_incoming_wals_queue = 20",
        "minimum_redundancy = 1"
    };

    @Test
    void tellsWhatHappensToAServer() throws Exception {
        try (Container container = Container.start();
                EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR)
                        .setting("archive_mode", "on")
                        .setting("archive_command", "true")
                        .start()) {
            Path told = container.data().resolve("told");
            container.configure(
                    "org.matriarch.notify.command-file.cfg",
                    "matriarch.notifier.id = file\nprogram = sh -c 'cat >> \"$0\"' %s\n".formatted(told));
            patiently()
                    .untilAsserted(() -> assertThat(container.ok("plugin:list").out())
                            .containsPattern("notifier +\\| file +\\| ACTIVE .*org.matriarch.notify.command"));
            container.care("main", server, WATCHED);
            withoutABackup(container, told);

            container.backUp("main");

            withABackup(container, told);
            tooSmall(container, server, told);
            conflict(container, told);
            away(container, server, told);
        }
    }

    private static void withoutABackup(Container container, Path told) throws Exception {
        patiently()
                .untilAsserted(() -> assertThat(scrape(container))
                        .contains("matriarch_backups{server=\"main\",status=\"DONE\"} 0")
                        .contains("matriarch_server_reachable{server=\"main\"} 1")
                        .contains("matriarch_receiver_streaming{server=\"main\"} 1"));
        assertThat(scrape(container)).doesNotContain("matriarch_last_backup_");
        assertThat(container.run("server:check", "main").out())
                .containsPattern("main +\\| backup maximum age +\\| FAILED +\\| there is no whole backup")
                .containsPattern("main +\\| continuous archiving +\\| OK");
        patiently()
                .untilAsserted(() -> assertThat(read(told))
                        .containsPattern("\"type\":\"CHECK_FAILED\",.*\"subject\":\"[^\"]*backup maximum age"));
    }

    private static void withABackup(Container container, Path told) throws Exception {
        patiently().untilAsserted(() -> {
            List<String> metrics = scrape(container);
            assertThat(metrics)
                    .contains("matriarch_backups{server=\"main\",status=\"DONE\"} 1")
                    .contains("matriarch_check_ok{server=\"main\",check=\"backup maximum age\"} 1")
                    .contains("matriarch_wal_waiting_files{server=\"main\",queue=\"streaming\"} 0");
            assertThat(value(metrics, "matriarch_last_backup_size_bytes{server=\"main\"}"))
                    .isGreaterThan(1 << 20);
            assertThat(value(metrics, "matriarch_wal_archived_files{server=\"main\"}"))
                    .isPositive();
            assertThat(metrics)
                    .allMatch(line ->
                            line.startsWith("# ") || line.matches("matriarch_[a-z_]+(\\{[a-z]+=\".*\"})? -?[0-9.E-]+"));
        });
        patiently()
                .untilAsserted(() -> assertThat(read(told))
                        .contains("\"type\":\"BACKUP_DONE\"")
                        .containsPattern("\"type\":\"CHECK_OK\",.*\"subject\":\"[^\"]*backup maximum age"));
        patiently()
                .untilAsserted(
                        () -> assertThat(container.run("server:check", "main").exitCode())
                                .isZero());
        assertThat(container.ok("server:check", "main", "--nagios").out())
                .matches("MATRIARCH OK - all checks of server main passed.*\\|main=\\d+B main_wals=\\d+B\n");
    }

    private static void tooSmall(Container container, EmbeddedPostgres server, Path told) {
        String[] lines = Stream.concat(Stream.of(WATCHED), Stream.of("last_backup_minimum_size = 1Ti"))
                .toArray(String[]::new);
        container.configureServer("main", server, lines);
        patiently().untilAsserted(() -> {
            Container.Result nagios = container.run("server:check", "main", "--nagios");
            assertThat(nagios.exitCode()).isEqualTo(2);
            assertThat(nagios.out())
                    .matches("MATRIARCH CRITICAL - server main has issues"
                            + " \\* main FAILED: backup minimum size\\|main=\\d+B main_wals=\\d+B\n");
        });
        patiently()
                .untilAsserted(() -> assertThat(read(told))
                        .containsPattern(
                                "\"type\":\"CHECK_FAILED\",.*\"subject\":\"backup minimum size\",.*, expected at least"
                                        + " 1.0 TiB"));
        container.configureServer("main", server, WATCHED);
    }

    private static void conflict(Container container, Path told) throws IOException {
        Path home = container.data().resolve("matriarch/main");
        Path archived;
        try (Stream<Path> files = Files.walk(home.resolve("wals"))) {
            archived = files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow();
        }
        byte[] other = Files.readAllBytes(archived);
        other[other.length - 1] ^= 1;
        Path copy = Files.write(container.data().resolve("copy"), other);

        Files.move(copy, home.resolve("incoming").resolve(archived.getFileName()), StandardCopyOption.ATOMIC_MOVE);

        patiently()
                .untilAsserted(() -> assertThat(read(told))
                        .containsPattern(
                                "\"type\":\"WAL_CONFLICT\",\"severity\":\"TROUBLE\",\"server\":\"main\",\"subject\":\"%s\""
                                        .formatted(archived.getFileName())));
        patiently()
                .untilAsserted(
                        () -> assertThat(scrape(container)).contains("matriarch_wal_error_files{server=\"main\"} 1"));
    }

    private static void away(Container container, EmbeddedPostgres server, Path told) throws Exception {
        server.stop();
        patiently().untilAsserted(() -> assertThat(read(told)).contains("\"type\":\"RECEIVER_DOWN\""));
        patiently()
                .untilAsserted(() -> assertThat(scrape(container))
                        .contains("matriarch_server_reachable{server=\"main\"} 0")
                        .contains("matriarch_receiver_streaming{server=\"main\"} 0")
                        .contains("matriarch_backups{server=\"main\",status=\"DONE\"} 1"));
        assertThat(container.ok("server:diagnose").out())
                .contains("\"reachable\" : false", "\"name\" : \"receive-wal running\"", "\"status\" : \"DONE\"");
        String before = read(told);
        assertThat(before.substring(before.indexOf("RECEIVER_DOWN"))).doesNotContain("RECEIVER_UP");

        server.start();

        patiently().untilAsserted(() -> {
            String now = read(told);
            assertThat(now.substring(now.indexOf("RECEIVER_DOWN"))).contains("\"type\":\"RECEIVER_UP\"");
        });
    }

    private static ConditionFactory patiently() {
        return await().pollInterval(Duration.ofMillis(500)).atMost(Duration.ofMinutes(2));
    }

    private static double value(List<String> metrics, String name) {
        return metrics.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static List<String> scrape(Container container) throws IOException, InterruptedException {
        String url = Files.readAllLines(container.data().resolve("data/matriarch.token")).stream()
                .filter(line -> line.startsWith("url="))
                .map(line -> line.substring("url=".length()))
                .findFirst()
                .orElseThrow();
        String token =
                Files.readString(container.data().resolve("metrics.token")).strip();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/metrics"))
                .header("Authorization", "Bearer " + token)
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().lines().toList();
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
