package org.matriarch.core.backup.internal;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupEnd;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One try to copy a server: from the new backup's first record to all of its files being proven and on disk. */
final class BackupTry {

    private static final Logger LOG = LoggerFactory.getLogger(BackupTry.class);
    private static final String STOPPED = "the job was stopped";

    private final ServerConfiguration server;
    private final BackupOptions options;
    private final PostgresConnections connections;
    private final BackupWal wal;
    private final Hooks hooks;
    private final Clock clock;
    private Optional<BackupId> id = Optional.empty();
    private Optional<Resume> resume = Optional.empty();
    private List<String> leftOut = List.of();

    BackupTry(ServerConfiguration server, BackupOptions options, BackupServices services) {
        this.server = server;
        this.options = options;
        this.connections = services.connections();
        this.wal = services.wal();
        this.hooks = services.hooks();
        this.clock = services.clock();
    }

    /** Returns the id of the new backup, once it has one. */
    Optional<BackupId> id() {
        return id;
    }

    /** Returns whether another try may go on with what this one has stored. */
    boolean canBeResumed() {
        return resume.filter(Resume::wasAsked).isPresent();
    }

    /** Returns what is worth knowing of the backup that is whole now; empty if there is nothing. */
    String remarks() {
        var remarks = new ArrayList<String>();
        resume.flatMap(Resume::summary).ifPresent(remarks::add);
        if (!leftOut.isEmpty()) {
            remarks.add("without configuration files outside the data directory: " + String.join(", ", leftOut));
        }
        return String.join("; ", remarks);
    }

    /**
     * Copies the server. Called once.
     *
     * @return the backup, waiting for its WAL
     * @throws MatriarchException if it broke; the backup is then recorded as FAILED
     * @throws InterruptedException if it was stopped; the backup is then recorded as FAILED
     */
    Backup copy(Repository repository, BackupTransport transport, ServerFacts facts, JobContext context)
            throws InterruptedException {
        var newBackup = new NewBackup(
                options.name(), BackupKind.FULL, transport.id(), Optional.empty(), clock.instant(), facts);
        try (BackupWriter writer = repository.begin(newBackup)) {
            BackupId begun = writer.backup().id();
            id = Optional.of(begun);
            context.subject(begun.value());
            LOG.info("backup '{}' of server '{}' started over transport '{}'", begun, server.name(), transport.id());
            try {
                return copyOrRecord(writer, repository, transport, facts, context);
            } catch (MatriarchException e) {
                runHooksAfter(writer, repository, e.summary());
                throw e;
            } catch (InterruptedException e) {
                runHooksAfter(writer, repository, STOPPED);
                throw e;
            }
        }
    }

    private Backup copyOrRecord(
            BackupWriter writer,
            Repository repository,
            BackupTransport transport,
            ServerFacts facts,
            JobContext context)
            throws InterruptedException {
        try {
            context.step("running hooks");
            hooks.before(server, HookEvent.BACKUP, new HookSubject.OfBackup(writer.backup(), repository));
            return transfer(writer, repository, transport, facts, context);
        } catch (MatriarchException e) {
            throw stopped(writer, e);
        } catch (InterruptedException e) {
            recordFailure(writer, STOPPED, e);
            throw e;
        }
    }

    /** Whatever a hook has prepared for the backup, another one has to put back, all the more when the backup failed. */
    private void runHooksAfter(BackupWriter writer, Repository repository, String error) throws InterruptedException {
        hooks.after(
                server, HookEvent.BACKUP, new HookSubject.OfBackup(writer.backup(), repository), Optional.of(error));
    }

