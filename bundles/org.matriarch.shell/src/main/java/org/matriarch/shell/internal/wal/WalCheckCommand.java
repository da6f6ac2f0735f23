package org.matriarch.shell.internal.wal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.output.Json;

/** Checks that an archive is fit for first use, or that a range of it is complete. */
final class WalCheckCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "wal:check",
                        "Checks that the WAL archive of a server is fit for first use, or that a range is complete.")
                .role(Role.VIEWER)
                .server()
                .option("--timeline", "N", "accept what is archived of earlier timelines than this")
                .option("--from", "WAL", "check for completeness from this segment on")
                .option("--to", "WAL", "up to this segment")
                .example("wal:check main")
                .example("wal:check main --from 000000010000000000000001 --to 000000010000000000000020")
                .exit(3, "WAL is not the name of a WAL file")
                .exit(1, "the archive is not empty, or segments are missing")
                .build();
    }

    @Override
    public int run(Invocation call) {
        String server = call.words().argument(0);
        Optional<Integer> timeline = call.words().number("--timeline", 1, Integer.MAX_VALUE);
        Optional<WalFileName> from = call.words().value("--from").map(WalName::require);
        Optional<WalFileName> to = call.words().value("--to").map(WalName::require);
        if (from.isPresent() != to.isPresent() || (from.isPresent() && timeline.isPresent())) {
            throw new UsageException(
                    "options '--from' and '--to' go together, and without '--timeline'",
                    "run wal:check --help to see its use.");
        }
        if (from.isPresent() && to.isPresent()) {
            return range(call, server, from.get(), to.get());
        }
        call.services().walFiles().checkEmpty(server, timeline);
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json().add("server", server).add("ok", true).build());
        } else {
            call.console().out().println("the WAL archive of server %s is fit for first use".formatted(server));
        }
        return 0;
    }

    private static int range(Invocation call, String server, WalFileName from, WalFileName to) {
        // First what waits: a file that is archived between two looks is then not missing, as it should be.
        Set<WalFileName> waiting = Set.copyOf(call.services()
                .walFiles()
                .list(server, new WalFilter(Optional.of(from.timeline()), Optional.of(from), Optional.of(to)))
                .waiting());
        List<WalFileName> missing = call.services().walFiles().missing(server, from, to);
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("server", server)
                            .add("ok", missing.isEmpty())
                            .add("from", from)
                            .add("to", to)
                            .add(
                                    "missing",
                                    missing.stream().map(WalFileName::value).toList())
                            .add(
                                    "waiting",
                                    missing.stream()
                                            .filter(waiting::contains)
                                            .map(WalFileName::value)
                                            .toList())
                            .build());
        } else if (missing.isEmpty()) {
            call.console().out().println("server %s has all WAL from %s to %s".formatted(server, from, to));
        } else {
            missing.forEach(name -> call.console()
                    .out()
                    .println((waiting.contains(name) ? "missing %s, it waits to be archived" : "missing %s")
                            .formatted(name)));
        }
        return missing.isEmpty() ? 0 : 1;
    }
}
