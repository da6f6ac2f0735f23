package org.matriarch.core.hook.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookPhase;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hooks as the configuration of each server has them at the moment. */
@Component(service = Hooks.class)
public final class ConfiguredHooks implements Hooks {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredHooks.class);

    private static final String KIND = "hook:run";

    /** A hook that has not ended by then is listed as a job. */
    private static final int SHOWN_AFTER_SECONDS = 3;

    private final Servers servers;
    private final Jobs jobs;
    private final HookRunners runners;
    private final HookEnvironment environment;
    private final Pause pause;
    private final Executor later;

    /** Runs what {@code runners} can. */
    @Activate
    public ConfiguredHooks(
            BundleContext context, @Reference Servers servers, @Reference Jobs jobs, @Reference HookRunners runners) {
        this(
                servers,
                jobs,
                runners,
                new HookEnvironment(etc(context).resolve("org.matriarch.cfg")),
                Pause.SLEEP,
                CompletableFuture.delayedExecutor(SHOWN_AFTER_SECONDS, TimeUnit.SECONDS));
    }

    ConfiguredHooks(
            Servers servers, Jobs jobs, HookRunners runners, HookEnvironment environment, Pause pause, Executor later) {
        this.servers = servers;
        this.jobs = jobs;
        this.runners = runners;
        this.environment = environment;
        this.pause = pause;
        this.later = later;
    }

    @Override
    public void before(ServerConfiguration server, HookEvent event, HookSubject subject) throws InterruptedException {
        ServerConfiguration now = current(server);
        if (!now.hooks().concerns(event)) {
            return;
        }
        // WAL waits in its queue, where somebody looks at it again.
        Duration patience =
                event == HookEvent.ARCHIVE ? Duration.ZERO : now.backup().pluginWait();
        run(new Hook(HookPhase.PRE, event, false), server, subject, Optional.empty(), patience);
        Hook retried = new Hook(HookPhase.PRE, event, true);
        HookRun.End end = run(retried, server, subject, Optional.empty(), patience);
        if (end != HookRun.End.GO_ON) {
            throw aborted(retried, server, subject, end);
        }
    }

    @Override
    public void after(ServerConfiguration server, HookEvent event, HookSubject subject, Optional<String> error)
            throws InterruptedException {
        ServerConfiguration now = current(server);
        if (!now.hooks().concerns(event)) {
            return;
        }
        Duration patience = error.isPresent() ? Duration.ZERO : now.backup().pluginWait();
        try {
            run(new Hook(HookPhase.POST, event, true), server, subject, error, patience);
            run(new Hook(HookPhase.POST, event, false), server, subject, error, patience);
        } catch (MatriarchException e) {
            if (error.isEmpty()) {
                throw e;
            }
            LOG.warn("{}", e.getMessage()); // the caller tells why the work failed, which matters more
        }
    }

    private HookRun.End run(
            Hook hook, ServerConfiguration server, HookSubject subject, Optional<String> error, Duration patience)
            throws InterruptedException {
        boolean first = hook.phase() == HookPhase.PRE && !hook.retry(); // looks for a runner in any case
        if (!first && current(server).hooks().command(hook).isEmpty()) {
            return HookRun.End.GO_ON;
        }
        var job =
                new HookJob(jobs, new JobRequest(KIND, server.name(), hook + " " + subject.label(), Optional.empty()));
        var run = new HookRun(
                hook,
                new HookRun.Setting(
                        server.name(),
                        () -> current(server).hooks().command(hook),
                        () -> environment.of(hook, server.name(), subject, error),
                        runners,
                        pause),
                job);
        later.execute(job::show);
        Optional<MatriarchException> failure = Optional.of(new MatriarchException(
                ErrorCode.JOB_INTERRUPTED,
                "%s of server '%s' was ended with the work that it belongs to".formatted(hook, server.name()),
                "it runs again when the work is begun again."));
        try {
            HookRun.End end = run.carryOut(patience);
            failure = end == HookRun.End.STOP && hook.phase() == HookPhase.PRE
                    ? Optional.of(aborted(hook, server, subject, end))
                    : Optional.empty();
            return end;
        } catch (MatriarchException e) {
            failure = Optional.of(e);
            throw e;
        } finally {
            job.end(failure);
        }
    }

    private static MatriarchException aborted(
            Hook hook, ServerConfiguration server, HookSubject subject, HookRun.End end) {
        return new MatriarchException(
                ErrorCode.HOOK_ABORTED,
                "%s of server '%s' %s '%s'"
                        .formatted(
                                hook,
                                server.name(),
                                end == HookRun.End.STOP ? "stopped" : "was cancelled and so stopped",
                                subject.label()),
                "see in the log what the script wrote; WAL is tried again by itself, other work when you ask for it.");
    }

    /** Returns what is in force now; of a server that is no longer configured, what the work began with. */
    private ServerConfiguration current(ServerConfiguration server) {
        return servers.findServer(server.name()).orElse(server);
    }

    private static Path etc(BundleContext context) {
        String etc = context.getProperty("karaf.etc");
        return Path.of(etc == null ? "etc" : etc).toAbsolutePath();
    }
}
