package org.matriarch.core.wal.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.server.ServersListener;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a receiver and an archiver for each active server, and follows the configuration. */
@Component(
        service = {WalReceivers.class, StreamingReceivers.class},
        immediate = true)
public final class StreamingReceivers implements WalReceivers, ServersListener {

    private static final Logger LOG = LoggerFactory.getLogger(StreamingReceivers.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(9);

    private static final long RETRY_SECONDS = 5;

    private final Servers servers;
    private final WalServices services;
    private final Map<String, ServerWal> byName = new ConcurrentHashMap<>();
    /** Servers that another container takes care of, as it seems. */
    private final Map<String, MatriarchException> takenByOthers = new ConcurrentHashMap<>();

    private final ExecutorService changes = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "matriarch-wal-changes");
        thread.setDaemon(true);
        return thread;
    });
    private final Optional<ServiceRegistration<ServersListener>> listening;

    /** Begins to receive for each server that the configuration names. */
    @Activate
    public StreamingReceivers(
            BundleContext context,
            @Reference Servers servers,
            @Reference PostgresConnections connections,
            @Reference Repositories repositories,
            @Reference Events events,
            @Reference Hooks hooks) {
        this.servers = servers;
        this.services = new WalServices(connections, repositories, events, hooks, Clock.systemUTC(), new LocalDisk());
        // Registered by hand: as a service of this component it would close a circle of references with Servers.
        this.listening = Optional.of(context.registerService(ServersListener.class, this, null));
    }

    StreamingReceivers(Servers servers, WalServices services) {
        this.servers = servers;
        this.services = services;
        this.listening = Optional.empty();
    }

    /** Stops every receiver, all at once, with what was received on disk. */
    @Deactivate
    public void deactivate() {
        listening.ifPresent(ServiceRegistration::unregister);
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        byName.values().forEach(ServerWal::requestStop);
        changes.shutdownNow();
        try {
            // A change in hand may be about to begin a receiver.
            if (!changes.awaitTermination(STOP_TIMEOUT.toNanos() / 2, TimeUnit.NANOSECONDS)) {
                LOG.warn("a change of configuration did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (ServerWal wal : byName.values()) {
            wal.close(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        byName.clear();
        services.watch().close();
    }

    WalServices services() {
        return services;
    }

    /** Says that a file was put into {@code pushed/}, whole and synced. */
    void handedOver(String server) {
        ServerWal wal = byName.get(server);
        if (wal != null) {
            wal.handedOver();
        }
    }

    /** Returns what lies in {@code incoming/} and may still become a WAL file. */
    List<IncomingScan.Doubt> incomingDoubts(String server) {
        ServerWal wal = byName.get(server);
        return wal == null ? List.of() : wal.incomingDoubts();
    }

    @Override
    public void serverChanged(String name) {
        try {
            changes.execute(() -> applyUntilDone(name));
        } catch (RejectedExecutionException e) {
            LOG.debug("change of server '{}' came after the end", name, e);
        }
    }

    /** What cannot be applied now, because a disk does not answer, say, is tried again: nobody else would. */
    private void applyUntilDone(String name) {
        try {
            for (; ; ) {
                try {
                    apply(name);
                    return;
                } catch (MatriarchException e) {
                    standBy(name, e);
                } catch (RuntimeException e) {
                    LOG.error("unable to follow the configuration of server '{}'", name, e);
                }
                TimeUnit.SECONDS.sleep(RETRY_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says so once, and tries again until the other one is gone. */
    private void standBy(String name, MatriarchException reason) {
        MatriarchException before = takenByOthers.put(name, reason);
        if (before == null || !before.summary().equals(reason.summary())) {
            LOG.warn("server '{}' is left alone for now: {}", name, reason.summary());
        }
    }

    private void apply(String name) {
        Optional<ServerConfiguration> configuration = servers.findServer(name).filter(ServerConfiguration::active);
        if (configuration.isPresent()) {
            services.repositories().takeCharge(configuration.get());
            if (takenByOthers.remove(name) != null) {
                LOG.info("server '{}' is in the charge of this container now", name);
            }
            byName.computeIfAbsent(name, key -> new ServerWal(services)).configure(configuration.get());
            return;
        }
        takenByOthers.remove(name);
        ServerWal gone = byName.remove(name);
        if (gone != null) {
            gone.close(STOP_TIMEOUT);
        }
        services.repositories().giveBack(name);
    }

    @Override
    public ReceiverStatus start(String server) {
        return wal(requireStreaming(server)).start();
    }

    @Override
    public ReceiverStatus stop(String server) {
        return wal(servers.requireServer(server)).stop(STOP_TIMEOUT);
    }

    @Override
    public ReceiverStatus status(String server) {
        servers.requireServer(server);
        ServerWal wal = byName.get(server);
        if (wal != null) {
            return wal.status();
        }
        MatriarchException taken = takenByOthers.get(server);
        return taken == null
                ? WalReceiver.idle(server, services.clock().instant())
                : WalReceiver.standingBy(server, services.clock().instant(), String.valueOf(taken.getMessage()));
    }

    /** Returns why a server's queue does not move; empty if it does. */
    Optional<String> archiveProblem(String server) {
        ServerWal wal = byName.get(server);
        return wal == null ? Optional.empty() : wal.archiveProblem();
    }

    @Override
    public ReceiverStatus reset(String server) {
        ServerConfiguration configuration = requireStreaming(server);
        ServerWal wal = wal(configuration);
        wal.requireEnded();
        try (ReplicationConnection connection = connect(configuration)) {
            ReplicationConnection.Identity identity = connection.identify();
            Lsn start = identity.flushed().segmentStart(connection.segmentSizeBytes());
            return wal.reset(new ReceiveStart(identity.timeline(), start));
        }
    }

    @Override
    public String createSlot(String server) {
        ServerConfiguration configuration = servers.requireServer(server);
        String slot = requireSlotName(configuration);
        try (ReplicationConnection connection = connect(configuration)) {
            if (!connection.createPhysicalSlot(slot)) {
                throw new MatriarchException(
                        ErrorCode.SLOT_UNAVAILABLE,
                        "replication slot '%s' exists on server '%s' already".formatted(slot, server),
                        "use it as it is, or drop it first with wal:receive %s --drop-slot.".formatted(server));
            }
        }
        ServerWal wal = byName.get(server);
        if (wal != null) {
            wal.hurry();
        }
        return slot;
    }

    @Override
    public String dropSlot(String server) {
        ServerConfiguration configuration = servers.requireServer(server);
        String slot = requireSlotName(configuration);
        ServerWal wal = byName.get(server);
        if (wal != null) {
            wal.requireEnded();
        }
        try (ReplicationConnection connection = connect(configuration)) {
            connection.dropSlot(slot);
        }
        return slot;
    }

    private ReplicationConnection connect(ServerConfiguration server) {
        return services.connections().openReplication(server, server.wal().applicationName());
    }

    private ServerConfiguration requireStreaming(String name) {
        ServerConfiguration server = servers.requireServer(name);
        if (!server.active() || !server.wal().streaming()) {
            throw new MatriarchException(
                    ErrorCode.RECEIVER_STATE,
                    "the receiver of server '%s' is switched off by its configuration".formatted(name),
                    "set 'active = true' and 'streaming_archiver = on' in etc/org.matriarch.server-%s.cfg."
                            .formatted(name));
        }
        return server;
    }

    private static String requireSlotName(ServerConfiguration server) {
        return server.wal()
                .slotName()
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.SLOT_UNAVAILABLE,
                        "no replication slot is configured for server '%s'".formatted(server.name()),
                        "set 'slot_name' in etc/org.matriarch.server-%s.cfg.".formatted(server.name())));
    }

    private ServerWal wal(ServerConfiguration server) {
        ServerWal wal = byName.get(server.name());
        if (wal == null) {
            MatriarchException taken = takenByOthers.get(server.name());
            if (taken != null) {
                throw taken;
            }
            throw new MatriarchException(
                    ErrorCode.RECEIVER_STATE,
                    "the receiver of server '%s' is not set up".formatted(server.name()),
                    "see whether the server is active; right after a change of its file, try again in a moment.");
        }
        return wal;
    }
}
