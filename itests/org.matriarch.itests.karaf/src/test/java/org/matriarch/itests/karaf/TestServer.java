package org.matriarch.itests.karaf;

import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.ops4j.pax.exam.Option;

/**
 * A real PostgreSQL beside the container, for all tests of this JVM.
 *
 * <p>Only what runs outside the container may touch this class: the testkit is not there inside.
 */
final class TestServer {

    private static final int MAJOR = 17;
    private static final EmbeddedPostgres POSTGRES = start();

    private TestServer() {}

    /** Returns the option that puts the server under care by a name, with further settings. */
    static Option[] underCare(String name, String... keysAndValues) {
        String file = "etc/org.matriarch.server-%s.cfg".formatted(name);
        var options = new Option[1 + keysAndValues.length / 2];
        options[0] = editConfigurationFilePut(file, "conninfo", POSTGRES.conninfo());
        for (int i = 1; i < options.length; i++) {
            options[i] = editConfigurationFilePut(file, keysAndValues[2 * i - 2], keysAndValues[2 * i - 1]);
        }
        return options;
    }

    private static EmbeddedPostgres start() {
        // Small segments: these tests switch hundreds of them.
        EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR)
                .walSegmentMebibytes(1)
                .setting("max_wal_senders", "10")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "matriarch-itest-postgres"));
        return server;
    }
}
