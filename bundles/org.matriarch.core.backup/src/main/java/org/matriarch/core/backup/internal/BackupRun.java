package org.matriarch.core.backup.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.BackupTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job {@code backup:create}: checks, copies with as many tries as allowed, and sees to it that the WAL is there. */
final class BackupRun implements JobTask {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRun.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final ServerConfiguration server;
    private final BackupOptions options;
    private final CurrentServices services;
    private Optional<BackupTry> current = Optional.empty();

    BackupRun(ServerConfiguration server, BackupOptions options, CurrentServices services) {
        this.server = server;
        this.options = options;
        this.services = services;
    }

    @Override
    public void run(JobContext context) throws InterruptedException {
        Backup backup;
        try {
            backup = copyWithRetries(context);
        } catch (MatriarchException e) {
            publishFailure(e);
            throw e;
        }
        LOG.info(
                "backup '{}' of server '{}' has all its files: {} files, {} bytes, WAL {} to {}",
                backup.id(),
                server.name(),
                backup.size().fileCount(),
                backup.size().sizeBytes(),
                backup.span().beginLsn().map(Object::toString).orElse("?"),
                backup.span().endLsn().map(Object::toString).orElse("?"));
        new RestorePoint(services.get().connections()).create(server, backup);
        Optional<MatriarchException> problem = Optional.empty();
        try {
            awaitWal(backup, context);
        } catch (MatriarchException e) {
            problem = Optional.of(e);
        } catch (InterruptedException e) {
            runHooksAfter(backup, Optional.empty(), context); // its files are stored, whoever does not want to wait
            throw e;
        }
        runHooksAfter(backup, problem, context);
        problem.ifPresent(failure -> afterCopy(backup, failure));
        context.step(current.map(BackupTry::remarks).orElse("")); // what is worth knowing in the end
    }

    private void runHooksAfter(Backup backup, Optional<MatriarchException> problem, JobContext context)
            throws InterruptedException {
        if (!server.hooks().concerns(HookEvent.BACKUP)) {
            return;
        }
        try {
            Repository repository = awaitPlugin(() -> services.get().plugins().requireRepository(server), context);
            context.step("running hooks");
            var subject =
                    new HookSubject.OfBackup(repository.findBackup(backup.id()).orElse(backup), repository);
            services.get().hooks().after(server, HookEvent.BACKUP, subject, problem.map(MatriarchException::summary));
        } catch (MatriarchException e) {
            if (problem.isEmpty()) {
                throw e;
            }
            LOG.warn("unable to run the hooks after backup '{}': {}", backup.id(), e.summary());
        }
    }

    /** The files are stored: only what the catalog itself says can turn them into a failed backup. */
    private void afterCopy(Backup backup, MatriarchException failure) {
        if (failure instanceof BackupFailedException) {
            publishFailure(failure);
            throw failure;
        }
        if (!isAway(failure)) {
            throw failure;
        }
        var unseen = new MatriarchException(
                failure.code(),
                "backup '%s' has all its files, but whether its WAL is archived cannot be seen: %s"
                        .formatted(backup.id(), failure.summary()),
                "the backup becomes DONE by itself when its store is back; see 'backup:check %s %s'."
                        .formatted(server.name(), backup.id()),
                failure);
        if (options.waitForWal()) {
            throw unseen;
        }
        LOG.warn("{}", unseen.getMessage());
    }

    private static boolean isAway(MatriarchException failure) {
        return failure.code() == ErrorCode.PLUGIN_MISSING
                || failure.code() == ErrorCode.STORE_MISSING
                || failure.code() == ErrorCode.STORE_FAILED;
    }

    private Backup copyWithRetries(JobContext context) throws InterruptedException {
        int retries = options.retryTimes().orElse(server.backup().retryTimes());
        Duration sleep = options.retrySleep().orElse(server.backup().retrySleep());
        for (int tried = 0; ; tried++) {
            try {
                return copyOnce(context);
            } catch (MatriarchException e) {
                if (tried >= retries || !BackupFailedException.isWorthRepeating(e)) {
                    throw e;
                }
                LOG.warn(
                        "backup of server '{}' broke, retry {} of {} follows in {} s: {}",
                        server.name(),
                        tried + 1,
                        retries,
                        sleep.toSeconds(),
                        e.getMessage());
                discardBrokenTry();
                waitFor(sleep, "waiting to try again: " + e.summary(), context);
                context.waiting(false);
            }
        }
    }

