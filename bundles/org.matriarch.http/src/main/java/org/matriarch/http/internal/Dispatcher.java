package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who knows the token, and finds who answers.
 *
 * <p>A browser on this machine could be made to call us by a page whose name resolves to 127.0.0.1; it would send that
 * name as Host, so only our own address is taken there.
 */
final class Dispatcher implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Pattern HOST = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?");

    private final byte[] authorization;
    private final List<Route> routes;

    Dispatcher(String token, List<Route> routes) {
        this.authorization = ("Bearer " + token).getBytes(UTF_8);
        this.routes = List.copyOf(routes);
    }

    @Override
    @SuppressWarnings("Finally") // a handler that fails has left the exchange open
    public void handle(HttpExchange exchange) throws IOException {
        try {
            admit(exchange);
            dispatch(exchange);
        } catch (RefusedException e) {
            LOG.debug("{} {} is refused", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            Route.refuse(exchange, e.status(), e.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The door is closing.
        } catch (RuntimeException e) {
            // Without a proper end the caller sees that the answer is not whole.
            LOG.error("MATR-9001: {} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        } finally {
            exchange.close();
        }
    }

    private void admit(HttpExchange exchange) {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            throw new RefusedException(403, "this address is for this machine only");
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host == null
                || !HOST.matcher(host).matches()
                || exchange.getRequestHeaders().containsKey("Origin")) {
            throw new RefusedException(403, "not for browsers");
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !MessageDigest.isEqual(given.getBytes(UTF_8), authorization)) {
            throw new RefusedException(401, "the token is not that of this container");
        }
    }

    private void dispatch(HttpExchange exchange) throws IOException, InterruptedException {
        String path = exchange.getRequestURI().getPath();
        boolean known = false;
        for (Route route : routes) {
            Optional<List<String>> groups = route.match(path);
            if (groups.isPresent() && route.takes(exchange.getRequestMethod())) {
                route.handle(exchange, groups.get());
                return;
            }
            known |= groups.isPresent();
        }
        throw known ? new RefusedException(405, "not this method") : new RefusedException(404, "nothing is here");
    }
}
