package org.matriarch.http.internal.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.matriarch.http.internal.RefusedException;
import org.matriarch.http.internal.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands over HTTP. The caller chooses an id and sends four requests about it, of which the first three at once:
 *
 * <ul>
 *   <li>{@code POST /v1/commands/ID} with the words as a form runs the command; the body that comes back is its standard
 *       output, byte for byte. A body that is cut short was not all.
 *   <li>{@code GET /v1/commands/ID/stderr} is its standard error. It is empty for a caller that says {@code
 *       terminals=same}: two bodies arrive in any order, so for one terminal both come in the first.
 *   <li>{@code GET /v1/commands/ID/exit} sends an empty line every second, and at last {@code exit N}. The empty lines find
 *       out whether the caller is still there: if not, the command is cancelled.
 *   <li>{@code DELETE /v1/commands/ID} cancels it, as Ctrl-C does.
 * </ul>
 */
public final class CommandRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(CommandRoutes.class);
    private static final String PATH = "/v1/commands/([0-9a-f]{16,64})";
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEARTBEAT_MILLIS = 1000;
    private static final int EXIT_FAILED = 1;
    private static final long BEGIN_MILLIS = 30_000;

    private final RunningCommands commands = new RunningCommands();
    private final CommandRunner runner;

    /** Runs what is asked for with the runner. */
    public CommandRoutes(CommandRunner runner) {
        this.runner = runner;
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(
                new Route("POST", PATH, this::run),
                new Route("GET", PATH + "/stderr", this::sendErrors),
                new Route("GET", PATH + "/exit", this::sendExitCode),
                new Route("DELETE", PATH, this::cancel));
    }

    /** Stops all commands. */
    public void close() {
        commands.abandonAll();
    }

    private void run(HttpExchange exchange, List<String> path) throws IOException {
        CommandRequest request = CommandForm.read(exchange);
        RunningCommand command = find(path);
        if (!command.begin()) {
            throw new RefusedException(409, "this command has been run already");
        }
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        int code = EXIT_FAILED;
        try {
            var out = new ResponseOutput(body, command);
            code = runner.run(request, out, request.sameTerminal() ? out : command.errors(), command.interruption());
            if (!out.hasFailed()) {
                body.close(); // Only now the caller knows that this was all.
            }
        } finally {
            command.end(code);
        }
    }

    private void sendErrors(HttpExchange exchange, List<String> path) throws IOException, InterruptedException {
        RunningCommand command = require(path);
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(200, 0);
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream body = exchange.getResponseBody()) {
            for (int count = command.errors().read(buffer);
                    count >= 0;
                    count = command.errors().read(buffer)) {
                body.write(buffer, 0, count);
                body.flush();
            }
        } catch (IOException e) {
            LOG.debug("the caller takes no more of standard error", e);
            command.abandon();
        } finally {
            delivered(path, command);
        }
    }

    private void sendExitCode(HttpExchange exchange, List<String> path) throws IOException, InterruptedException {
        RunningCommand command = require(path);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            int code = command.awaitExitCode(HEARTBEAT_MILLIS);
            while (code < 0) {
                body.write('\n');
                body.flush();
                code = command.awaitExitCode(HEARTBEAT_MILLIS);
            }
            body.write("exit %d\n".formatted(code).getBytes(US_ASCII));
        } catch (IOException e) {
            LOG.debug("the caller has gone", e);
            command.abandon();
        } finally {
            delivered(path, command);
        }
    }

    /** Returns the command that the path names. The request that runs it may still be on its way. */
    private RunningCommand require(List<String> path) throws InterruptedException {
        RunningCommand command = find(path);
        if (!command.awaitBegin(BEGIN_MILLIS)) {
            commands.remove(path.get(0));
            throw new RefusedException(404, "there is no such command");
        }
        return command;
    }

    private RunningCommand find(List<String> path) {
        return commands.get(path.get(0)).orElseThrow(() -> new RefusedException(503, "too many commands are running"));
    }

    /** Forgets a command of which all is delivered. Not sooner: a request that comes late must not wait for another. */
    private void delivered(List<String> path, RunningCommand command) {
        if (command.delivered()) {
            commands.remove(path.get(0));
        }
    }

    private void cancel(HttpExchange exchange, List<String> path) throws IOException {
        find(path).interruption().request();
        exchange.sendResponseHeaders(204, -1);
    }
}