    private Backup copyOnce(JobContext context) throws InterruptedException {
        // Between two tries no backup belongs to this job: the old one is gone, the new one not yet there.
        context.subject("");
        current = Optional.empty();
        context.step("checking the server");
        Repository repository = awaitPlugin(() -> services.get().plugins().requireRepository(server), context);
        BackupTransport transport = awaitPlugin(() -> services.get().plugins().requireTransport(server), context);
        ServerFacts facts = services.get().connections().facts(server);
        var preconditions = new Preconditions(
                services.get().wal().receivers(), services.get().pause());
        preconditions.requireWalLevel(server, facts);
        repository.claim(
                new RepositoryIdentity(facts.systemId(), facts.version().major()));
        preconditions.requireWalArrives(server, context);
        var attempt = new BackupTry(server, options, services.get());
        current = Optional.of(attempt);
        return attempt.copy(repository, transport, facts, context);
    }

    /** Asks for a plugin until it is there or has been missing for too long. */
    private <T> T awaitPlugin(Supplier<T> plugin, JobContext context) throws InterruptedException {
        long looks = server.backup().pluginWait().dividedBy(LOOK_AGAIN);
        for (long i = 0; ; i++) {
            try {
                T found = plugin.get();
                context.waiting(false);
                return found;
            } catch (MatriarchException e) {
                boolean missing = e.code() == ErrorCode.PLUGIN_MISSING || e.code() == ErrorCode.STORE_MISSING;
                if (!missing || i >= looks) {
                    throw e;
                }
                waitFor(LOOK_AGAIN, "waiting for a plugin: " + e.summary(), context);
            }
        }
    }

    /**
     * Removes what a broken try left, so that tries do not fill the store, unless the next one can go on with it; the last one
     * stays, with its reason.
     */
    private void discardBrokenTry() {
        current.filter(attempt -> !attempt.canBeResumed())
                .flatMap(BackupTry::id)
                .ifPresent(id -> {
                    try {
                        services.get().plugins().requireRepository(server).delete(id);
                    } catch (MatriarchException e) {
                        LOG.warn("unable to remove what is left of backup '{}': {}", id, e.summary());
                    }
                });
    }

    private void awaitWal(Backup backup, JobContext context) throws InterruptedException {
        Optional<Instant> end = options.waitTimeout()
                .map(timeout -> services.get().clock().instant().plus(timeout));
        Backup checked = check(backup, context);
        if (checked.status() == BackupStatus.WAITING_FOR_WALS) {
            publish(
                    Event.Type.BACKUP_WAITING,
                    backup.id().value(),
                    "backup '%s' waits for WAL: %s"
                            .formatted(backup.id(), checked.error().orElse("")));
        }
        while (options.waitForWal() && checked.status() == BackupStatus.WAITING_FOR_WALS) {
            if (end.isPresent() && !services.get().clock().instant().isBefore(end.get())) {
                throw new MatriarchException(
                        ErrorCode.WAL_MISSING,
                        "backup '%s' still waits for WAL: %s"
                                .formatted(backup.id(), checked.error().orElse("")),
                        "see 'wal:receive %s status'; the backup becomes DONE by itself when its WAL is archived."
                                .formatted(server.name()));
            }
            waitFor(LOOK_AGAIN, "waiting for WAL: " + checked.error().orElse(""), context);
            checked = check(backup, context);
        }
        context.waiting(false);
        if (checked.status() == BackupStatus.FAILED) {
            throw new BackupFailedException(server.name(), checked.error().orElse("its WAL is gone"), true, null);
        }
    }

    /** The files are stored by now: that the store is away for a moment must not turn them into a failed backup. */
    private Backup check(Backup backup, JobContext context) throws InterruptedException {
        return awaitPlugin(
                () -> services.get().catalog().check(server.name(), backup.id().value()), context);
    }

    private void waitFor(Duration duration, String step, JobContext context) throws InterruptedException {
        context.step(step);
        context.waiting(true);
        services.get().pause().pause(duration);
    }

    private void publishFailure(MatriarchException failure) {
        publish(
                Event.Type.BACKUP_FAILED,
                current.flatMap(BackupTry::id).map(BackupId::value).orElse(""),
                failure.summary());
    }

    private void publish(Event.Type type, String subject, String message) {
        BackupServices now = services.get();
        now.events().publish(new Event(now.clock().instant(), type, server.name(), subject, message));
    }
}
