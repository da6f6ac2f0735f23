package org.matriarch.http.internal;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open door: a server on 127.0.0.1 and the file that tells where it is. */
final class LoopbackServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);

    /** Longer than any command runs; what the JDK makes of it in milliseconds is still an int. */
    private static final int WEEK_SECONDS = 7 * 24 * 60 * 60;

    private final HttpServer server;
    private final ExecutorService threads;
    private final AtomicInteger inside;
    private final TokenFile tokenFile;
    private final int port;

    private LoopbackServer(HttpServer server, ExecutorService threads, AtomicInteger inside, TokenFile tokenFile) {
        this.server = server;
        this.threads = threads;
        this.inside = inside;
        this.tokenFile = tokenFile;
        this.port = server.getAddress().getPort();
    }

    /** Opens the door; port 0 is any that is free, and {@code scraping} says who may scrape at each moment. */
    static LoopbackServer open(
            int wanted, Supplier<HttpSettings.Scraping> scraping, Path tokenPath, List<Route> routes, Guests guests)
            throws IOException {
        JdkServer.tune();
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, wanted), 0);
        String token = BearerToken.make();
        var dispatcher = new Dispatcher(new LocalAdmission(token, scraping, guests), routes);
        var inside = new AtomicInteger();
        server.createContext("/", exchange -> {
            inside.incrementAndGet();
            try {
                dispatcher.handle(exchange);
            } finally {
                inside.decrementAndGet();
            }
        });
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
            return new LoopbackServer(server, threads, inside, TokenFile.write(tokenPath, url, token));
        } catch (IOException e) {
            server.stop(0);
            threads.shutdownNow();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** Returns how many requests are being answered. */
    int inside() {
        return inside.get();
    }

    /** Lets nobody in any more, and closes when the last of those who are in has left: their commands go on. */
    void retire() {
        threads.execute(() -> server.stop(WEEK_SECONDS)); // which closes the port at once
        threads.execute(this::closeAfterTheLast);
    }

    /** The JDK waits for them too, but to the very end where a connection broke. */
    private void closeAfterTheLast() {
        try {
            do {
                TimeUnit.SECONDS.sleep(1); // before the first look as well: who was let in just now is on the way
            } while (inside.get() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed meanwhile
            return;
        }
        close();
    }

    /** Cuts off who is in. May be called again. */
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
