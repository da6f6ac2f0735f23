package org.matriarch.shell.internal.command;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Caller;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.shell.internal.output.Console;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a command known to Karaf's shell.
 *
 * <p>Whether the caller may run it is decided here, for every door by the same rule, so that a refusal can say what is
 * missing: Karaf's own rules would only deny that there is such a command.
 *
 * <p>Karaf's own binding of annotated fields is not used: it takes options only before the first argument, and prints its
 * errors to standard output.
 */
public final class KarafCommand implements Command {

    private static final Logger LOG = LoggerFactory.getLogger(KarafCommand.class);
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_INTERRUPTED = 130;

    private final ShellCommand command;
    private final Services services;

    /** Wraps a command. */
    public KarafCommand(ShellCommand command, Services services) {
        this.command = command;
        this.services = services;
    }

    @Override
    public String getScope() {
        return command.spec().scope();
    }

    @Override
    public String getName() {
        return command.spec().name();
    }

    @Override
    public String getDescription() {
        return command.spec().description();
    }

    @Override
    public Completer getCompleter(boolean scoped) {
        return new WordCompleter(command.spec(), services, scoped);
    }

    @Override
    @SuppressWarnings("NullAway") // Karaf takes null for its own parser
    public @Nullable Parser getParser() {
        return null;
    }

    /** Runs the command; returns its exit code, or null for 0. */
    @Override
    @SuppressWarnings("NullAway") // Karaf takes null for no result
    public @Nullable Object execute(Session session, List<Object> arguments) {
        int code = run(
                Console.of(session),
                arguments.stream()
                        .map(argument -> Objects.toString(argument, ""))
                        .toList());
        return code == 0 ? null : code;
    }

    int run(Console console, List<String> arguments) {
        int code = runCatching(console, arguments);
        return console.flush() || code != 0 ? code : EXIT_FAILED;
    }

    private int runCatching(Console console, List<String> arguments) {
        CommandSpec spec = command.spec();
        try {
            Words words = WordParser.parse(spec, arguments);
            if (words.has("--help")) {
                HelpText.of(spec, console.facts().columns()).forEach(console.out()::println);
                return 0;
            }
            Caller.current().require(command.role(words), spec.fullName());
            words.json(); // A wrong format is refused before anything is done.
            return command.run(new Invocation(words, console, services));
        } catch (MatriarchException e) {
            LOG.debug("{} ends with an error", spec.fullName(), e);
            console.error(e);
            return e.code().exitCode();
        } catch (InterruptedException e) {
            // The thread belongs to the shell's pool, and the command ends here: the flag must not reach its next one.
            return EXIT_INTERRUPTED;
        } catch (IOException e) {
            LOG.info("{} cannot print its result: {}", spec.fullName(), e.toString());
            return EXIT_FAILED;
        } catch (RuntimeException e) {
            LOG.error("MATR-{}: {} failed", ErrorCode.INTERNAL.number(), spec.fullName(), e);
            console.error(
                    ErrorCode.INTERNAL.number(),
                    "unable to run '%s': %s".formatted(spec.fullName(), e),
                    "look at the log of the container, and report this as a bug with the output of server:diagnose.");
            return ErrorCode.INTERNAL.exitCode();
        }
    }
}
