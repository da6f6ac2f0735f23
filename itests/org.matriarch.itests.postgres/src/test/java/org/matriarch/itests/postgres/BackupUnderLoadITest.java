package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** A backup is taken while a writer commits; restored to the latest, every acknowledged row is there. */
final class BackupUnderLoadITest {

    @SuppressWarnings("NullAway.Init")
    private static Container container;

    @BeforeAll
    static void startContainer() {
        container = Container.start();
    }

    @AfterAll
    static void stopContainer() {
        container.close();
    }

    @ParameterizedTest
    @MethodSource("majors")
    void losesNoAcknowledgedRow(int major) {
        String name = "pg" + major;
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start()) {
            container.care(name, server);
            Path restored;
            SteadyWriter writer = SteadyWriter.into(server);
            try (writer) {
                writer.awaitRows(100);
                container.backUp(name);
                writer.awaitRows(100);
            }
            container.ok("wal:switch", name, "--archive", "--archive-timeout", "60");
            restored = container.restore(name, "latest");

            try (EmbeddedPostgres again = Restored.start(major, restored)) {
                assertThat(writer.acknowledged()).isGreaterThan(200);
                assertThat(writer.missingIn(again)).isZero();
            }
            container.ok("backup:verify", name, "latest");
            container.removeConfiguration("org.matriarch.server-%s.cfg".formatted(name));
        }
    }

    static List<Integer> majors() {
        return EmbeddedPostgres.SUPPORTED_MAJORS;
    }
}
