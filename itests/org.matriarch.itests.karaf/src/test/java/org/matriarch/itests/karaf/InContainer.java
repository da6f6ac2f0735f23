package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.matriarch.itests.karaf.Eventually.eventually;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalReceivers;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/** The product as a test inside the container sees it. Each service is looked up at each use: they come and go. */
final class InContainer {

    /** How long the product may take to be whole again. */
    static final Duration RECOVERY = Duration.ofSeconds(60);

    private static final String OWN = "org.matriarch.";
    private static final List<Class<?>> SERVICES = List.of(
            Servers.class,
            BackupCatalog.class,
            WalReceivers.class,
            WalFiles.class,
            Restores.class,
            Backups.class,
            Jobs.class,
            PostgresConnections.class);
    private static final WalFilter WHOLE_ARCHIVE = new WalFilter(Optional.empty(), Optional.empty(), Optional.empty());

    private final BundleContext context;

    InContainer(BundleContext context) {
        this.context = context;
    }

    <T> T service(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        T service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new Eventually.ServiceAbsentException(type.getName());
        }
        return service;
    }

    /** Returns the product's bundles that do something. */
    List<Bundle> workingBundles() {
        return Stream.of(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith(OWN))
                .filter(bundle -> !List.of(OWN + "api", OWN + "spi").contains(bundle.getSymbolicName()))
                .toList();
    }

    Bundle bundle(String shortName) {
        return workingBundles().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(OWN + shortName))
                .findFirst()
                .orElseThrow();
    }

    /** Stops a bundle; it has to let go of all it does within the time that every component is given. */
    void stop(Bundle bundle) throws BundleException {
        long begin = System.nanoTime();
        bundle.stop();
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertTrue("'%s' took %d s to stop".formatted(bundle.getSymbolicName(), seconds), seconds <= 12);
    }

    /** Waits until a plugin is there and nothing else of its kind and name, or until it is missed. */
    void awaitPlugin(String kind, String id, String state) {
        eventually(
                kind + " " + id,
                RECOVERY,
                () -> service(Plugins.class).plugins(),
                plugins -> plugins.stream()
                        .filter(plugin ->
                                plugin.kind().equals(kind) && plugin.id().equals(id))
                        .map(PluginInfo::state)
                        .toList()
                        .equals(List.of(state)));
    }

    void awaitWhole(String server) {
        SERVICES.forEach(type -> eventually(type.getName(), RECOVERY, () -> service(type), service -> true));
        awaitStreaming(server);
    }

    void awaitStreaming(String server) {
        eventually(
                "streaming of " + server,
                RECOVERY,
                () -> service(WalReceivers.class).status(server),
                status -> status.state() == ReceiverStatus.State.STREAMING);
    }

    /** Opens a connection that outlives the bundle which opened it. */
    Connection sql(String server) {
        return eventually(
                "a connection to " + server,
                RECOVERY,
                () -> service(PostgresConnections.class)
                        .openSql(service(Servers.class).requireServer(server)),
                connection -> true);
    }

    /** Writes a little WAL, closes the segment and returns its name. */
    static WalFileName fillSegment(Connection sql) throws SQLException {
        try (Statement statement = sql.createStatement()) {
            statement.execute("SELECT pg_logical_emit_message(true, 'itest', 'moved on')");
            try (ResultSet rows = statement.executeQuery("SELECT pg_walfile_name(pg_switch_wal())")) {
                assertTrue(rows.next());
                return new WalFileName(rows.getString(1));
            }
        }
    }

    void awaitArchived(String server, WalFileName name) {
        eventually(
                "'%s' in the archive".formatted(name),
                RECOVERY,
                () -> archived(server),
                entries -> entries.contains(name));
    }

    Set<WalFileName> archived(String server) {
        return listing(server).entries().stream().map(WalEntry::name).collect(Collectors.toCollection(TreeSet::new));
    }

    WalListing listing(String server) {
        return service(WalFiles.class).list(server, WHOLE_ARCHIVE);
    }

    /**
     * Asserts that segments come to the archive, and that between the first and the last one of all none is missing. Not at
     * once: they are archived side by side, and one that found its plugin away comes after those that did not.
     */
    void assertNothingLost(String server, List<WalFileName> closed) {
        eventually(
                "segments that are not archived",
                RECOVERY,
                () -> {
                    var lost = new TreeSet<>(closed);
                    lost.removeAll(archived(server));
                    return lost;
                },
                Set::isEmpty);
        eventually("gaps", RECOVERY, () -> listing(server).gaps(), List::isEmpty);
    }

    /** Starts a backup that returns when its files are there. */
    Job startBackup(String server, int bandwidthLimitKib) {
        return service(Backups.class)
                .create(
                        server,
                        new BackupOptions(
                                Optional.empty(),
                                Optional.of(true),
                                Optional.of(bandwidthLimitKib),
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                Optional.empty()));
    }

    Job job(long id) {
        return service(Jobs.class).findJob(id).orElseThrow();
    }

    Job awaitEnd(Job job) {
        return eventually(
                "the end of job " + job.id(),
                RECOVERY,
                () -> job(job.id()),
                now -> now.state().isEnded());
    }

    /** Closes the last segment that a backup needs, waits until it is whole, and has every byte of it read. */
    void assertRestorable(String server, Job job, Connection sql) throws SQLException {
        fillSegment(sql);
        Backup backup = eventually(
                "backup '%s' to be whole".formatted(job.subject()),
                RECOVERY,
                () -> service(BackupCatalog.class).requireBackup(server, job.subject()),
                found -> found.status() == BackupStatus.DONE);
        BackupCatalog catalog = service(BackupCatalog.class);
        Job verify = awaitEnd(catalog.verify(server, backup.id().value(), false));
        assertEquals(List.of(), catalog.verification(verify.id()).problems());
    }

    /** Counts the threads of a name: of a receiver there must never be two. */
    static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    static Path etc() {
        return Path.of(System.getProperty("karaf.etc"));
    }
}
