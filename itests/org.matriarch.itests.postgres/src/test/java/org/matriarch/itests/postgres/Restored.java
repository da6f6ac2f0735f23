package org.matriarch.itests.postgres;

import java.nio.file.Path;
import java.time.Duration;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Starts servers on restored data directories. */
final class Restored {

    private Restored() {}

    /** Starts a restored server and waits until its recovery has ended. */
    static EmbeddedPostgres start(int major, Path directory) {
        EmbeddedPostgres server =
                EmbeddedPostgres.fromDirectory(major, directory).start();
        server.waitForRecovery(Duration.ofMinutes(2));
        return server;
    }

    /** Returns one value of a restored server, which is stopped again. */
    static String query(int major, Path directory, String sql) {
        try (EmbeddedPostgres server = start(major, directory)) {
            return server.query(sql);
        }
    }
}
