package org.matriarch.http.internal.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.monitor.Seen;
import org.matriarch.api.monitor.ServerSample;
import org.matriarch.api.monitor.WalTotals;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;

/** Writes what was last seen of a server. What was never seen is left out, so that nobody takes it for nothing. */
final class ServerMetrics {

    private final MetricsText text;
    private final Instant now;

    ServerMetrics(MetricsText text, Instant now) {
        this.text = text;
        this.now = now;
    }

    void write(ServerSample sample) {
        String server = sample.server();
        text.gauge(
                "matriarch_server_active", "Whether the server is worked on.", flag(sample.active()), "server", server);
        sample.reachable()
                .ifPresent(reachable -> text.gauge(
                        "matriarch_server_reachable",
                        "Whether PostgreSQL answered when it was last asked.",
                        flag(reachable),
                        "server",
                        server));
        sample.facts().ifPresent(facts -> facts(server, facts));
        sample.backups().ifPresent(backups -> backups(server, backups));
        sample.wal().ifPresent(wal -> wal(server, wal));
        sample.queue().ifPresent(queue -> queue(server, queue));
        sample.receiver()
                .ifPresent(receiver -> receiver(
                        server,
                        receiver,
                        sample.facts().flatMap(seen -> seen.value().currentLsn())));
        sample.checks().ifPresent(checks -> checks(server, checks));
    }

    private void facts(String server, Seen<ServerFacts> facts) {
        text.gauge(
                "matriarch_server_database_bytes",
                "Size of all databases of the server.",
                facts.value().databaseSizeBytes(),
                "server",
                server);
        text.gauge(
                "matriarch_server_timeline",
                "Timeline of the server.",
                facts.value().timeline(),
                "server",
                server);
        age(server, "postgresql", facts);
    }

    private void backups(String server, Seen<List<Backup>> backups) {
        for (BackupStatus status : BackupStatus.values()) {
            text.gauge(
                    "matriarch_backups",
                    "Backups in the repository.",
                    backups.value().stream()
                            .filter(backup -> backup.status() == status)
                            .count(),
                    "server",
                    server,
                    "status",
                    status.name());
        }
        text.gauge(
                "matriarch_backups_stored_bytes",
                "What all backups occupy in the repository, without WAL.",
                backups.value().stream()
                        .mapToLong(backup -> backup.size().storedBytes())
                        .sum(),
                "server",
                server);
        newest(backups.value(), BackupStatus.DONE).ifPresent(backup -> lastBackup(server, backup));
        newest(backups.value(), BackupStatus.FAILED)
                .ifPresent(backup -> text.gauge(
                        "matriarch_last_failed_backup_timestamp_seconds",
                        "When the newest failed backup began.",
                        seconds(backup.span().beginTime()),
                        "server",
                        server));
        age(server, "backups", backups);
    }

    private void lastBackup(String server, Backup backup) {
        backup.span().endTime().ifPresent(end -> {
            text.gauge(
                    "matriarch_last_backup_timestamp_seconds",
                    "When the newest whole backup ended.",
                    seconds(end),
                    "server",
                    server);
            text.gauge(
                    "matriarch_last_backup_duration_seconds",
                    "How long the newest whole backup took.",
                    Duration.between(backup.span().beginTime(), end).toMillis() / 1000.0,
                    "server",
                    server);
        });
        text.gauge(
                "matriarch_last_backup_size_bytes",
                "What a restore of the newest whole backup writes, without WAL.",
                backup.size().sizeBytes(),
                "server",
                server);
    }

    private void wal(String server, Seen<WalTotals> wal) {
        text.gauge(
                "matriarch_wal_archived_files",
                "WAL files in the archive.",
                wal.value().files(),
                "server",
                server);
        text.gauge(
                "matriarch_wal_archived_bytes",
                "What the WAL files of the archive occupy.",
                wal.value().bytes(),
                "server",
                server);
        wal.value()
                .newest()
                .ifPresent(newest -> text.gauge(
                        "matriarch_last_wal_archived_timestamp_seconds",
                        "When the newest WAL segment was archived.",
                        seconds(newest),
                        "server",
                        server));
        age(server, "wal", wal);
    }

    private void queue(String server, Seen<WalQueue> queue) {
        String name = "matriarch_wal_waiting_files";
        String help = "WAL files that are here and wait to be archived.";
        text.gauge(name, help, queue.value().incoming(), "server", server, "queue", "incoming");
        text.gauge(name, help, queue.value().streaming(), "server", server, "queue", "streaming");
        text.gauge(
                "matriarch_wal_error_files",
                "Files that were put aside, since they are not what they should be.",
                queue.value().errors(),
                "server",
                server);
        age(server, "queues", queue);
    }

    private void receiver(String server, Seen<ReceiverStatus> receiver, Optional<Lsn> serverPosition) {
        ReceiverStatus status = receiver.value();
        text.gauge(
                "matriarch_receiver_streaming",
                "Whether the receiver receives WAL.",
                flag(status.state() == ReceiverStatus.State.STREAMING),
                "server",
                server);
        Optional<Lsn> end = later(serverPosition, status.serverEnd());
        status.flushed()
                .flatMap(flushed -> end.map(lsn -> Math.max(0, lsn.minus(flushed))))
                .ifPresent(lag -> text.gauge(
                        "matriarch_receiver_lag_bytes",
                        "How far what the receiver has on disk lies behind the server.",
                        lag,
                        "server",
                        server));
        age(server, "receiver", receiver);
    }

    private void checks(String server, Seen<List<CheckResult>> checks) {
        for (CheckResult check : checks.value()) {
            text.gauge(
                    "matriarch_check_ok",
                    "Whether the check passed when it was last made, with or without a warning.",
                    flag(check.outcome() != Outcome.FAILED),
                    "server",
                    server,
                    "check",
                    check.name());
            text.gauge(
                    "matriarch_check_warning",
                    "Whether the check passed with a warning when it was last made.",
                    flag(check.outcome() == Outcome.WARNING),
                    "server",
                    server,
                    "check",
                    check.name());
        }
        age(server, "checks", checks);
    }

    private void age(String server, String source, Seen<?> seen) {
        text.gauge(
                "matriarch_sample_age_seconds",
                "How old the values are that come from a source; one that does not answer leaves its last ones.",
                Math.max(0.0, Duration.between(seen.time(), now).toMillis() / 1000.0),
                "server",
                server,
                "source",
                source);
    }

    private static Optional<Backup> newest(List<Backup> backups, BackupStatus status) {
        return backups.stream()
                .filter(backup -> backup.status() == status)
                .max(Comparator.comparing(backup -> backup.id().value()));
    }

    private static Optional<Lsn> later(Optional<Lsn> one, Optional<Lsn> other) {
        return one.isPresent() && other.isPresent()
                ? Optional.of(one.get().isBefore(other.get()) ? other.get() : one.get())
                : one.or(() -> other);
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1000.0;
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }
}
