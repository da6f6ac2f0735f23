package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.HistoryFile;
import org.matriarch.api.postgres.ReplicationConnection.Identity;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamEnd;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of a receiver, from its first word to its end, over as many timelines as there are. */
final class ReceiveSession {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveSession.class);

    /** SQLSTATE undefined_file: what a server says of WAL that it has removed. */
    private static final String WAL_REMOVED = "58P01";

    private final ServerConfiguration server;
    private final WalServices services;
    private final WalArchiver archiver;
    private final StreamingDirectory directory;
    private final Optional<ReceiveStart> reset;
    private final Runnable streaming;
    private final Slots slots;

    private volatile boolean stopping;
    private volatile int timeline;
    private volatile @Nullable ReplicationConnection connection;
    private volatile @Nullable SegmentWriter writer;

    ReceiveSession(
            ServerConfiguration server,
            WalServices services,
            WalArchiver archiver,
            Optional<ReceiveStart> reset,
            Runnable streaming) {
        this.server = server;
        this.services = services;
        this.archiver = archiver;
        this.directory = archiver.directory();
        this.reset = reset;
        this.streaming = streaming;
        this.slots = new Slots(services.connections());
    }

    int timeline() {
        return timeline;
    }

    Lsn written() {
        SegmentWriter current = writer;
        return current == null ? Lsn.ZERO : current.written();
    }

    Lsn flushed() {
        SegmentWriter current = writer;
        return current == null ? Lsn.ZERO : current.flushed();
    }

    Lsn serverEnd() {
        SegmentWriter current = writer;
        return current == null ? Lsn.ZERO : current.serverEnd();
    }

    /** Makes the stream end in good order. */
    void stop() {
        stopping = true;
        SegmentWriter current = writer;
        if (current != null) {
            current.stop();
        }
    }

    /** Cuts the connection. */
    void disconnect() {
        ReplicationConnection current = connection;
        if (current != null) {
            current.close();
        }
    }

    /**
     * Receives until {@link #stop}.
     *
     * @throws MatriarchException whatever else ended it; {@code REPOSITORY_FOREIGN} and {@code WAL_GAP} will not go away
     */
    void receive() throws InterruptedException {
        try (ReplicationConnection opened =
                services.connections().openReplication(server, server.wal().applicationName())) {
            connection = opened;
            Identity identity = opened.identify();
            services.repositories()
                    .repository(server)
                    .claim(new RepositoryIdentity(
                            identity.systemId(), opened.version().major()));
            directory.prepare();
            long segmentSize = opened.segmentSizeBytes();
            Optional<Slots.Slot> slot = ensureSlot(opened);
            TimelineHistory lineage = lineage(opened, identity.timeline());
            ReceiveStart start = ReceiveStart.after(lineage, holdings(), segmentSize)
                    .orElseGet(() -> first(lineage, identity, slot, segmentSize));
            follow(opened, start, segmentSize);
        } catch (IOException e) {
            throw DiskFailure.of("receive WAL of '%s'".formatted(server.name()), server.home(), e);
        }
    }

    private void follow(ReplicationConnection opened, ReceiveStart begin, long segmentSize)
            throws IOException, InterruptedException {
        try (var preparer = new SegmentPreparer(server.name(), directory, segmentSize)) {
            Optional<ReceiveStart> next = Optional.of(begin);
            while (next.isPresent() && !stopping) {
                closeOtherTimelines(next.get(), segmentSize);
                next = stream(opened, preparer, next.get(), segmentSize);
            }
        }
    }

    /** Returns where to go on when the timeline has ended; empty if it was told to stop. */
    private Optional<ReceiveStart> stream(
            ReplicationConnection opened, SegmentPreparer preparer, ReceiveStart start, long segmentSize)
            throws IOException, InterruptedException {
        timeline = start.timeline();
        WalStreamEnd end;
        try (var segments =
                new SegmentWriter(server.name(), directory, preparer, start, segmentSize, new Progress(start))) {
            writer = segments;
            if (stopping) {
                return Optional.empty();
            }
            end = stream(opened, start, segments);
            segments.finish();
        }
        if (stopping) {
            return Optional.empty();
        }
        if (end.nextTimeline().isEmpty() || end.switchPoint().isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_UNREACHABLE,
                    "server '%s' ended the stream of WAL".formatted(server.name()),
                    "it is probably being shut down; the receiver connects again by itself.");
        }
        return Optional.of(switchTimeline(
                opened,
                start.timeline(),
                end.nextTimeline().get(),
                end.switchPoint().get(),
                segmentSize));
    }

    private WalStreamEnd stream(ReplicationConnection opened, ReceiveStart start, SegmentWriter segments)
            throws IOException, InterruptedException {
        try {
            return opened.streamWal(
                    new WalStreamRequest(server.wal().slotName(), start.position(), start.timeline()), segments);
        } catch (PostgresException e) {
            throw explain(e, segments.written());
        } catch (UncheckedIOException e) {
            // What the writer threw.
            throw e.getCause();
        }
    }

    private MatriarchException explain(PostgresException e, Lsn position) {
        if (e.sqlState().equals(WAL_REMOVED)) {
            return new MatriarchException(
                    ErrorCode.WAL_GAP,
                    "WAL of server '%s' from %s on timeline %d is needed, but the server has removed it"
                            .formatted(server.name(), position, timeline),
                    "take a new backup after wal:receive %s reset, which gives up the missing WAL."
                            .formatted(server.name()),
                    e);
        }
        return e;
    }

    private ReceiveStart switchTimeline(
            ReplicationConnection opened, int from, int to, Lsn switchPoint, long segmentSize) throws IOException {
        // The history is archived before the first segment that needs it.
        fetchHistory(opened, to);
        services.publish(
                Event.Type.TIMELINE_SWITCHED,
                server.name(),
                Integer.toUnsignedString(to),
                "server '%s' went from timeline %d to %d at %s".formatted(server.name(), from, to, switchPoint));
        return new ReceiveStart(to, switchPoint.segmentStart(segmentSize));
    }

    /**
     * Hands incomplete segments of other timelines to the archive: nothing more comes for them. Incomplete segments of
     * this timeline that lie before the start were completed by another channel, or given up by a reset.
     */
    private void closeOtherTimelines(ReceiveStart start, long segmentSize) throws IOException {
        for (WalFileName name : directory.names()) {
            if (name.kind() == WalFileName.Kind.PARTIAL
                    && (name.timeline() != start.timeline()
                            || name.startLsn(segmentSize).isBefore(start.position()))) {
                archiver.closePartial(name);
            }
        }
        archiver.wake();
    }

    private TimelineHistory lineage(ReplicationConnection opened, int current) throws IOException {
        return current == 1
                ? TimelineHistory.first(current)
                : TimelineHistory.parse(current, fetchHistory(opened, current).content());
    }

    private HistoryFile fetchHistory(ReplicationConnection opened, int of) throws IOException {
        HistoryFile history = opened.timelineHistory(of);
        WalArchive archive = services.repositories().repository(server).wal();
        if (!archive.contains(history.name())) {
            directory.write(history.name(), history.content());
            archiver.wake();
            LOG.info("fetched history of timeline {} of server '{}'", of, server.name());
        }
        return history;
    }

    private ReceiveStart.Holdings holdings() throws IOException {
        Repository repository = services.repositories().repository(server);
        List<WalFileName> kept = new ArrayList<>();
        for (WalEntry entry : repository.wal().entries()) {
            kept.add(entry.name());
        }
        List<WalFileName> begun = new ArrayList<>();
        for (WalFileName name : directory.names()) {
            (name.kind() == WalFileName.Kind.PARTIAL ? begun : kept).add(name);
        }
        return new ReceiveStart.Holdings(kept, begun, reset);
    }

    /** Returns where to begin if nothing is there yet: as far back as the slot reaches, or at the server's end. */
    private ReceiveStart first(
            TimelineHistory lineage, Identity identity, Optional<Slots.Slot> slot, long segmentSize) {
        Lsn position = slot.flatMap(Slots.Slot::restart).orElse(identity.flushed());
        var start = new ReceiveStart(lineage.timelineAt(position), position.segmentStart(segmentSize));
        LOG.info("receiver of '{}' begins at {} on timeline {}", server.name(), start.position(), start.timeline());
        return start;
    }

    /** Makes sure that the slot is there. Empty if there is none, it was just created, or it cannot be looked at. */
    private Optional<Slots.Slot> ensureSlot(ReplicationConnection opened) {
        Optional<String> name = server.wal().slotName();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<Slots.Slot> slot;
        try {
            slot = slots.find(server, name.get());
        } catch (MatriarchException e) {
            // Streaming works although SQL does not, when all ordinary connections are taken, say.
            LOG.debug("unable to look at slot '{}' of server '{}'", name.get(), server.name(), e);
            return Optional.empty();
        }
        if (slot.isPresent() && !slot.get().physical()) {
            throw Slots.unusable(server, name.get(), "is not a physical one");
        }
        boolean automatic = server.wal().createSlotAutomatically();
        if (slot.isPresent() && slot.get().lost()) {
            if (!automatic) {
                throw Slots.unusable(server, name.get(), "has lost the WAL that it should hold");
            }
            opened.dropSlot(name.get());
            slot = Optional.empty();
        }
        if (slot.isEmpty()) {
            if (!automatic) {
                throw Slots.missing(server, name.get());
            }
            opened.createPhysicalSlot(name.get());
            LOG.info("created replication slot '{}' on server '{}'", name.get(), server.name());
        }
        return slot;
    }

    /** Hears from the writer of one timeline. */
    private final class Progress implements SegmentWriter.Listener {

        private final ReceiveStart start;

        Progress(ReceiveStart start) {
            this.start = start;
        }

        @Override
        public void streaming() {
            LOG.info("receiving WAL of '{}' from {} on timeline {}", server.name(), start.position(), start.timeline());
            streaming.run();
        }

        @Override
        public void completed(WalFileName segment) {
            LOG.debug("received '{}' of '{}'", segment, server.name());
            archiver.wake();
        }
    }
}
