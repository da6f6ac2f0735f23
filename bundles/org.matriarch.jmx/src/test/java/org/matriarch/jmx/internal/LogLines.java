package org.matriarch.jmx.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is written to the log meanwhile. */
final class LogLines {

    private LogLines() {}

    /** Something that may fail. */
    interface Action {

        void run() throws Exception;
    }

    static List<String> of(Action action) throws Exception {
        PrintStream before = System.err;
        var taken = new ByteArrayOutputStream();
        System.setErr(new PrintStream(taken, true, UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return taken.toString(UTF_8)
                .lines()
                .filter(line -> line.contains("MATR-"))
                .toList();
    }
}
