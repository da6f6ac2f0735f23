package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.core.wal.internal.Queued.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one file into the archive: it is checked, stored durably, and only then removed from where it waited. After a crash
 * at any step the same file is found again; to store it twice does nothing. Thread-safe.
 */
final class ArchiveStep {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveStep.class);

    /** Whoever hands over a file of the name holds it up for a few writes to the disk only. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Supplier<ServerConfiguration> configuration;
    private final WalServices services;
    private final StreamingDirectory streaming;
    private final PushedDirectory pushed;
    private final IncomingDirectory incoming;
    private final ErrorsDirectory errors;
    private final Set<WalFileName> closedPartials = ConcurrentHashMap.newKeySet();

    ArchiveStep(
            Supplier<ServerConfiguration> configuration,
            WalServices services,
            StreamingDirectory streaming,
            PushedDirectory pushed,
            IncomingDirectory incoming) {
        this.configuration = configuration;
        this.services = services;
        this.streaming = streaming;
        this.pushed = pushed;
        this.incoming = incoming;
        this.errors = new ErrorsDirectory(configuration.get().home(), services.disk());
    }

    /** The incomplete segments in {@code streaming/} that nothing more will come for. */
    Set<WalFileName> closedPartials() {
        return closedPartials;
    }

    /** What became of a file: how it looked when it was taken, why it was not archived, and whether that is news. */
    private record Taken(IncomingDirectory.Mark mark, Optional<String> refusal, boolean news) {}

    /** Something that is done while nobody else may touch files of the name. */
    private interface Locked<T> {
        T get() throws IOException, InterruptedException;
    }

    /** Archives a file, or moves it aside if it cannot be archived. */
    void carryOut(Queued queued) throws IOException, InterruptedException {
        ServerConfiguration server = configuration.get();
        if (server.hooks().concerns(HookEvent.ARCHIVE) && isToBeArchived(queued, server)) {
            archiveBetweenHooks(queued, server);
            return;
        }
        locked(queued, server, () -> {
            Taken taken = take(queued, server);
            release(queued, taken);
            announce(queued, server, taken);
            return taken;
        });
    }

    /**
     * Hooks run without the lock: one that hangs must not keep anybody from handing over the file once more. The file is
     * removed after the last one, so that a hook that the end of the container cut off runs again.
     */
    private void archiveBetweenHooks(Queued queued, ServerConfiguration server)
            throws IOException, InterruptedException {
        var hooks = new ArchiveHooks(services, server, queued.name(), path(queued));
        Taken taken;
        try {
            hooks.before();
            taken = locked(queued, server, () -> {
                Taken now = take(queued, server);
                announce(queued, server, now);
                return now;
            });
        } catch (MatriarchException e) {
            hooks.after(Optional.of(e.summary()));
            throw e;
        } catch (IOException e) {
            hooks.after(Optional.of(e.toString()));
            throw e;
        }
        hooks.after(taken.refusal());
        locked(queued, server, () -> {
            release(queued, taken);
            return taken;
        });
    }

    @SuppressWarnings("try") // the lock is only held
    private <T> T locked(Queued queued, ServerConfiguration server, Locked<T> work)
            throws IOException, InterruptedException {
        try (NameLocks.Held held = services.locks()
                .acquire(server.name(), queued.name(), PATIENCE)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.STORE_FAILED,
                        "'%s' of '%s' is being handed over right now".formatted(queued.name(), server.name()),
                        "it is tried again by itself."))) {
            return work.get();
        }
    }

    private boolean isToBeArchived(Queued queued, ServerConfiguration server) throws IOException {
        Repository repository = services.repositories().repository(server);
        Path file = path(queued);
        return !isNeedless(queued.name(), file, repository)
                && mismatch(queued, file, server, repository).isEmpty();
    }

    private Taken take(Queued queued, ServerConfiguration server) throws IOException, InterruptedException {
        WalFileName name = queued.name();
        Repository repository = services.repositories().repository(server);
        Path file = path(queued);
        IncomingDirectory.Mark mark = IncomingDirectory.Mark.of(file);
        if (isNeedless(name, file, repository)) {
            return new Taken(mark, Optional.empty(), false);
        }
        Optional<String> mismatch = mismatch(queued, file, server, repository);
        if (mismatch.isPresent()) {
            setAside(file, ".unknown", Event.Type.WAL_REFUSED, mismatch.get());
            return new Taken(mark, mismatch, false);
        }
        if (queued.origin() == Origin.INCOMING) {
            incoming.sync(name); // whoever copied it there has said that it is safe, and did not see to that
        }
        try {
            WalArchive.Outcome outcome = store(name, file, repository);
            boolean news = outcome == WalArchive.Outcome.STORED || queued.origin() == Origin.STREAMING;
            return new Taken(mark, Optional.empty(), news);
        } catch (MatriarchException e) {
            if (e.code() != ErrorCode.WAL_CONFLICT) {
                throw e;
            }
            setAside(file, ".duplicate", Event.Type.WAL_CONFLICT, e.summary());
            return new Taken(mark, Optional.of(e.summary()), false);
        }
    }

    private void announce(Queued queued, ServerConfiguration server, Taken taken) {
        if (taken.news()) {
            services.publish(
                    Event.Type.WAL_ARCHIVED,
                    server.name(),
                    queued.name().value(),
                    "archived '%s' of '%s'".formatted(queued.name(), server.name()));
        }
    }

    private static WalArchive.Outcome store(WalFileName name, Path file, Repository repository) throws IOException {
        try {
            return repository.wal().store(name, file);
        } catch (MatriarchException e) {
            if (e.code() == ErrorCode.WAL_CONFLICT && name.kind() == WalFileName.Kind.PARTIAL) {
                try (InputStream archived = repository.wal().open(name);
                        InputStream offered = Files.newInputStream(file)) {
                    if (Contents.same(name, archived, offered)) {
                        return WalArchive.Outcome.DUPLICATE;
                    }
                }
            }
            throw e;
        }
    }

    /** Moves something aside that lies where WAL should. */
    void setAside(Path file, String suffix, Event.Type type, String why) throws IOException {
        String server = configuration.get().name();
        String name = String.valueOf(file.getFileName());
        Path now = errors.take(file, suffix, services.clock().instant());
        LOG.error("'{}' of '{}' is not archived, since {}; it is kept as '{}'", name, server, why, now);
        services.publish(type, server, name, "'%s' of '%s' is not archived: %s".formatted(name, server, why));
    }

    private Path path(Queued queued) {
        return switch (queued.origin()) {
            case STREAMING -> streaming.path(queued.name());
            case PUSHED -> pushed.path(queued.name());
            case INCOMING -> incoming.path(queued.name());
        };
    }

    /** Removes what is archived, unless somebody has put something else in its place meanwhile. */
    private void release(Queued queued, Taken taken) throws IOException {
        Path file = path(queued);
        if (taken.refusal().isEmpty()
                && Files.exists(file)
                && IncomingDirectory.Mark.of(file).equals(taken.mark())) {
            services.disk().delete(file);
        }
        forget(queued);
    }

    private void forget(Queued queued) {
        if (queued.origin() == Origin.STREAMING) {
            closedPartials.remove(queued.name());
        }
    }

    /** Returns whether an incomplete segment adds nothing: the whole one is archived, or no record of it came. */
    private static boolean isNeedless(WalFileName name, Path file, Repository repository) throws IOException {
        return name.kind() == WalFileName.Kind.PARTIAL
                && (repository.wal().contains(name.segment()) || WalContent.isBlank(file));
    }

    /** What is streamed comes from the server that the repository was claimed for; what is handed over, from anywhere. */
    private Optional<String> mismatch(Queued queued, Path file, ServerConfiguration server, Repository repository)
            throws IOException {
        if (queued.origin() == Origin.STREAMING) {
            return WalContent.mismatch(queued.name(), file, repository.identity(), Optional.empty());
        }
        RepositoryIdentity owner = Ownership.of(server, repository, services);
        return WalContent.mismatch(
                queued.name(), file, Optional.of(owner), services.segmentSizes().find(repository, queued.name()));
    }
}
