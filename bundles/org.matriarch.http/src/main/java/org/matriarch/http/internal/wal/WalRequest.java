package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** What a request says beside its path. */
final class WalRequest {

    /** The word for a file that is sent as it is. */
    static final String NO_COMPRESSION = "none";

    private static final List<String> COMPRESSIONS = List.of(NO_COMPRESSION, "gzip", "bzip2");
    /** Instead of a checksum: it follows the last byte of the file. */
    private static final String COMES_AFTER = "after";

    static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int MOST_NAMES = 1000;

    private final HttpExchange exchange;
    private final Map<String, String> query;

    WalRequest(HttpExchange exchange) {
        this.exchange = exchange;
        this.query = query(exchange.getRequestURI().getRawQuery());
    }

    String header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    /** Returns the checksum of the body, which no push goes without; empty if it comes after the file, in the body. */
    Optional<String> sha256() {
        String given = header(WalAnswers.SHA256);
        if (given.equals(COMES_AFTER)) {
            return Optional.empty();
        }
        if (!SHA256.matcher(given).matches()) {
            throw usage(
                    "header '%s' is missing or no SHA-256".formatted(WalAnswers.SHA256),
                    "send the SHA-256 of the file as 64 hexadecimal digits, or '%s' and these digits after the file."
                            .formatted(COMES_AFTER));
        }
        return Optional.of(given.toLowerCase(Locale.ROOT));
    }

    /** Returns whether the body is compressed on its way. */
    boolean isGzip() {
        String encoding = header("Content-Encoding").toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "", "identity" -> false;
            case "gzip" -> true;
            default -> throw usage("content encoding '%s' is not supported".formatted(encoding), "use gzip, or none.");
        };
    }

    /** Returns how the answer is to be compressed on its way. */
    String compression() {
        String wanted = query.getOrDefault("compression", NO_COMPRESSION);
        if (!COMPRESSIONS.contains(wanted)) {
            throw usage(
                    "compression '%s' is not supported".formatted(wanted),
                    "use one of %s.".formatted(String.join(", ", COMPRESSIONS)));
        }
        return wanted;
    }

    /** Returns whether a segment that is still being received will do. */
    boolean partial() {
        return query.getOrDefault("partial", "false").equals("true");
    }

    /** Returns the name from which on names are asked for. */
    String from() {
        return query.getOrDefault("from", "");
    }

    /** Returns how many names are asked for. */
    int count() {
        String text = query.getOrDefault("count", "");
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_NAMES) {
            throw usage(
                    "count '%s' is not a number from 1 to %d".formatted(text, MOST_NAMES), "ask for fewer at a time.");
        }
        return Integer.parseInt(text);
    }

    private static MatriarchException usage(String summary, String hint) {
        return new MatriarchException(ErrorCode.USAGE, summary, hint);
    }

    private static Map<String, String> query(@Nullable String raw) {
        var values = new HashMap<String, String>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    values.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
                }
            }
        }
        return Map.copyOf(values);
    }
}
