package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.RestoreTransport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans restores and runs them as jobs. */
@Component(service = Restores.class)
public final class RestoreService implements Restores {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreService.class);
    private static final String KIND = "backup:restore";
    private static final int MOST_THREADS = 64;

    private final Servers servers;
    private final Repositories repositories;
    private final BackupCatalog catalog;
    private final WalFiles walFiles;
    private final Jobs jobs;
    private final Events events;
    private final Hooks hooks;
    private final Clock clock;
    private final Pause pause;
    private final FetchClient fetchClient;

    /** Comes and goes with another bundle; only a restored server that fetches its WAL needs it. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalDoor walDoor;

    /** Comes and goes with another bundle; only restores to other hosts need it. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable RestoreTransport transport;

    /** Takes what a restore draws on. */
    @Activate
    public RestoreService(
            @Reference Servers servers,
            @Reference Repositories repositories,
            @Reference BackupCatalog catalog,
            @Reference WalFiles walFiles,
            @Reference Jobs jobs,
            @Reference Events events,
            @Reference Hooks hooks) {
        this.servers = servers;
        this.repositories = repositories;
        this.catalog = catalog;
        this.walFiles = walFiles;
        this.jobs = jobs;
        this.events = events;
        this.hooks = hooks;
        this.clock = Clock.systemUTC();
        this.pause = Pause.SLEEP;
        this.fetchClient = new FetchClient(Path.of(System.getProperty("karaf.home", "/opt/matriarch")), this::walDoor);
    }

    private WalDoor walDoor() {
        WalDoor present = walDoor;
        if (present == null) {
            throw new MatriarchException(
                    ErrorCode.PLUGIN_MISSING,
                    "bundle 'org.matriarch.http' is not active, so a restored server could fetch no WAL",
                    "start it, or restore with '--no-get-wal'.");
        }
        return present;
    }

    RestoreService(
            Servers servers,
            Repositories repositories,
            BackupCatalog catalog,
            WalFiles walFiles,
            Surroundings surroundings) {
        this.servers = servers;
        this.repositories = repositories;
        this.catalog = catalog;
        this.walFiles = walFiles;
        this.jobs = surroundings.jobs();
        this.events = surroundings.events();
        this.hooks = surroundings.hooks();
        this.clock = surroundings.clock();
        this.pause = surroundings.pause();
        this.fetchClient = surroundings.fetchClient();
        this.transport = surroundings.transport();
    }

    /** What surrounds the service besides the data it reads. */
    record Surroundings(
            Jobs jobs,
            Events events,
            Hooks hooks,
            Clock clock,
            Pause pause,
            FetchClient fetchClient,
            @Nullable RestoreTransport transport) {}

    @Override
    public RestorePlan plan(RestoreRequest asked) {
        ServerConfiguration server = servers.requireServer(asked.server());
        RestoreRequest request = settle(asked, server);
        TargetRules.requireConsistent(request);
        TargetRules.requirePast(request, clock.instant());
        Repository repository = repositories.repository(server);
        var wal = new ArchivedWal(repository.wal(), server.home().resolve("streaming"));
        var planner = new RestorePlanner(repository, wal, FetchClient.command(server.name(), request.standbyMode()));
        requireOutside(server, request);
        Backup backup = request.backup().equals(RestoreRequest.AUTO)
                ? planner.chooseBackup(request)
                : catalog.requireRestorable(request.server(), request.backup());
        boolean getWal = request.getWal().orElse(server.restore().getWal() || request.standbyMode());
        if (getWal) {
            fetchClient.requireDoor();
        }
        try (HostFiles files = open(server, request, 1)) {
            RestorePlan plan = planner.plan(files, request, backup, getWal);
            return getWal && request.isRemote() ? fetchClient.warn(plan) : plan;
        } catch (IOException e) {
            throw failed(backup, request.destination().toString(), e);
        }
    }

    @Override
    public Job carryOut(RestorePlan plan) {
        ServerConfiguration server = servers.requireServer(plan.request().server());
        String destination =
                plan.request().remoteSshCommand().map(host -> host + " ").orElse("")
                        + plan.request().destination();
        var request =
                new JobRequest(KIND, server.name(), plan.backup().id().value(), Optional.of("restore " + destination));
        return jobs.submit(request, context -> run(server, plan, context));
    }

    private void run(ServerConfiguration server, RestorePlan plan, JobContext context) throws InterruptedException {
        int threads = Math.min(
                MOST_THREADS,
                Math.max(
                        1,
                        plan.request()
                                .jobs()
                                .orElse(Math.max(
                                        server.backup().parallelJobs(),
                                        Runtime.getRuntime().availableProcessors()))));
        String destination = plan.request().destination().toString();
        try (HostFiles files = open(server, plan.request(), threads)) {
            destination = files.describe(plan.request().destination());
            run(server, plan, context, files, threads);
        } catch (IOException e) {
            context.checkCancelled(); // who is told to stop while talking to a host fails because of that
            throw failed(plan.backup(), destination, e);
        }
    }

    private void run(ServerConfiguration server, RestorePlan plan, JobContext context, HostFiles files, int threads)
            throws IOException, InterruptedException {
        String destination = files.describe(plan.request().destination());
        var subject = new HookSubject.OfRestore(plan.backup(), repositories.repository(server), plan.request());
        var places = new Places(files, plan.request(), plan.backup(), plan.tablespaces());
        places.requireUsable();
        context.step("running hooks");
        hooks.before(server, HookEvent.RECOVERY, subject);
        // Again, now that no other restore to this place can run: a run that fails clears the destination, which must
        // never hold what somebody put there after the plan was made.
        places.requireUsable();
        LOG.info("restoring backup '{}' of server '{}' to '{}'", plan.backup().id(), server.name(), destination);
        Repository repository = repositories.repository(server);
        var run = new RestoreRun(
                plan, repository.open(plan.backup().id()), walFiles, files, context, retries(server, plan, context));
        String fetch = FetchClient.command(server.name(), plan.request().standbyMode());
        if (fetch.equals(plan.settings().get("restore_command"))) {
            run.bring(fetchClient.files(server.name()));
        }
        long keptBytes = run.run(threads);
        String result = plan.request().isDelta() ? Sizes.kept(keptBytes, plan.sizeBytes()) : "";
        LOG.info(
                "restored backup '{}' of server '{}' to '{}'{}{}",
                plan.backup().id(),
                server.name(),
                destination,
                result.isEmpty() ? "" : ": ",
                result);
        events.publish(new Event(
                clock.instant(),
                Event.Type.RESTORE_DONE,
                server.name(),
                plan.backup().id().value(),
                "backup restored to '%s'".formatted(destination)));
        context.step("running hooks");
        hooks.after(server, HookEvent.RECOVERY, subject, Optional.empty());
        if (!result.isEmpty()) {
            context.step(result);
        }
    }

    private static MatriarchException failed(Backup backup, String destination, IOException e) {
        String what = "unable to restore backup '%s' to '%s': ".formatted(backup.id(), destination);
        if (e.getCause() instanceof MatriarchException known) {
            return new MatriarchException(known.code(), what + known.summary(), known.hint(), e);
        }
        return new MatriarchException(
                ErrorCode.RESTORE_FAILED,
                what + e,
                "mend the cause and repeat the command; nothing that starts was left there.",
                e);
    }

    /** Fills in what the configuration decides. */
    private static RestoreRequest settle(RestoreRequest request, ServerConfiguration server) {
        Optional<String> command = request.remoteSshCommand();
        if (command.filter(RestoreRequest.OF_THE_SERVER::equals).isPresent()) {
            command = server.copy().sshCommand();
            if (command.isEmpty()) {
                throw new MatriarchException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "server '%s' has no ssh_command".formatted(server.name()),
                        "set it in etc/org.matriarch.server-%s.cfg, or give a command with '--remote-ssh-command'."
                                .formatted(server.name()));
            }
        }
        return request.settled(command, request.delta().orElse(server.restore().delta()));
    }

    private HostFiles open(ServerConfiguration server, RestoreRequest request, int connections) throws IOException {
        if (!request.isRemote()) {
            return LocalFiles.at(request.destination());
        }
        RestoreTransport present = transport;
        if (present == null) {
            throw new MatriarchException(
                    ErrorCode.PLUGIN_MISSING,
                    "unable to restore to another host: no transport for that is installed",
                    "install it with 'feature:install matriarch-transport-ssh'.");
        }
        var host = new CopyHost(
                request.remoteSshCommand().orElseThrow(), server.copy().networkCompression());
        return present.open(host, connections);
    }

    private Retries retries(ServerConfiguration server, RestorePlan plan, JobContext context) {
        return new Retries(
                plan.request().retryTimes().orElse(server.backup().retryTimes()),
                plan.request().retrySleep().orElse(server.backup().retrySleep()),
                pause,
                context);
    }

    /** A restore into the repository would mix a running server's files with the backups that are to protect it. */
    private static void requireOutside(ServerConfiguration server, RestoreRequest request) {
        if (request.destination().normalize().startsWith(server.home().normalize())) {
            throw new MatriarchException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    "unable to restore to '%s': that is inside the repository".formatted(request.destination()),
                    "choose a directory outside '%s'.".formatted(server.home()));
        }
    }
}
