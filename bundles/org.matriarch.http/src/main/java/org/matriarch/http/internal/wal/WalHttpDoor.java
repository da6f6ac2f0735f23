package org.matriarch.http.internal.wal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.http.internal.Dispatcher;
import org.matriarch.http.internal.HttpKeys;
import org.matriarch.http.internal.JdkServer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the door for WAL open as long as this bundle is active, where and as the configuration wants it. */
@Component(
        service = {WalDoor.class, WalHttpDoor.class},
        immediate = true,
        configurationPid = "org.matriarch.http")
public final class WalHttpDoor implements WalDoor {

    private static final Logger LOG = LoggerFactory.getLogger(WalHttpDoor.class);
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(30);
    private static final int REQUESTS_OF_A_SERVER = 32;
    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(10);
    private static final long UPKEEP_SECONDS = 1;
    private static final int ROUNDS_BETWEEN_CHECKS = 10;

    private final WalServices services;
    private final ServerTokens tokens;
    private final Patience patience;
    private final Dispatcher dispatcher;
    private final ScheduledExecutorService upkeep;
    private final ScheduledFuture<?> upkeeping;
    private WalDoorSettings settings = WalDoorSettings.usual();
    private @Nullable WalServer server;
    private String closedBecause = "it has not been opened yet";
    private long rounds;
    private volatile String refusal = "";

    /** Opens the door; if its configuration cannot be used, with the defaults. */
    @Activate
    public WalHttpDoor(@Reference InstalledWalServices services, Map<String, Object> properties) {
        this(services, Path.of(System.getProperty("karaf.base", "."), "tokens"), CLIENT_PATIENCE, properties);
    }

    WalHttpDoor(WalServices services, Path tokenDirectory, Duration clientPatience, Map<String, ?> properties) {
        this.services = services;
        tokens = new ServerTokens(tokenDirectory);
        patience = new Patience(clientPatience);
        var routes = new WalRoutes(services, tokens, patience, new Turnstile(REQUESTS_OF_A_SERVER, LONGEST_QUEUE));
        dispatcher = new Dispatcher(
                exchange -> new Subject(), routes.routes()); // each route asks for the token of its server
        upkeep = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "matriarch-wal-door-upkeep");
            thread.setDaemon(true);
            return thread;
        });
        JdkServer.tune();
        configure(properties);
        upkeeping = upkeep.scheduleWithFixedDelay(this::keepUp, UPKEEP_SECONDS, UPKEEP_SECONDS, TimeUnit.SECONDS);
    }

    @Modified
    void modify(Map<String, Object> properties) {
        configure(properties);
    }

    private synchronized void configure(Map<String, ?> properties) {
        WalDoorSettings wanted;
        Optional<TlsIdentity> identity;
        try {
            wanted = WalDoorSettings.of(properties);
            identity = wanted.tls().map(TlsIdentity::of);
            refusal = "";
        } catch (IllegalArgumentException e) {
            // Of a key that there is not the door for commands tells.
            if (HttpKeys.unknown(properties).isEmpty()) {
                refuse(String.valueOf(e.getMessage()));
            }
            wanted = settings;
            identity = Optional.empty();
        }
        if (server != null && wanted.equals(settings)) {
            return;
        }
        WalDoorSettings before = settings;
        boolean wasOpen = server != null;
        closeServer();
        settings = wanted;
        if (!open(identity) && wasOpen) {
            refuse(closedBecause);
            settings = before;
            open(Optional.empty());
        }
    }

    /** Once, for a file may be read again as it is. */
    private void refuse(String reason) {
        if (!reason.equals(refusal)) {
            LOG.error(
                    "MATR-1001: {} is refused: {}. The last good values of the door for WAL stay in force.",
                    HttpKeys.FILE,
                    reason);
        }
        refusal = reason;
    }

    /** Returns why the newest configuration of this door is not in force; empty if it is. */
    public Optional<String> refused() {
        return Optional.of(refusal).filter(reason -> !reason.isEmpty());
    }

    private boolean open(Optional<TlsIdentity> loaded) {
        if (settings.port().isEmpty()) {
            closedBecause = "'%s' is 'off' in %s".formatted(HttpKeys.WAL_PORT, HttpKeys.FILE);
            return true;
        }
        String address = "%s, port %d"
                .formatted(settings.listen().getHostAddress(), settings.port().getAsInt());
        try {
            Optional<TlsIdentity> identity =
                    loaded.isPresent() ? loaded : settings.tls().map(TlsIdentity::of);
            WalServer opened = WalServer.open(settings, identity, dispatcher, patience);
            server = opened;
            LOG.info("the door for WAL is open on {}: {}", address, opened.url());
            return true;
        } catch (IOException | IllegalArgumentException e) {
            String reason = "unable to listen on %s: %s".formatted(address, e.getMessage());
            if (!reason.equals(closedBecause)) {
                LOG.error(
                        "MATR-9003: {}. Database hosts can neither push nor fetch WAL; choose another '{}' in {}.",
                        reason,
                        HttpKeys.WAL_PORT,
                        HttpKeys.FILE);
            }
            closedBecause = reason;
            return false;
        }
    }

    /** Whoever has taken the port may have gone, and certificates are renewed without our being told. */
    private void keepUp() {
        try {
            patience.look();
            if (rounds++ % ROUNDS_BETWEEN_CHECKS == 0) {
                check();
            }
        } catch (RuntimeException e) {
            LOG.error("MATR-9001: the upkeep of the door for WAL failed", e);
        }
    }

    private synchronized void check() {
        WalServer current = server;
        if (upkeep.isShutdown()) {
            return;
        }
        if (current == null) {
            if (settings.port().isPresent()) {
                open(Optional.empty());
            }
            return;
        }
        if (current.isCertificateOutdated()) {
            renewCertificate();
        }
    }

    /** The JDK's server takes another certificate only when it is made; what is under way is repeated by its client. */
    private void renewCertificate() {
        Optional<TlsIdentity> renewed;
        try {
            renewed = settings.tls().map(TlsIdentity::of);
        } catch (IllegalArgumentException e) {
            LOG.warn("the renewed certificate is not used: {}", e.getMessage());
            return;
        }
        closeServer();
        open(renewed);
    }

    @Override
    public synchronized String url() {
        WalServer current = server;
        if (current == null) {
            throw new MatriarchException(
                    ErrorCode.DOOR_CLOSED,
                    "the door for WAL is closed: " + closedBecause,
                    "set '%s' in %s to a port that is free.".formatted(HttpKeys.WAL_PORT, HttpKeys.FILE));
        }
        return current.url();
    }

    @Override
    public synchronized Optional<Path> certificate() {
        return settings.tls().map(WalDoorSettings.TlsFiles::certificate);
    }

    @Override
    public Path tokenFile(String serverName) {
        services.servers().requireServer(serverName);
        try {
            return tokens.file(serverName).toAbsolutePath();
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.DOOR_CLOSED,
                    "unable to make a token for server '%s': %s".formatted(serverName, e),
                    "see whether the container's user may write to its data directory.",
                    e);
        }
    }

    @Deactivate
    void close() {
        upkeeping.cancel(false);
        upkeep.shutdown();
        synchronized (this) {
            closedBecause = "the container is stopping";
            closeServer();
        }
    }

    private void closeServer() {
        WalServer current = server;
        if (current != null) {
            server = null;
            current.close();
        }
    }
}
