package org.matriarch.http.internal.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.matriarch.http.internal.Route;

/** Answers {@code GET /metrics}. */
public final class MetricsRoute {

    /** Where metrics are. */
    public static final String PATH = "/metrics";

    private MetricsRoute() {}

    /** Returns the route. */
    public static List<Route> of(Metrics metrics) {
        return List.of(new Route("GET", PATH, (exchange, path) -> {
            byte[] body = metrics.text().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", MetricsText.CONTENT_TYPE);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }));
    }
}