    private Backup transfer(
            BackupWriter writer,
            Repository repository,
            BackupTransport transport,
            ServerFacts facts,
            JobContext context)
            throws InterruptedException {
        ReuseMode mode = options.reuse().orElse(server.copy().reuse());
        if (options.resume()) {
            resume = Optional.of(new Resume(repository, mode));
        }
        var reception = new Reception(
                writer,
                Reuse.of(repository, mode),
                resume,
                start -> wal.requireBeginning(server, facts, start),
                facts,
                context,
                clock);
        try {
            context.step("waiting for the checkpoint");
            var request = new LentConnection(
                    connections, server, facts, baseBackupOptions(writer.backup()), jobs(), reception, clock);
            TransferEnd end = transfer(transport, request, reception);
            requireSameTimeline(reception.requireStart().timeline(), end.timeline());
            context.step("comparing with the server's manifest");
            requireNothingDiffers(reception.differences());
            context.step("making the files durable");
            Backup whole = writer.finish(new BackupEnd(clock.instant(), end.endLsn(), reception.requireBackupLabel()));
            noteLeftOut(whole, facts, request.filesCopied());
            discardBroken(context);
            return whole;
        } catch (TransportException e) {
            if (e.getCause() instanceof MatriarchException cause) {
                throw cause;
            }
            throw new BackupFailedException(server.name(), String.valueOf(e.getMessage()), e.retryable(), e);
        } catch (IOException e) {
            throw new BackupFailedException(
                    server.name(), "the server's manifest is not readable: " + e.getMessage(), true, e);
        }
    }

    private TransferEnd transfer(BackupTransport transport, TransferRequest request, Reception reception)
            throws TransportException, InterruptedException {
        try {
            return transport.transfer(request, reception);
        } catch (MatriarchException e) {
            throw e; // ours, on the way through the transport
        } catch (RuntimeException | LinkageError e) {
            throw PluginFailures.of(
                    transport,
                    "transport '%s'".formatted(transport.id()),
                    "back up server '%s'".formatted(server.name()),
                    e);
        }
    }

    private void noteLeftOut(Backup backup, ServerFacts facts, boolean filesCopied) {
        if (server.copy().externalConfiguration()) {
            return; // somebody else takes care of them
        }
        leftOut = new OutsideFiles(facts).leftOut(server, connections, filesCopied);
        if (!leftOut.isEmpty()) {
            LOG.warn(
                    "backup '{}' of server '{}' does not hold the configuration files outside the data directory: {};"
                            + " keep them yourself, and say so with 'backup_options = external_configuration'",
                    backup.id(),
                    server.name(),
                    String.join(", ", leftOut));
        }
    }

    private void discardBroken(JobContext context) {
        if (resume.isPresent()) {
            resume.get().summary().ifPresent(summary -> LOG.info("backup of server '{}' {}", server.name(), summary));
            resume.get().discard(context);
        }
    }

    /** Records the failure; one that is only the echo of an interruption becomes that interruption again. */
    private static MatriarchException stopped(BackupWriter writer, MatriarchException failure)
            throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        recordFailure(writer, interrupted ? STOPPED : failure.summary(), failure);
        if (interrupted) {
            var stop = new InterruptedException("stopped while a backup was written");
            stop.initCause(failure);
            throw stop;
        }
        return failure;
    }

    /** A store that cannot even take the record must not hide why the backup broke. */
    private static void recordFailure(BackupWriter writer, String reason, Exception failure) {
        try {
            writer.fail(reason);
        } catch (MatriarchException e) {
            failure.addSuppressed(e);
        }
    }

    private BaseBackupOptions baseBackupOptions(Backup backup) {
        return new BaseBackupOptions(
                "Matriarch backup %s %s".formatted(server.name(), backup.id()),
                options.immediateCheckpoint().orElse(server.backup().immediateCheckpoint()),
                options.bandwidthLimitKib().orElse(server.backup().bandwidthLimitKib()));
    }

    private int jobs() {
        return options.jobs().orElse(server.backup().parallelJobs());
    }

    private void requireSameTimeline(int begin, int end) {
        if (begin != end) {
            throw new BackupFailedException(
                    server.name(),
                    "the server went from timeline %d to %d meanwhile".formatted(begin, end),
                    true,
                    null);
        }
    }

    private void requireNothingDiffers(List<String> differences) {
        if (!differences.isEmpty()) {
            throw new BackupFailedException(server.name(), String.join("; ", differences), true, null);
        }
    }
}
