package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is logged meanwhile; where tests run, the log is the standard error. */
public final class LogLines {

    private LogLines() {}

    /** Returns the lines that name the file of the doors' configuration. */
    public static List<String> ofRefusals(Runnable action) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(UTF_8)
                .lines()
                .filter(line -> line.contains(HttpKeys.FILE))
                .toList();
    }
}
