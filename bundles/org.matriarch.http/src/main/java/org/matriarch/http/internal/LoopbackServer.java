package org.matriarch.http.internal;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open door: a server on 127.0.0.1 and the file that tells where it is. */
final class LoopbackServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);

    private final HttpServer server;
    private final ExecutorService threads;
    private final TokenFile tokenFile;
    private final int port;

    private LoopbackServer(HttpServer server, ExecutorService threads, TokenFile tokenFile) {
        this.server = server;
        this.threads = threads;
        this.tokenFile = tokenFile;
        this.port = server.getAddress().getPort();
    }

    /** Opens the door; port 0 is any that is free. */
    static LoopbackServer open(HttpSettings settings, Path tokenPath, List<Route> routes, Guests guests)
            throws IOException {
        JdkServer.tune();
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, settings.port()), 0);
        String token = BearerToken.make();
        server.createContext("/", new Dispatcher(new LocalAdmission(token, settings.metrics(), guests), routes));
        var counter = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "matriarch-http-" + counter.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.start();
        try {
            String url = "http://127.0.0.1:%d".formatted(server.getAddress().getPort());
            return new LoopbackServer(server, threads, TokenFile.write(tokenPath, url, token));
        } catch (IOException e) {
            server.stop(0);
            threads.shutdownNow();
            throw e;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            tokenFile.remove();
        } catch (IOException e) {
            LOG.warn("unable to remove the token file: {}", e.toString());
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
