package org.matriarch.hook.script.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.function.Consumer;

/** Passes on what a program writes, line by line; a line without an end is passed on in parts. */
final class OutputLines {

    static final int LONGEST = 4096;

    private OutputLines() {}

    /** Reads to the end and closes {@code in}. */
    static void passOn(InputStream in, Consumer<String> output) {
        var line = new StringBuilder();
        try (Reader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c != '\n') {
                    line.append((char) c);
                }
                if (c == '\n' || line.length() >= LONGEST) {
                    flush(line, output);
                }
            }
        } catch (IOException e) {
            line.append("(the output broke off: ").append(e.getMessage()).append(')');
        }
        if (!line.isEmpty()) {
            flush(line, output);
        }
    }

    private static void flush(StringBuilder line, Consumer<String> output) {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        output.accept(line.toString());
        line.setLength(0);
    }
}
