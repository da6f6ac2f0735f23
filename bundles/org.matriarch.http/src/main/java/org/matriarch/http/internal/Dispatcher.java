package org.matriarch.http.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Optional;
import javax.security.auth.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in whom the door wants, and finds who answers. */
public final class Dispatcher implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Admission admission;
    private final List<Route> routes;

    /** Says who is let in. */
    @FunctionalInterface
    public interface Admission {

        /**
         * Lets a request in.
         *
         * @return in whose name it is answered
         * @throws RefusedException if it is not to be answered
         */
        Subject admit(HttpExchange exchange);
    }

    /** Looks for who answers among routes. */
    public Dispatcher(Admission admission, List<Route> routes) {
        this.admission = admission;
        this.routes = List.copyOf(routes);
    }

    @Override
    @SuppressWarnings("Finally") // a handler that fails has left the exchange open
    public void handle(HttpExchange exchange) throws IOException {
        try {
            dispatch(admission.admit(exchange), exchange);
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

    @SuppressWarnings("removal") // what takes its place comes with Java 18
    private void dispatch(Subject caller, HttpExchange exchange) throws IOException, InterruptedException {
        try {
            Subject.doAs(caller, (PrivilegedExceptionAction<Void>) () -> {
                dispatch(exchange);
                return null;
            });
        } catch (PrivilegedActionException e) {
            if (e.getException() instanceof IOException failure) {
                throw failure;
            }
            throw (InterruptedException) e.getException(); // there is no other
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
