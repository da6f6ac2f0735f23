package org.matriarch.http.internal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.monitor.Seen;
import org.matriarch.api.monitor.ServerSample;
import org.matriarch.api.monitor.WalTotals;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;

final class MetricsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final ServerSample NEVER_SEEN = new ServerSample(
            "never",
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    @Test
    void tellsWhatWasSeenOfAServer() {
        Map<String, Double> values = scrape(main(), NEVER_SEEN);

        assertThat(values)
                .containsEntry("matriarch_server_active{server=main}", 1.0)
                .containsEntry("matriarch_server_active{server=never}", 0.0)
                .containsEntry("matriarch_server_reachable{server=main}", 0.0)
                .containsEntry("matriarch_server_database_bytes{server=main}", 7_500_000_000.0)
                .containsEntry("matriarch_server_timeline{server=main}", 3.0)
                .containsEntry("matriarch_backups{server=main, status=DONE}", 1.0)
                .containsEntry("matriarch_backups{server=main, status=FAILED}", 1.0)
                .containsEntry("matriarch_backups{server=main, status=STARTED}", 0.0)
                .containsEntry("matriarch_backups_stored_bytes{server=main}", 3000.0)
                .containsEntry("matriarch_last_backup_timestamp_seconds{server=main}", 1_795_172_400.5)
                .containsEntry("matriarch_last_backup_duration_seconds{server=main}", 600.5)
                .containsEntry("matriarch_last_backup_size_bytes{server=main}", 5000.0)
                .containsEntry("matriarch_last_failed_backup_timestamp_seconds{server=main}", 1_795_171_800.0)
                .containsEntry("matriarch_wal_archived_files{server=main}", 12.0)
                .containsEntry("matriarch_wal_archived_bytes{server=main}", 201_326_592.0)
                .containsEntry("matriarch_last_wal_archived_timestamp_seconds{server=main}", 1_795_175_990.0)
                .containsEntry("matriarch_wal_waiting_files{queue=incoming, server=main}", 1.0)
                .containsEntry("matriarch_wal_waiting_files{queue=streaming, server=main}", 2.0)
                .containsEntry("matriarch_wal_error_files{server=main}", 3.0)
                .containsEntry("matriarch_receiver_streaming{server=main}", 1.0)
                .containsEntry("matriarch_receiver_lag_bytes{server=main}", 4096.0)
                .containsEntry("matriarch_check_ok{check=PostgreSQL, server=main}", 0.0)
                .containsEntry("matriarch_check_ok{check=a \"b\" \\, server=main}", 1.0)
                .containsEntry("matriarch_check_warning{check=a \"b\" \\, server=main}", 1.0)
                .containsEntry("matriarch_sample_age_seconds{server=main, source=postgresql}", 90.0)
                .containsEntry("matriarch_sample_age_seconds{server=main, source=backups}", 0.0);
        assertThat(values.keySet()).filteredOn(key -> key.contains("never")).hasSize(1);
    }

    @Test
    void tellsHowTheContainerDoes() {
        var metrics = new Metrics(
                Clock.systemUTC(),
                null,
                null,
                () -> List.of(
                        new PluginInfo("store", "default", "b", "1", "ACTIVE", List.of()),
                        new PluginInfo("store", "other", "b", "1", "ACTIVE", List.of()),
                        new PluginInfo("compressor", "zstd", "", "", "MISSING", List.of("main"))));

        assertThat(Exposition.parse(metrics.text()))
                .containsEntry("matriarch_plugins{kind=store, state=ACTIVE}", 2.0)
                .containsEntry("matriarch_plugins{kind=compressor, state=MISSING}", 1.0)
                .hasEntrySatisfying(
                        "matriarch_jvm_threads", value -> assertThat(value).isPositive())
                .hasEntrySatisfying(
                        "matriarch_jvm_memory_used_bytes{area=heap}",
                        value -> assertThat(value).isPositive());
    }

    @Test
    void writesEveryNumberAsItIsRead() {
        var text = new MetricsText();
        List<Number> numbers = List.of(0, -1, 0.5, 1e-7, 1.5e300, 1L << 53, 123_456_789_012L, -0.25, 1e9, 2.5e9);
        for (int i = 0; i < numbers.size(); i++) {
            text.gauge("numbers", "Some \\ numbers\nand more.", numbers.get(i), "i", Integer.toString(i));
        }
        text.counter("infinite_total", "Much.", Double.POSITIVE_INFINITY);

        Map<String, Double> values = Exposition.parse(text.toString());

        for (int i = 0; i < numbers.size(); i++) {
            assertThat(values)
                    .containsEntry("numbers{i=%d}".formatted(i), numbers.get(i).doubleValue());
        }
        assertThat(values).containsEntry("infinite_total", Double.POSITIVE_INFINITY);
        assertThat(text.toString()).startsWith("# HELP numbers Some \\\\ numbers\\nand more.\n# TYPE numbers gauge\n");
    }

    private static Map<String, Double> scrape(ServerSample... samples) {
        return Exposition.parse(
                new Metrics(Clock.fixed(NOW, ZoneOffset.UTC), () -> List.of(samples), null, null).text());
    }

    private static ServerSample main() {
        return new ServerSample(
                "main",
                true,
                Optional.of(false),
                Optional.of(new Seen<>(facts(), NOW.minusSeconds(90))),
                seen(List.of(
                        backup("20261120T100000", BackupStatus.FAILED), backup("20261120T110000", BackupStatus.DONE))),
                seen(new WalTotals(12, 12L << 24, Optional.of(NOW.minusSeconds(10)))),
                seen(new WalQueue(1, 2, 3)),
                seen(new ReceiverStatus(
                        "main",
                        ReceiverStatus.State.STREAMING,
                        NOW,
                        3,
                        Optional.of(Lsn.parse("0/2000")),
                        Optional.of(Lsn.parse("0/2000")),
                        Optional.of(Lsn.parse("0/3000")),
                        Optional.empty())),
                seen(List.of(
                        new CheckResult("PostgreSQL", Outcome.FAILED, "", ""),
                        new CheckResult("a \"b\" \\", Outcome.WARNING, "", ""))));
    }

    private static ServerFacts facts() {
        return new ServerFacts(
                new PostgresVersion(170_002),
                "7000",
                3,
                16 << 20,
                NOW,
                false,
                Optional.of(Lsn.parse("0/2800")),
                7_500_000_000L,
                false,
                true,
                true,
                List.of(),
                Map.of());
    }

    private static Backup backup(String id, BackupStatus status) {
        Instant begin = NOW.minusSeconds(4200);
        return new Backup(
                new BackupId(id),
                Optional.empty(),
                "main",
                status,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource("7000", new PostgresVersion(170_002), 3, 16L << 20, "/data", List.of()),
                new BackupSpan(begin, Optional.of(begin.plusMillis(600_500)), Optional.empty(), Optional.empty()),
                new BackupSize(5000, 1500, 0, 10),
                RetentionStatus.NONE,
                Optional.empty());
    }

    private static <T> Optional<Seen<T>> seen(T value) {
        return Optional.of(new Seen<>(value, NOW));
    }
}
