package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/**
 * The container is killed and stopped while archive_command pushes and the index is made anew: what was acknowledged is there,
 * the index is what the archive holds, and it goes on by itself.
 */
final class ArchivingOutagesITest {

    private static final int MAJOR = 16;
    private static final int OUTAGES = 9;
    private static final int LONGEST_MILLIS = 1_500;
    private static final int SEGMENTS_BETWEEN = 12;

    @Test
    void losesNothingThatWasAcknowledged() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR)
                        .walSegmentMebibytes(1)
                        .setting("archive_mode", "on")
                        .start();
                Container container = Container.start()) {
            container.configureServer("main", server, "streaming_archiver = off", "archiver = on");
            DatabaseHost.of(container, "main", server).archive(server);
            var closed = new ArrayList<String>();
            var acknowledged = new ArrayList<String>();
            for (int outage = 1; outage <= OUTAGES; outage++) {
                for (int i = 0; i < SEGMENTS_BETWEEN; i++) {
                    closed.add(DatabaseHost.closeSegment(server));
                }
                Process reindex = container.begin("wal:reindex", "main");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_MILLIS)));
                if (outage % 3 == 0) {
                    container.stop();
                } else {
                    container.kill9();
                }
                reindex.onExit().join();
                acknowledged.add(DatabaseHost.lastArchived(server));
                container.startAgain();
                requireAll(
                        container,
                        closed,
                        acknowledged.get(acknowledged.size() - 1),
                        "seed %d, outage %d".formatted(seed, outage));
            }
            closed.add(DatabaseHost.closeSegment(server));
            String last = closed.get(closed.size() - 1);
            DatabaseHost.awaitArchived(server, last);

            requireAll(container, closed, last, "end of seed " + seed);
            assertThat(acknowledged).as("order").isSorted();
            Set<String> listed = DatabaseHost.archived(container, "main");
            container.ok("wal:reindex", "main");
            assertThat(DatabaseHost.archived(container, "main"))
                    .as("index and archive")
                    .isEqualTo(listed);
        }
    }

    /** Every segment up to the last one that PostgreSQL takes for archived comes into the archive, by itself. */
    private static void requireAll(Container container, List<String> closed, String last, String moment) {
        var expected = new TreeSet<String>(closed);
        expected.removeIf(name -> name.compareTo(last) > 0);
        await(moment)
                .pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() ->
                        assertThat(DatabaseHost.archived(container, "main")).containsAll(expected));
        // Not at once: archiving goes on.
        await("index, " + moment)
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> {
                    Set<String> stored = stored(container.data().resolve("matriarch/main/wals"));
                    assertThat(DatabaseHost.archived(container, "main")).isEqualTo(stored);
                    assertThat(indexed(container)).containsExactlyInAnyOrderElementsOf(stored);
                });
    }

    private static Set<String> stored(Path wals) throws IOException {
        var names = new TreeSet<String>();
        for (Path directory : list(wals)) {
            if (Files.isDirectory(directory)) {
                list(directory).forEach(file -> names.add(file.getFileName().toString()));
            }
        }
        names.removeIf(name -> !name.matches("[0-9A-F]{24}"));
        return names;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> content = Files.list(directory)) {
            return content.toList();
        }
    }

    /** Returns the names in the file of the index, as often as they are there. */
    private static List<String> indexed(Container container) throws IOException {
        return Files.readAllLines(container.data().resolve("matriarch/main/wals/main-xlog.db")).stream()
                .map(line -> line.split("\t", 2)[0])
                .toList();
    }
}
