package org.matriarch.shell.internal.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object under construction, and how a document is printed. */
public final class Json {

    private static final ObjectWriter WRITER = new ObjectMapper()
            .writer(new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    /** Adds a field: a number, a truth value, a list or map of JSON values, or anything else as its text. */
    public Json add(String name, Object value) {
        fields.put(name, plain(value));
        return this;
    }

    /** Adds a field that is null if there is no value. */
    public Json add(String name, Optional<?> value) {
        fields.put(name, value.isPresent() ? plain(value.get()) : null);
        return this;
    }

    /** Returns the object as a JSON value. */
    public Map<String, @Nullable Object> build() {
        return fields;
    }

    /** Prints a document. */
    public static void print(Console console, Object document) {
        try {
            console.out().println(WRITER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("unable to write a document as JSON", e);
        }
    }

    private static Object plain(Object value) {
        boolean known = value instanceof Number
                || value instanceof Boolean
                || value instanceof Map<?, ?>
                || value instanceof Iterable<?>;
        return known && !(value instanceof Path) ? value : String.valueOf(value);
    }
}
