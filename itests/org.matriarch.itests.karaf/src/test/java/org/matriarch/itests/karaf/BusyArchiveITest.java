package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.matriarch.itests.karaf.Eventually.eventually;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.api.wal.WalFiles;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.OptionUtils;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/**
 * Takes the bundles that each archived WAL needs away and brings them back, again and again, while several clusters archive
 * as fast as they can: two by {@code archive_command} and through the replication protocol at once, two through that alone.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BusyArchiveITest {

    private static final List<String> NAMES = List.of("north", "east", "south", "west");

    /** Two pause as long as PostgreSQL pauses when the command has failed; the others never pause. */
    private static final List<String> PUSHING = List.of("north", "west");

    private static final int EXCHANGES = 50;

    /** PostgreSQL pauses for a second when a command has failed: so many are pushed before the next exchange. */
    private static final int EACH_ROUND = 12;

    private static final int SEGMENT_BYTES = 1 << 20;

    @Inject
    private BundleContext context;

    @Inject
    @SuppressWarnings("UnusedVariable") // this service appears when the boot is over: injection waits for it
    private BootFinished bootFinished;

    private final List<BusyCluster> clusters = new ArrayList<>();
    private InContainer product;

    /** Returns how Pax Exam starts the container, and starts the clusters that it is to take care of. */
    @Configuration
    public Option[] config() {
        return DistributionOptions.distribution(OptionUtils.combine(
                TestClusters.underCare(NAMES, PUSHING, 13, 15, 16, 18),
                editConfigurationFilePut("etc/org.matriarch.http.cfg", "wal_port", "0")));
    }

    @Before
    public void awaitProduct() throws Exception {
        product = new InContainer(context);
        eventually(
                "door for WAL",
                InContainer.RECOVERY,
                () -> product.service(WalDoor.class).url(),
                url -> true);
        for (String name : NAMES) {
            product.awaitWhole(name);
            clusters.add(new BusyCluster(product, name, PUSHING.contains(name)));
        }
    }

    @After
    public void leave() throws SQLException {
        for (BusyCluster cluster : clusters) {
            cluster.close();
        }
    }

    @Test
    public void losesNothingWhileCompressorAndStoreAreExchanged() throws Exception {
        long begun = System.nanoTime();
        List<Future<?>> writing =
                clusters.stream().<Future<?>>map(BusyCluster::begin).toList();
        for (int round = 0; round < EXCHANGES; round++) {
            long before = pushed();
            exchange("compressor", "zstd", "compression.zstd", round % 3);
            exchange("store", "default", "storage.file", round % 3);
            eventually("PostgreSQL to go on", InContainer.RECOVERY, this::pushed, now -> now >= before + EACH_ROUND);
        }
        clusters.forEach(BusyCluster::end);
        for (Future<?> each : writing) {
            each.get();
        }
        double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0;

        for (BusyCluster cluster : clusters) {
            requireAll(cluster);
        }
        long closed = clusters.stream().mapToLong(each -> each.closed().size()).sum();
        System.out.printf(
                "%d segments of %d clusters, of them %d through both channels, %.1f a second, %d exchanges of each of two"
                        + " bundles%n",
                closed, clusters.size(), pushed(), closed / seconds, EXCHANGES);
    }

    private long pushed() {
        return clusters.stream()
                .filter(BusyCluster::pushes)
                .mapToLong(BusyCluster::archived)
                .sum();
    }

    /** Takes a plugin away, has WAL closed meanwhile, and brings it back. */
    private void exchange(String kind, String id, String bundleName, int how) throws Exception {
        Bundle bundle = product.bundle(bundleName);
        switch (how) {
            case 0 -> {
                product.stop(bundle);
                product.awaitPlugin(kind, id, "MISSING");
                awaitMoreClosed();
                bundle.start();
            }
            case 1 -> bundle.update();
            default -> {
                String location = bundle.getLocation();
                bundle.uninstall();
                product.awaitPlugin(kind, id, "MISSING");
                awaitMoreClosed();
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                        .getBundleContext()
                        .installBundle(location)
                        .start();
            }
        }
        product.awaitPlugin(kind, id, "ACTIVE");
    }

    private void awaitMoreClosed() {
        int before = closed();
        eventually(
                "more segments",
                InContainer.RECOVERY,
                () -> closed() > before + NAMES.size()
                        || clusters.stream().filter(BusyCluster::pushes).allMatch(BusyCluster::waitsForArchive),
                enough -> enough);
    }

    private int closed() {
        return clusters.stream().mapToInt(each -> each.closed().size()).sum();
    }

    /** By itself PostgreSQL sends what is left, all of it is archived in one piece, and nothing lies anywhere else. */
    private void requireAll(BusyCluster cluster) throws Exception {
        WalFileName last = cluster.closeLast();
        eventually(
                "PostgreSQL to be rid of %s of %s".formatted(last, cluster.name()),
                InContainer.RECOVERY,
                () -> {
                    try {
                        cluster.look();
                        return cluster.acknowledged();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                now -> now.compareTo(last.value()) >= 0);
        product.assertNothingLost(cluster.name(), cluster.closed());
        eventually(
                cluster.name() + ": what waits", InContainer.RECOVERY, () -> files(cluster, "pushed"), List::isEmpty);
        assertEquals(cluster.name(), List.of(), files(cluster, "errors"));
        for (WalEntry entry : product.listing(cluster.name()).entries()) {
            if (entry.name().isSegment()) {
                assertEquals(entry.name().value(), Optional.of("zstd"), entry.compression());
                assertEquals(entry.name().value(), SEGMENT_BYTES, length(cluster, entry.name()));
            }
        }
        assertEquals(1, InContainer.threads("matriarch-archive-" + cluster.name()));
        if (cluster.pushes()) {
            assertTrue(cluster.name() + " never had to try again", Integer.parseInt(cluster.failures()) > 0);
        }
    }

    private int length(BusyCluster cluster, WalFileName name) throws IOException {
        try (InputStream in = product.service(WalFiles.class).open(cluster.name(), name, false)) {
            return in.readAllBytes().length;
        }
    }

    private static List<String> files(BusyCluster cluster, String directory) {
        try (Stream<Path> files = Files.list(cluster.home().resolve(directory))) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
