package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Who answers which requests. */
public final class Route {

    private final String method;
    private final Pattern path;
    private final Handler handler;

    /** Answers a request. The groups of the path's pattern are given to it. */
    @FunctionalInterface
    public interface Handler {

        /** Answers, whole; the exchange is closed afterwards. */
        void handle(HttpExchange exchange, List<String> path) throws IOException, InterruptedException;
    }

    /** Lets a handler answer the requests of a method whose whole path matches. */
    public Route(String method, String path, Handler handler) {
        this.method = method;
        this.path = Pattern.compile(path);
        this.handler = handler;
    }

    /** Returns the groups of the path, if this route is meant by it. */
    Optional<List<String>> match(String requestPath) {
        Matcher matcher = path.matcher(requestPath);
        return matcher.matches()
                ? Optional.of(IntStream.rangeClosed(1, matcher.groupCount())
                        .mapToObj(matcher::group)
                        .toList())
                : Optional.empty();
    }

    boolean takes(String requestMethod) {
        return method.equals(requestMethod);
    }

    void handle(HttpExchange exchange, List<String> groups) throws IOException, InterruptedException {
        handler.handle(exchange, groups);
    }

    /** Answers with an error and a line that says why. */
    public static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
        byte[] body = (reason + "\n").getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
