package org.matriarch.http.internal.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.matriarch.http.internal.RefusedException;

/** The form in which a caller sends a command: {@code arg} for each word, and what is known of the caller's terminal. */
final class CommandForm {

    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private CommandForm() {}

    static CommandRequest read(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new RefusedException(413, "a command of more than 4 MiB");
        }
        return parse(new String(bytes, US_ASCII));
    }

    static CommandRequest parse(String form) {
        List<String> words = new ArrayList<>();
        Map<String, String> facts = new HashMap<>();
        for (String field : form.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                throw new RefusedException(400, "a form field without a value");
            }
            String name = field.substring(0, equals);
            String value = decode(field.substring(equals + 1));
            if (name.equals("arg")) {
                words.add(value);
            } else {
                facts.put(name, value);
            }
        }
        if (words.isEmpty()) {
            throw new RefusedException(400, "no command");
        }
        String columns = facts.getOrDefault("columns", "");
        return new CommandRequest(
                words,
                Path.of(facts.getOrDefault("cwd", "/")).toAbsolutePath(),
                columns.matches("\\d{1,4}") ? Integer.parseInt(columns) : 0,
                facts.getOrDefault("stdout", "").equals("terminal"),
                facts.getOrDefault("stderr", "").equals("terminal"),
                facts.getOrDefault("terminals", "").equals("same"));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, "a form field that is not encoded as it should be", e);
        }
    }
}
