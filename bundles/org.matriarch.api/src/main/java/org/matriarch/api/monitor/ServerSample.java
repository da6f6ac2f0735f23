package org.matriarch.api.monitor;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;

/**
 * What was last seen of a server. What was never seen is empty; what does not answer any more stays as it was, with its time.
 *
 * @param active whether the server is worked on
 * @param reachable whether PostgreSQL answered when it was last asked; empty if it was never asked
 * @param checks of the last round that the container made by itself
 */
public record ServerSample(
        String server,
        boolean active,
        Optional<Boolean> reachable,
        Optional<Seen<ServerFacts>> facts,
        Optional<Seen<List<Backup>>> backups,
        Optional<Seen<WalTotals>> wal,
        Optional<Seen<WalQueue>> queue,
        Optional<Seen<ReceiverStatus>> receiver,
        Optional<Seen<List<CheckResult>>> checks) {}
