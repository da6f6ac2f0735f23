package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * How the door answers. Every answer carries a header of ours: what stands between a database host and the container, such
 * as the login page of a proxy, must not be taken for it.
 */
final class WalAnswers {

    /** What became of a pushed file: {@code stored} or {@code duplicate}. */
    static final String OUTCOME = "X-Matriarch-Outcome";

    /** SHA-256 of the file, uncompressed, in hexadecimal digits. */
    static final String SHA256 = "X-Matriarch-Sha256";

    /** Number of the error, such as {@code MATR-3001}. */
    static final String CODE = "X-Matriarch-Code";

    private WalAnswers() {}

    /** Returns the HTTP status of an error: 5xx if the same request may succeed later, 404 for missing WAL alone. */
    static int statusOf(ErrorCode code) {
        return switch (code) {
            case WAL_MISSING -> 404;
            case WAL_CONFLICT -> 409;
            case WAL_INVALID -> 422;
            case NAME_INVALID, USAGE, WAL_TRANSFER -> 400;
            case TOKEN_REFUSED -> 401;
            case SERVER_UNKNOWN, ARCHIVER_OFF -> 403;
            case STORE_FULL -> 507;
            case DOOR_BUSY -> 503;
            default -> code.retryable() ? 503 : 500;
        };
    }

    /** Answers with an error, as a command would print it. */
    static void refuse(HttpExchange exchange, MatriarchException error) throws IOException {
        exchange.getResponseHeaders().set(CODE, "MATR-" + error.code().number());
        if (error.code() == ErrorCode.TOKEN_REFUSED) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        String text = "MATR-%d: %s\nHINT: %s\n".formatted(error.code().number(), error.summary(), error.hint());
        send(exchange, statusOf(error.code()), text);
    }

    /** Answers with text; the exchange is left open, for its request may not have been read yet. */
    static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        OutputStream out = exchange.getResponseBody();
        out.write(body);
        out.flush();
    }
}
