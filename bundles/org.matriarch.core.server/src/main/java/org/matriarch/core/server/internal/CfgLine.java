package org.matriarch.core.server.internal;

/** A line {@code key = value} of a configuration file, so that it is read as the value that was meant. */
final class CfgLine {

    private static final int LAST_ASCII = 0x7e;

    private CfgLine() {}

    /** Returns the line, in ASCII. */
    static String of(String key, String value) {
        return value.isEmpty() ? key + " =" : "%s = %s".formatted(key, escaped(value));
    }

    /** Returns a text for a comment, in one line of ASCII. */
    static String comment(String text) {
        return "# " + escaped(text);
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (character < ' ' || character > LAST_ASCII) {
                        escaped.append("\\u%04x".formatted((int) character));
                    } else {
                        escaped.append(character);
                    }
                }
            }
        }
        return escaped.toString();
    }
}
