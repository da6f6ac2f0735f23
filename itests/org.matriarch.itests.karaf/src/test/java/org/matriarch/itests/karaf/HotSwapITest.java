package org.matriarch.itests.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.matriarch.itests.karaf.Eventually.eventually;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.OptionUtils;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Takes bundles of the product away, and brings them back, while a real server is streamed and backed up. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HotSwapITest {

    private static final String SERVER = "main";
    private static final String IMPATIENT = "impatient";

    /** Makes a backup of some tens of MiB last for seconds. */
    private static final int SLOWLY_KIB = 8192;

    private static final int AT_ONCE = 0;

    @Inject
    private BundleContext context;

    @Inject
    @SuppressWarnings("UnusedVariable") // this service appears when the boot is over: injection waits for it
    private BootFinished bootFinished;

    private InContainer product;
    private Connection sql;

    /** Returns how Pax Exam starts the container, and starts the server that it is to take care of. */
    @Configuration
    public Option[] config() {
        return DistributionOptions.distribution(OptionUtils.combine(
                TestServer.underCare(SERVER, "slot_name", "hotswap", "create_slot", "auto"),
                TestServer.underCare(IMPATIENT, "plugin_wait", "2 SECONDS", "streaming_archiver_name", "impatient")));
    }

    @Before
    public void awaitProduct() {
        product = new InContainer(context);
        product.awaitWhole(SERVER);
        sql = product.sql(SERVER);
    }

    @After
    public void leaveEveryBundleStarted() throws Exception {
        for (Bundle bundle : product.workingBundles()) {
            bundle.start();
        }
        sql.close();
    }

    @Test
    public void streamsOnAfterEachBundleWasAway() throws Exception {
        var closed = new ArrayList<WalFileName>();
        for (Bundle bundle : product.workingBundles()) {
            closed.add(InContainer.fillSegment(sql));
            product.stop(bundle);
            closed.add(InContainer.fillSegment(sql));
            bundle.start();
            product.awaitWhole(SERVER);
            closed.add(InContainer.fillSegment(sql));
            product.awaitArchived(SERVER, closed.get(closed.size() - 1));

            assertEquals(bundle + ": receivers", 1, InContainer.threads("matriarch-receive-" + SERVER));
            assertEquals(bundle + ": archivers", 1, InContainer.threads("matriarch-archive-" + SERVER));
        }

        product.assertNothingLost(SERVER, closed);
    }

    @Test
    public void receivesOnWhileTheStoreIsAway() throws Exception {
        var closed = new ArrayList<WalFileName>();
        closed.add(InContainer.fillSegment(sql));
        product.awaitArchived(SERVER, closed.get(0));
        Bundle store = product.bundle("storage.file");

        product.stop(store);
        for (int i = 0; i < 20; i++) {
            closed.add(InContainer.fillSegment(sql));
        }
        WalFileName last = closed.get(closed.size() - 1);
        eventually(
                "the last segment on disk",
                InContainer.RECOVERY,
                () -> product.service(WalReceivers.class).status(SERVER),
                status -> status.state() == ReceiverStatus.State.STREAMING
                        && status.flushed()
                                .filter(end -> !end.isBefore(last.endLsn(1 << 20)))
                                .isPresent());
        store.start();

        product.awaitArchived(SERVER, last);
        product.assertNothingLost(SERVER, closed);
    }

    @Test
    public void backupWaitsForItsTransport() throws Exception {
        Bundle transport = product.bundle("transport.streaming");
        product.stop(transport);

        Job job = product.startBackup(SERVER, AT_ONCE);
        eventually(
                "the job to wait",
                InContainer.RECOVERY,
                () -> product.job(job.id()),
                now -> now.state() == JobState.WAITING);
        transport.start();

        Job ended = product.awaitEnd(job);
        assertEquals(ended.toString(), JobState.DONE, ended.state());
        product.assertRestorable(SERVER, ended, sql);
    }

    @Test
    public void backupNamesTheTransportThatDoesNotReturn() throws Exception {
        product.stop(product.bundle("transport.streaming"));

        Job ended = product.awaitEnd(product.startBackup(IMPATIENT, AT_ONCE));

        assertEquals(JobState.FAILED, ended.state());
        assertEquals(Optional.of(8003), ended.errorCode());
        assertEquals(
                Optional.of("unable to back up server 'impatient': transport 'streaming' is not installed"),
                ended.error());
        assertEquals(
                Optional.of("install it with 'feature:install matriarch-transport-streaming', or change"
                        + " 'backup_method'."),
                ended.hint());
    }

    @Test
    public void backupGoesOnWithoutTheTransportThatItHolds() throws Exception {
        restartDuringBackup("transport.streaming");
    }

    @Test
    public void backupGoesOnWithoutTheStoreThatItHolds() throws Exception {
        restartDuringBackup("storage.file");
    }

    @Test
    public void backupGoesOnWhileAPartOfTheCoreRestarts() throws Exception {
        for (String part : List.of("catalog", "repository", "postgres", "wal", "server", "plugin", "backup")) {
            restartDuringBackup("core." + part);
        }
    }

    @Test
    public void remembersJobsWhenTheirServiceRestarts() throws Exception {
        Job done = product.awaitEnd(product.startBackup(SERVER, AT_ONCE));
        assertEquals(done.toString(), JobState.DONE, done.state());
        Job cutOff = copying(product.startBackup(SERVER, SLOWLY_KIB));
        Bundle jobs = product.bundle("core.job");

        product.stop(jobs);
        jobs.start();
        product.awaitWhole(SERVER);

        assertEquals(done, product.job(done.id()));
        Job interrupted = product.job(cutOff.id());
        assertEquals(interrupted.toString(), JobState.INTERRUPTED, interrupted.state());
        assertEquals(Optional.of(8005), interrupted.errorCode());
        Job next = product.awaitEnd(product.startBackup(SERVER, AT_ONCE));
        assertTrue(next + " after " + cutOff, next.id() > cutOff.id());
        product.assertRestorable(SERVER, next, sql);
        assertEquals(
                List.of(next.id(), cutOff.id(), done.id()),
                product.service(Jobs.class).jobs().stream()
                        .filter(job -> job.kind().equals("backup:create"))
                        .limit(3)
                        .map(Job::id)
                        .toList());
    }

    /** A bundle that leaves takes nothing from under a backup: what it holds goes on to work. */
    private void restartDuringBackup(String bundleName) throws Exception {
        Bundle bundle = product.bundle(bundleName);
        eventually("backups", InContainer.RECOVERY, () -> product.service(Backups.class), service -> true);
        Job job = copying(product.startBackup(SERVER, SLOWLY_KIB));

        product.stop(bundle);
        WalFileName closed = InContainer.fillSegment(sql);
        bundle.start();
        product.awaitWhole(SERVER);
        Job ended = product.awaitEnd(job);

        assertEquals(bundleName + " was away: " + ended, JobState.DONE, ended.state());
        product.assertRestorable(SERVER, ended, sql);
        product.assertNothingLost(SERVER, List.of(closed));
    }

    private Job copying(Job job) {
        return eventually(
                "job %d to copy".formatted(job.id()),
                InContainer.RECOVERY,
                () -> product.job(job.id()),
                now -> now.progress().doneBytes() > 1 << 20);
    }
}
