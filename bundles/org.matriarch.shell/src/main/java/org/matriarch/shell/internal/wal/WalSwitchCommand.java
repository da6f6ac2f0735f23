package org.matriarch.shell.internal.wal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;

/** Makes servers close their current WAL segment. */
final class WalSwitchCommand implements ShellCommand {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("wal:switch", "Makes servers close their current WAL segment.")
                .role(Role.OPERATOR)
                .servers()
                .flag("--force", "write a checkpoint first, so that there is something to close")
                .flag("--archive", "wait until the segment is archived")
                .option("--archive-timeout", "TIME", "how long to wait: seconds, or as '5 MINUTES'; 30 if not given")
                .example("wal:switch main --force --archive")
                .exit(1, "the segment was not archived in time")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names =
                ServerNames.expandActive(call.services(), call.words().argumentsFrom(0));
        Duration timeout = call.words().duration("--archive-timeout").orElse(DEFAULT_TIMEOUT);
        boolean archive = call.words().has("--archive");
        boolean force = call.words().has("--force");
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        int code = ServerNames.forEach(call, names, name -> {
            WalSwitch result = call.services().walFiles().switchWal(name, force);
            boolean wait = archive && result.closed().isPresent();
            if (wait) {
                WalFileName closed = result.closed().get();
                call.console().note("waiting for %s of server %s to be archived".formatted(closed, name));
                call.services().walFiles().awaitArchived(name, closed, timeout);
            }
            documents.add(new Json()
                    .add("server", name)
                    .add("closed", result.closed())
                    .add("archived", wait)
                    .build());
            if (!call.words().json()) {
                print(call, result, wait);
            }
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }

    private static void print(Invocation call, WalSwitch result, boolean archived) {
        String text = result.closed()
                .map(closed -> "server %s closed %s%s"
                        .formatted(result.server(), closed, archived ? ", and it is archived" : ""))
                .orElse("server %s has written nothing since the last switch; use --force".formatted(result.server()));
        call.console().out().println(text);
        call.console().out().flush();
    }
}
