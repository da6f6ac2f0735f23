package org.matriarch.http.internal.wal;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The open door: a server on its address, and the threads that answer. */
final class WalServer implements AutoCloseable {

    /** More than the requests of several servers that are let in at a time, see {@link Turnstile}. */
    private static final int MOST_THREADS = 256;

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int STOP_SECONDS = 1;

    private final HttpServer server;
    private final ExecutorService threads;
    private final WalDoorSettings settings;
    private final Optional<TlsIdentity> identity;

    private WalServer(
            HttpServer server, ExecutorService threads, WalDoorSettings settings, Optional<TlsIdentity> identity) {
        this.server = server;
        this.threads = threads;
        this.settings = settings;
        this.identity = identity;
    }

    /** Opens the door. */
    static WalServer open(
            WalDoorSettings settings, Optional<TlsIdentity> identity, HttpHandler handler, Patience patience)
            throws IOException {
        var address = new InetSocketAddress(settings.listen(), settings.port().orElseThrow());
        HttpServer server = create(address, identity);
        server.createContext("/", handler);
        var counter = new AtomicInteger();
        var threads = new ThreadPoolExecutor(
                MOST_THREADS, MOST_THREADS, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    var thread = new Thread(task, "matriarch-wal-door-" + counter.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(patience.around(threads));
        server.start();
        return new WalServer(server, threads, settings, identity);
    }

    private static HttpServer create(InetSocketAddress address, Optional<TlsIdentity> identity) throws IOException {
        if (identity.isEmpty()) {
            return HttpServer.create(address, 0);
        }
        HttpsServer secure = HttpsServer.create(address, 0);
        secure.setHttpsConfigurator(identity.get().configurator());
        return secure;
    }

    /** Returns the address that clients are given. */
    String url() {
        return settings.url()
                .orElseGet(() -> "%s://%s:%d"
                        .formatted(
                                settings.tls().isPresent() ? "https" : "http",
                                host(),
                                server.getAddress().getPort()));
    }

    /** Returns whether the certificate that is in use is no longer the one that is in its file. */
    boolean isCertificateOutdated() {
        return identity.map(TlsIdentity::isOutdated).orElse(false);
    }

    /** A certificate names a host, not an address; and who listens on all addresses has none of his own. */
    private String host() {
        InetAddress listen = settings.listen();
        if (settings.tls().isPresent()) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (IOException e) {
                return listen.getHostAddress();
            }
        }
        return listen instanceof Inet6Address ? "[%s]".formatted(listen.getHostAddress()) : listen.getHostAddress();
    }

    @Override
    public void close() {
        // A file that is being stored becomes durable or is never acknowledged; a client that gets no answer repeats
        // it.
        server.stop(STOP_SECONDS);
        threads.shutdownNow();
    }
}
