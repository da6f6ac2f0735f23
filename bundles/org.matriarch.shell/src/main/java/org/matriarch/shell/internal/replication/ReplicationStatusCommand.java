package org.matriarch.shell.internal.replication;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.ReplicationStatus;
import org.matriarch.api.postgres.ReplicationStatus.Client;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Shows who receives the WAL of servers, and how far. */
final class ReplicationStatusCommand implements ShellCommand {

    private static final String ALL = "all";
    private static final String HOT_STANDBY = "hot-standby";
    private static final String WAL_STREAMER = "wal-streamer";
    private static final List<String> TARGETS = List.of(ALL, HOT_STANDBY, WAL_STREAMER);

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("replication:status", "Shows the streaming clients of servers and how far each is.")
                .role(Role.VIEWER)
                .servers()
                .flag("--minimal", "one line for each client, its values separated by tabs")
                .option(
                        "--target",
                        "all|hot-standby|wal-streamer",
                        "which clients; all if not given",
                        Suggestions.choice(ALL, HOT_STANDBY, WAL_STREAMER))
                .example("replication:status main")
                .example("replication:status all --target hot-standby --minimal")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names =
                ServerNames.expandActive(call.services(), call.words().argumentsFrom(0));
        String target = call.words().choice("--target", TARGETS).orElse(ALL);
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        int code = ServerNames.forEach(call, names, name -> {
            ReplicationStatus status = call.services().replication().status(name);
            List<Client> clients = status.clients().stream()
                    .filter(client -> target.equals(ALL) || target.equals(type(client)))
                    .toList();
            if (call.words().json()) {
                documents.add(document(status, clients));
            } else if (call.words().has("--minimal")) {
                printMinimal(call, status, clients);
            } else {
                print(call, status, clients);
            }
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }

    private static String type(Client client) {
        return client.hotStandby() ? HOT_STANDBY : WAL_STREAMER;
    }

    private static void print(Invocation call, ReplicationStatus status, List<Client> clients) {
        var out = call.console().out();
        out.println("server %s: %s at %s, %s"
                .formatted(
                        status.server(),
                        status.standby() ? "a standby" : "the primary",
                        status.currentLsn(),
                        Text.count(clients.size(), "streaming client")));
        for (int i = 0; i < clients.size(); i++) {
            Client client = clients.get(i);
            out.println();
            out.println("  %d. %s".formatted(i + 1, title(client)));
            fields(client, status.currentLsn()).print(call.console(), 5);
        }
        out.flush();
    }

    private static String title(Client client) {
        String sync = client.syncState().orElse("state unknown:");
        String place = client.syncPriority() > 0 ? "#%d %s".formatted(client.syncPriority(), sync) : sync;
        String kind = client.hotStandby() ? "standby" : "WAL streamer";
        return "%s %s%s".formatted(place, kind, client.receiver() ? ", the receiver of Matriarch" : "");
    }

    private static Fields fields(Client client, Lsn current) {
        return new Fields()
                .add("application name", client.applicationName())
                .add("sync stage", stage(client, current))
                .add("address", address(client))
                .add("user name", Text.of(client.user()))
                .add("current state", Text.of(client.state()))
                .add("replication slot", Text.of(client.slot()))
                .add("WAL sender PID", client.processId())
                .add("started at", Text.time(client.started()))
                .add("sent LSN", position(client.sent(), current))
                .add("write LSN", position(client.written(), current))
                .add("flush LSN", position(client.flushed(), current))
                .add("replay LSN", position(client.replayed(), current));
    }

    private static String stage(Client client, Lsn current) {
        int stage = client.stage(current);
        String name = switch (stage) {
            case 5 -> "hot standby";
            case 4 -> "remote flush";
            case 3 -> "remote write";
            case 2 -> "sent";
            default -> "not sent";
        };
        return "%d/%d %s".formatted(stage, client.stages(), name);
    }

    private static String address(Client client) {
        if (client.address().isEmpty()) {
            return "-";
        }
        String port = client.port().isPresent() ? " port " + client.port().getAsInt() : "";
        String host = client.hostname().map(" (%s)"::formatted).orElse("");
        return client.address().get() + port + host;
    }

    private static String position(Optional<Lsn> position, Lsn current) {
        return position.map(lsn -> "%s (%s)".formatted(lsn, behind(lag(lsn, current))))
                .orElse("-");
    }

    /** A client may have received more since the position was read. */
    private static long lag(Lsn position, Lsn current) {
        return Math.max(0, current.minus(position));
    }

    private static String behind(long bytes) {
        return bytes == 0 ? "up to date" : Text.size(bytes) + " behind";
    }

    private static void printMinimal(Invocation call, ReplicationStatus status, List<Client> clients) {
        for (Client client : clients) {
            call.console()
                    .out()
                    .println(String.join(
                            "\t",
                            status.server(),
                            Text.oneLine(client.applicationName()),
                            type(client),
                            client.syncState().orElse("-"),
                            "%d/%d".formatted(client.stage(status.currentLsn()), client.stages()),
                            Text.of(client.sent()),
                            Text.of(client.written()),
                            Text.of(client.flushed()),
                            Text.of(client.replayed())));
        }
        call.console().out().flush();
    }

    private static Map<String, @Nullable Object> document(ReplicationStatus status, List<Client> clients) {
        return new Json()
                .add("server", status.server())
                .add("standby", status.standby())
                .add("currentLsn", status.currentLsn())
                .add(
                        "clients",
                        clients.stream()
                                .map(client -> document(client, status.currentLsn()))
                                .toList())
                .build();
    }

    private static Map<String, @Nullable Object> document(Client client, Lsn current) {
        return new Json()
                .add("applicationName", client.applicationName())
                .add("type", type(client))
                .add("receiver", client.receiver())
                .add("stage", client.stage(current))
                .add("stages", client.stages())
                .add("syncPriority", client.syncPriority())
                .add("syncState", client.syncState())
                .add("state", client.state())
                .add("user", client.user())
                .add("address", client.address())
                .add(
                        "port",
                        client.port().isPresent() ? Optional.of(client.port().getAsInt()) : Optional.empty())
                .add("slot", client.slot())
                .add("processId", client.processId())
                .add("started", client.started())
                .add("sentLsn", client.sent())
                .add("writeLsn", client.written())
                .add("flushLsn", client.flushed())
                .add("replayLsn", client.replayed())
                .add("lagBytes", client.flushed().map(lsn -> lag(lsn, current)))
                .build();
    }
}
