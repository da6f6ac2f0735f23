package org.matriarch.http.internal.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.Subject;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.matriarch.http.internal.command.CommandRequest;
import org.matriarch.http.internal.command.CommandRunner;
import org.matriarch.http.internal.command.Interruption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the product's commands in Karaf's shell.
 *
 * <p>The words never become part of a line that the shell reads: it is given one fixed word, which stands for a function
 * that calls the command with them. So nothing in them is evaluated.
 */
public final class KarafCommandRunner implements CommandRunner {

    private static final Logger LOG = LoggerFactory.getLogger(KarafCommandRunner.class);

    /** A caller with the token may use the product; it is not given the container's own commands. */
    private static final String OURS = "org.matriarch.";

    private static final String FUNCTION = "matriarch-run";
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_INTERRUPTED = 130;

    private final SessionFactory sessions;

    /** Runs commands in sessions of this factory. */
    public KarafCommandRunner(SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    @SuppressWarnings("removal") // what takes its place comes with Java 18
    public int run(CommandRequest request, OutputStream out, OutputStream err, Interruption interruption) {
        var output = new PrintStream(out, false, UTF_8);
        var errors = new PrintStream(err, false, UTF_8);
        Session session = sessions.create(InputStream.nullInputStream(), output, errors);
        // The shell may run the function on a thread of its own, which does not know who calls.
        Subject caller = Subject.getSubject(AccessController.getContext());
        try {
            session.put("matriarch.columns", request.columns());
            session.put("matriarch.stdout.terminal", request.outputIsTerminal());
            session.put("matriarch.stderr.terminal", request.errorIsTerminal());
            session.currentDir(request.directory());
            int[] code = {EXIT_FAILED};
            session.put(FUNCTION, (Function) (commandSession, arguments) -> {
                interruption.begin();
                try {
                    int columns = request.outputIsTerminal() ? request.columns() : 0;
                    code[0] = Subject.doAs(
                            caller, (PrivilegedExceptionAction<Integer>) () -> call(session, request.words(), columns));
                } catch (PrivilegedActionException e) {
                    throw e.getException();
                } finally {
                    interruption.end();
                }
                return null;
            });
            session.execute(FUNCTION);
            return code[0];
        } catch (InterruptedException e) {
            return EXIT_INTERRUPTED;
        } catch (Exception e) { // the outermost frame of the command
            LOG.error("MATR-9001: {} failed", request.words().get(0), e);
            fail(
                    errors,
                    9001,
                    "unable to run '%s': %s".formatted(request.words().get(0), e),
                    "look at the log.");
            return EXIT_FAILED;
        } finally {
            output.flush();
            errors.flush();
            session.close();
        }
    }

    private int call(Session session, List<String> words, int columns) throws Exception {
        String name = words.get(0);
        List<String> arguments = words.subList(1, words.size());
        if (name.equals("help")) {
            if (arguments.isEmpty()) {
                CommandHelp.print(System.out, commands(), columns);
                return 0;
            }
            return call(session, List.of(arguments.get(0), "--help"), columns);
        }
        int colon = name.indexOf(':');
        Command command = colon < 0
                ? null
                : sessions.getRegistry().getCommand(name.substring(0, colon), name.substring(colon + 1));
        if (command == null || !isOurs(command)) {
            fail(System.err, 1003, "unknown command '%s'".formatted(CommandHelp.oneLine(name)), hint(name));
            return EXIT_USAGE;
        }
        Object result = command.execute(session, new ArrayList<>(arguments));
        System.out.flush();
        System.err.flush();
        return result instanceof Integer exitCode ? exitCode : 0;
    }

    private List<Command> commands() {
        return sessions.getRegistry().getCommands().stream()
                .filter(KarafCommandRunner::isOurs)
                .toList();
    }

    private static boolean isOurs(Command command) {
        return command.getClass().getName().startsWith(OURS);
    }

    private String hint(String name) {
        List<String> names = commands().stream()
                .map(command -> command.getScope() + ":" + command.getName())
                .toList();
        return CommandHelp.nearest(name, names)
                .map("did you mean %s?"::formatted)
                .orElse("run matriarch help to see the commands.");
    }

    private static void fail(PrintStream errors, int number, String summary, String hint) {
        errors.print("MATR-%d: %s\nHINT: %s\n".formatted(number, summary, hint));
        errors.flush();
    }
}
