package org.matriarch.core.backup.internal;

import java.time.Duration;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;

/** What must hold before the first byte of a backup is written, so that the backup can become whole. */
final class Preconditions {

    private static final Duration RECEIVER_WAIT = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final WalReceivers receivers;
    private final Pause pause;

    Preconditions(WalReceivers receivers, Pause pause) {
        this.receivers = receivers;
        this.pause = pause;
    }

    /** Refuses a server whose WAL does not suffice for recovery. */
    void requireWalLevel(ServerConfiguration server, ServerFacts facts) {
        String level = facts.settings().getOrDefault("wal_level", "");
        if (level.equals("minimal")) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_SETTINGS,
                    "unable to back up server '%s': its wal_level is 'minimal', 'replica' or 'logical' is needed"
                            .formatted(server.name()),
                    "set wal_level = replica in postgresql.conf and restart PostgreSQL.");
        }
    }

    private static void requireArchiver(ServerConfiguration server) {
        if (!server.wal().archiver()) {
            throw refused(
                    server,
                    "no WAL of it is received",
                    "set 'streaming_archiver = on' in etc/org.matriarch.server-%s.cfg.".formatted(server.name()));
        }
    }

    /** Waits a while for the streaming receiver: without WAL from the start on, the backup could never become whole. */
    void requireWalArrives(ServerConfiguration server, JobContext context) throws InterruptedException {
        if (!server.wal().streaming()) {
            requireArchiver(server);
            return; // whether it comes shows when the backup waits for it
        }
        long looks = RECEIVER_WAIT.dividedBy(LOOK_AGAIN);
        ReceiverStatus status = receivers.status(server.name());
        for (long i = 0; i < looks && mayStillCome(status); i++) {
            context.step("waiting for the WAL receiver");
            context.waiting(true);
            pause.pause(LOOK_AGAIN);
            status = receivers.status(server.name());
        }
        context.waiting(false);
        if (status.state() != ReceiverStatus.State.STREAMING) {
            String reason = status.error()
                    .map(error -> ": " + error.lines().findFirst().orElse(""))
                    .orElse("");
            throw refused(
                    server,
                    "its WAL receiver is %s%s".formatted(status.state(), reason),
                    "see 'wal:receive %s status'; a stopped receiver is started with 'wal:receive %s start'."
                            .formatted(server.name(), server.name()));
        }
    }

    private static boolean mayStillCome(ReceiverStatus status) {
        return status.state() == ReceiverStatus.State.CONNECTING || status.state() == ReceiverStatus.State.BACKING_OFF;
    }

    private static MatriarchException refused(ServerConfiguration server, String reason, String hint) {
        return new MatriarchException(
                ErrorCode.BACKUP_REFUSED, "unable to back up server '%s': %s".formatted(server.name(), reason), hint);
    }
}
