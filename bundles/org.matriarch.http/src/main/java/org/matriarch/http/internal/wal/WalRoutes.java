package org.matriarch.http.internal.wal;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.http.internal.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes WAL files in and gives them out.
 *
 * <ul>
 *   <li>{@code PUT /v1/wal/SERVER/NAME} stores the body, whose SHA-256 is in a header, or after the file if the header says so:
 *       201, or 200 if it was there already; either is sent when a power failure no longer loses it, and not before
 *   <li>{@code GET /v1/wal/SERVER/NAME?partial=true&compression=gzip} gives a file out; 404 with {@code MATR-3001} if it is
 *       not in the archive, and only then
 *   <li>{@code GET /v1/wal/SERVER?from=NAME&count=8} names what recovery will read from there on, one name a line
 * </ul>
 */
final class WalRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(WalRoutes.class);

    /** The largest segment there is. */
    private static final long MOST_BYTES = 1L << 30;

    /** A client that is refused before its file was read is still sending: so much it may, to see why. */
    private static final long MOST_DRAINED_BYTES = 64L << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final WalServices services;
    private final ServerTokens tokens;
    private final Patience patience;
    private final Turnstile turnstile;
    private final ToldRefusals told = new ToldRefusals();

    WalRoutes(WalServices services, ServerTokens tokens, Patience patience, Turnstile turnstile) {
        this.services = services;
        this.tokens = tokens;
        this.patience = patience;
        this.turnstile = turnstile;
    }

    List<Route> routes() {
        return List.of(
                new Route("PUT", "/v1/wal/([^/]+)/([^/]+)", answering(this::put)),
                new Route("GET", "/v1/wal/([^/]+)/([^/]+)", answering(this::get)),
                new Route("GET", "/v1/wal/([^/]+)", answering(this::names)));
    }

    private Route.Handler answering(Route.Handler handler) {
        return (exchange, path) -> {
            patience.requestRead();
            try {
                admit(exchange, path.get(0));
                Turnstile.Pass pass = turnstile.enter(path.get(0));
                try {
                    handler.handle(exchange, path);
                    told.forget(describe(exchange));
                } finally {
                    pass.close();
                }
            } catch (MatriarchException e) {
                report(exchange, e);
                WalAnswers.refuse(exchange, e);
            } finally {
                drain(exchange);
            }
        };
    }

    private void admit(HttpExchange exchange, String server) {
        if (!tokens.opens(server, new WalRequest(exchange).header("Authorization"))) {
            throw new MatriarchException(
                    ErrorCode.TOKEN_REFUSED,
                    "the token is missing, or is not that of server '%s'".formatted(server),
                    "run server:show on the container's host: it says where the server's token is.");
        }
    }

    private void put(HttpExchange exchange, List<String> path) throws IOException {
        String server = path.get(0);
        String name = path.get(1);
        var request = new WalRequest(exchange);
        Optional<String> announced = request.sha256();
        requireLength(request.header("Content-Length"), name);
        WalIntake intake = services.intake();
        InputStream body = patience.watch(exchange.getRequestBody());
        WalIntake.Outcome outcome;
        String sha256;
        try {
            InputStream content = request.isGzip() ? new GZIPInputStream(body, BUFFER_BYTES) : body;
            if (announced.isPresent()) {
                outcome = intake.take(server, name, content, () -> announced);
                sha256 = announced.get();
            } else {
                var summed = new SummedContent(name, content);
                outcome = intake.take(server, name, summed, () -> Optional.of(summed.sha256()));
                sha256 = summed.sha256();
            }
        } catch (IOException e) { // of the compressed stream's head
            throw new MatriarchException(
                    ErrorCode.WAL_TRANSFER,
                    "'%s' arrived damaged: %s".formatted(name, e.getMessage()),
                    "send it again.",
                    e);
        }
        exchange.getResponseHeaders().set(WalAnswers.SHA256, sha256);
        exchange.getResponseHeaders().set(WalAnswers.OUTCOME, outcome.name().toLowerCase(Locale.ROOT));
        boolean stored = outcome == WalIntake.Outcome.STORED;
        WalAnswers.send(exchange, stored ? 201 : 200, stored ? "stored\n" : "stored already\n");
    }

    private static void requireLength(String header, String name) {
        // Without the header the body comes in chunks, and the intake counts.
        if (header.matches("\\d{1,18}") && Long.parseLong(header) > MOST_BYTES) {
            throw new MatriarchException(
                    ErrorCode.WAL_INVALID,
                    "'%s' has %s bytes, more than a WAL segment can have".formatted(name, header),
                    "push files of pg_wal alone.");
        }
    }

    private void get(HttpExchange exchange, List<String> path) throws IOException {
        String server = path.get(0);
        var request = new WalRequest(exchange);
        String compression = request.compression();
        WalFileName name = name(path.get(1));
        services.servers().requireServer(server);
        try (SpooledWal file = spool(server, name, request.partial(), compression)) {
            exchange.getResponseHeaders().set(WalAnswers.SHA256, file.sha256());
            exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
            exchange.sendResponseHeaders(200, nonZero(file.sizeBytes()));
            try (OutputStream out = patience.watch(exchange.getResponseBody())) {
                file.writeTo(out);
            }
        }
    }

    /** As the JDK's server wants it: 0 would be a body of unknown length. */
    private static long nonZero(long bytes) {
        return bytes == 0 ? -1 : bytes;
    }

    private SpooledWal spool(String server, WalFileName name, boolean partial, String compression) {
        SpooledWal.Packing packing = compression.equals(WalRequest.NO_COMPRESSION)
                ? target -> target
                : target -> services.compression().compress(compression, target);
        try (InputStream content = services.files().open(server, name, partial)) {
            return SpooledWal.of(content, packing);
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.STORE_FAILED,
                    "unable to read '%s' of '%s': %s".formatted(name, server, e),
                    "look at the disks of the archive and of the container's data directory.",
                    e);
        }
    }

    private void names(HttpExchange exchange, List<String> path) throws IOException {
        var request = new WalRequest(exchange);
        int count = request.count();
        WalFileName from = name(request.from());
        String text = services.files().peek(path.get(0), from, count).stream()
                .map(found -> found.value() + "\n")
                .collect(Collectors.joining());
        exchange.getResponseHeaders().set(WalAnswers.OUTCOME, "names");
        WalAnswers.send(exchange, 200, text + "\n"); // a body that is never empty, with an end that shows
    }

    private static WalFileName name(String text) {
        return WalFileName.find(text)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.NAME_INVALID,
                        "'%s' is not the name of a WAL file".formatted(text),
                        "give the name of a segment, a history file or a backup label."));
    }

    private void report(HttpExchange exchange, MatriarchException error) {
        String request = describe(exchange);
        if (error.code() == ErrorCode.WAL_MISSING) {
            told.forget(request); // Every recovery asks until there is no more.
        } else if (told.isNews(request, error.summary())) {
            LOG.warn("MATR-{}: {} is refused: {}", error.code().number(), request, error.summary());
        } else {
            LOG.debug("MATR-{}: {} is still refused", error.code().number(), request);
        }
    }

    private static String describe(HttpExchange exchange) {
        return "%s %s from %s"
                .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath(),
                        exchange.getRemoteAddress().getAddress().getHostAddress());
    }

    /** Closing a connection on which something is still arriving takes the answer away from the client. */
    private void drain(HttpExchange exchange) {
        try (InputStream rest = patience.watch(exchange.getRequestBody())) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long drained = 0;
            for (int count = rest.read(buffer); count >= 0 && drained < MOST_DRAINED_BYTES; count = rest.read(buffer)) {
                drained += count;
            }
        } catch (IOException e) {
            LOG.debug("{} left before its request was read", exchange.getRemoteAddress(), e);
        }
    }
}
