package org.matriarch.api.postgres;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.matriarch.api.model.Lsn;

/**
 * Who receives the WAL of a server.
 *
 * @param currentLsn how far the server has written or, if it is a standby, replayed
 * @param clients those in synchronous_standby_names first, in its order
 */
public record ReplicationStatus(String server, boolean standby, Lsn currentLsn, List<Client> clients) {

    /** Keeps its own copy. */
    public ReplicationStatus {
        clients = List.copyOf(clients);
    }

    /**
     * One row of pg_stat_replication, but for those of base backups. Source: PostgreSQL manual, "The Cumulative Statistics
     * System". What the server does not tell a user without pg_monitor is empty.
     *
     * @param address empty for a Unix socket
     * @param slot the slot that it holds
     * @param receiver whether it is this product's own receiver of this server
     * @param syncPriority its place in synchronous_standby_names; 0 for an asynchronous one
     * @param syncState async, potential, sync or quorum
     * @param replayed empty for a receiver that replays nothing
     */
    public record Client(
            int processId,
            String applicationName,
            Optional<String> user,
            Optional<String> address,
            Optional<String> hostname,
            OptionalInt port,
            Optional<String> slot,
            boolean receiver,
            Optional<Instant> started,
            Optional<String> state,
            int syncPriority,
            Optional<String> syncState,
            Optional<Lsn> sent,
            Optional<Lsn> written,
            Optional<Lsn> flushed,
            Optional<Lsn> replayed) {

        /** Returns whether it replays what it receives. */
        public boolean hotStandby() {
            return replayed.isPresent();
        }

        /**
         * Returns how safe the server's last transaction is there: of 5 for a standby, of 3 for a receiver. 1: nothing is
         * known, 2: sent, 3: written, 4: on its disk, 5: visible there. Source: Barman manual, {@code replication-status}.
         */
        public int stage(Lsn current) {
            if (hotStandby() && reached(replayed, current)) {
                return 5;
            }
            if (hotStandby() && reached(flushed, current)) {
                return 4;
            }
            if (reached(written, current)) {
                return 3;
            }
            return reached(sent, current) ? 2 : 1;
        }

        private static boolean reached(Optional<Lsn> position, Lsn current) {
            return position.filter(lsn -> !lsn.isBefore(current)).isPresent();
        }

        /** Returns the highest stage that it can reach. */
        public int stages() {
            return hotStandby() ? 5 : 3;
        }
    }
}
