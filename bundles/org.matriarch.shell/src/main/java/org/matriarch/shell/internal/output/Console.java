package org.matriarch.shell.internal.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.matriarch.api.error.MatriarchException;

/**
 * Where a command prints, and what is known of it: whether somebody looks, how wide the terminal is, which directory the
 * caller stands in.
 */
public final class Console {

    /** Session variable of a caller without a terminal in the container: its width. The HTTP door sets all three. */
    static final String COLUMNS = "matriarch.columns";

    /** Session variable: whether standard output goes to a terminal. */
    static final String OUTPUT_IS_TERMINAL = "matriarch.stdout.terminal";

    /** Session variable: whether standard error goes to a terminal. */
    static final String ERROR_IS_TERMINAL = "matriarch.stderr.terminal";

    private static final int DEFAULT_COLUMNS = 80;
    private static final int BUFFER_BYTES = 64 * 1024;

    /**
     * What is known of the caller's terminal.
     *
     * @param columns its width, even if only standard error goes there
     */
    public record Facts(boolean outputIsTerminal, boolean errorIsTerminal, int columns, Path directory) {}

    private final PrintStream raw;
    private final PrintStream out;
    private final PrintStream err;
    private final Facts facts;

    /** Prints to the streams given. */
    public Console(PrintStream out, PrintStream err, Facts facts) {
        this.raw = out;
        // The streams of the shell encode as the container's locale says; ours always are UTF-8.
        this.out = new PrintStream(new BufferedOutputStream(new CheckedOutput(out), BUFFER_BYTES), false, UTF_8);
        this.err = new PrintStream(new CheckedOutput(err), false, UTF_8);
        this.facts = facts;
    }

    /** Returns the console of a session, whose command runs on this thread. */
    public static Console of(Session session) {
        return new Console(System.out, System.err, factsOf(session));
    }

    private static Facts factsOf(Session session) {
        Terminal terminal = session.getTerminal();
        if (session.get(COLUMNS) instanceof Integer columns) {
            return new Facts(
                    Boolean.TRUE.equals(session.get(OUTPUT_IS_TERMINAL)),
                    Boolean.TRUE.equals(session.get(ERROR_IS_TERMINAL)),
                    columns > 0 ? columns : DEFAULT_COLUMNS,
                    session.currentDir());
        }
        boolean seen = terminal != null && terminal.getWidth() > 0;
        Process process = Process.Utils.current();
        return new Facts(
                seen && (process == null || process.isTty(1)),
                seen && (process == null || process.isTty(2)),
                seen ? terminal.getWidth() : DEFAULT_COLUMNS,
                session.currentDir());
    }

    /** Returns standard output for text. */
    public PrintStream out() {
        return out;
    }

    /** Returns standard output for bytes; fails when nobody takes them any more. */
    public OutputStream bytes() {
        out.flush();
        return new CheckedOutput(raw);
    }

    /** Returns standard error. */
    public PrintStream err() {
        return err;
    }

    /** Returns what is known of the terminal. */
    public Facts facts() {
        return facts;
    }

    /** Returns a path as the caller means it. */
    public Path resolve(String path) {
        return facts.directory().resolve(path).normalize();
    }

    /** Returns the text in a colour, if a person looks at standard output. */
    public String coloured(Colour colour, String text) {
        return facts.outputIsTerminal() ? colour.apply(text) : text;
    }

    /** Prints an error and what to do about it. */
    public void error(MatriarchException error) {
        error(error.code().number(), error.summary(), error.hint());
    }

    /** Prints an error and what to do about it. */
    public void error(int number, String summary, String hint) {
        out.flush();
        err.println("MATR-%d: %s".formatted(number, Text.oneLine(summary)));
        err.println("HINT: %s".formatted(Text.oneLine(hint)));
        err.flush();
    }

    /** Prints a remark to standard error, unless it is empty. */
    public void note(String text) {
        if (!text.isEmpty()) {
            out.flush();
            err.println(text);
            err.flush();
        }
    }

    /** Sends what is still buffered; returns false if it cannot be sent. */
    public boolean flush() {
        boolean failed = out.checkError();
        return !raw.checkError() && !failed;
    }
}
