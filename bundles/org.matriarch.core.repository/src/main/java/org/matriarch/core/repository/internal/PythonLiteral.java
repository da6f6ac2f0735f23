package org.matriarch.core.repository.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the few Python literals that a {@code backup.info} holds: strings, whole numbers, None, and lists and
 * tuples of them.
 *
 * <p>Source: the Python Language Reference, "Lexical analysis", and what {@code repr} of a {@code str} gives.
 */
final class PythonLiteral {

    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /**
     * Reads a literal: a String, a Long, a List, or null for None.
     *
     * @throws IllegalArgumentException if the text is not such a literal
     */
    static @Nullable Object parse(String text) {
        var literal = new PythonLiteral(text);
        Object value = literal.value();
        literal.skipBlanks();
        if (literal.at < text.length()) {
            throw literal.unexpected();
        }
        return value;
    }

    /** Returns a string as Python's {@code repr} shows it. */
    static String quote(String value) {
        char mark = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
        var out = new StringBuilder(value.length() + 2).append(mark);
        value.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> appendPoint(out, point, mark);
            }
        });
        return out.append(mark).toString();
    }

    private static void appendPoint(StringBuilder out, int point, char mark) {
        if (point == mark) {
            out.append('\\').append(mark);
        } else if (point < ' ' || (point >= 0x7f && point < 0xa1) || point == 0xad) {
            out.append(String.format(Locale.ROOT, "\\x%02x", point));
        } else {
            out.appendCodePoint(point);
        }
    }

    private @Nullable Object value() {
        skipBlanks();
        char next = peek();
        if (next == '[') {
            return sequence(']');
        }
        if (next == '(') {
            return sequence(')');
        }
        if (next == '\'' || next == '"') {
            return string(next);
        }
        return word();
    }

    private List<@Nullable Object> sequence(char end) {
        var items = new ArrayList<@Nullable Object>();
        at++;
        skipBlanks();
        while (peek() != end) {
            items.add(value());
            skipBlanks();
            if (peek() == ',') {
                at++;
                skipBlanks();
            } else if (peek() != end) {
                throw unexpected();
            }
        }
        at++;
        return items;
    }

    private String string(char mark) {
        var out = new StringBuilder();
        at++;
        while (peek() != mark) {
            char next = take();
            if (next == '\\') {
                escape(out);
            } else {
                out.append(next);
            }
        }
        at++;
        return out.toString();
    }

    private void escape(StringBuilder out) {
        char kind = take();
        switch (kind) {
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'x' -> out.appendCodePoint(hex(2));
            case 'u' -> out.appendCodePoint(hex(4));
            case 'U' -> out.appendCodePoint(hex(8));
            case '\\', '\'', '"' -> out.append(kind);
            default -> out.append('\\').append(kind);
        }
    }

    private int hex(int digits) {
        if (at + digits > text.length()) {
            throw unexpected();
        }
        int value = Integer.parseInt(text, at, at + digits, 16);
        at += digits;
        return value;
    }

    private @Nullable Object word() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '-')) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equals("None")) {
            return null;
        }
        // Python 2, which old backups were taken with, marks long numbers.
        String digits = word.endsWith("L") ? word.substring(0, word.length() - 1) : word;
        if (!digits.matches("-?\\d{1,18}")) {
            at = start;
            // Python 2 marks Unicode strings as well.
            if (word.equals("u") && start + 1 < text.length()) {
                at = start + 1;
                return string(peek());
            }
            throw unexpected();
        }
        return Long.valueOf(digits);
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw unexpected();
        }
        return text.charAt(at);
    }

    private char take() {
        char next = peek();
        at++;
        return next;
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("'%s' is not a literal: unexpected at %d".formatted(text, at));
    }
}
