package org.matriarch.shell.internal.wal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalReceivers;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;
import org.matriarch.shell.internal.server.ServerFactsJson;

/** Rules the streaming receiver of a server. */
final class WalReceiveCommand implements ShellCommand {

    private static final List<String> ACTIONS = List.of("start", "stop", "status", "reset");

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("wal:receive", "Starts, stops, shows or resets the streaming receiver of a server.")
                .role(Role.OPERATOR, "viewer for status, admin for reset and --drop-slot")
                .server()
                .optionalArgument(
                        "ACTION",
                        "start or stop, which last across restarts; status; reset: give up what lies between the"
                                + " receiver's place and the server's (only when stopped)",
                        Suggestions.choice("start", "stop", "status", "reset"))
                .flag("--create-slot", "create the configured replication slot first; ACTION may then be left out")
                .flag("--drop-slot", "drop the configured replication slot afterwards; ACTION may then be left out")
                .example("wal:receive main status")
                .example("wal:receive main --create-slot")
                .build();
    }

    @Override
    public Role role(Words words) {
        boolean slot = words.has("--create-slot") || words.has("--drop-slot");
        boolean looks = words.argumentsFrom(1).equals(List.of("status")) && !slot;
        boolean givesUp = words.argumentsFrom(1).contains("reset") || words.has("--drop-slot");
        return givesUp ? Role.ADMIN : looks ? Role.VIEWER : Role.OPERATOR;
    }

    @Override
    public int run(Invocation call) {
        Words words = call.words();
        String server = words.argument(0);
        List<String> actions = words.argumentsFrom(1);
        boolean createSlot = words.has("--create-slot");
        boolean dropSlot = words.has("--drop-slot");
        if (createSlot && dropSlot) {
            throw new UsageException(
                    "options '--create-slot' and '--drop-slot' exclude each other", "give one of them.");
        }
        if (actions.isEmpty() && !createSlot && !dropSlot) {
            throw new UsageException("ACTION is missing", "give one of start, stop, status, reset.");
        }
        String action = actions.isEmpty() ? "status" : actions.get(0);
        if (!ACTIONS.contains(action)) {
            throw new UsageException(
                    "'%s' is not an action".formatted(action), "give one of start, stop, status, reset.");
        }
        WalReceivers receivers = call.services().receivers();
        Optional<String> created = createSlot ? Optional.of(receivers.createSlot(server)) : Optional.empty();
        ReceiverStatus status = act(receivers, server, action);
        Optional<String> dropped = dropSlot ? Optional.of(receivers.dropSlot(server)) : Optional.empty();
        if (words.json()) {
            Map<String, @Nullable Object> document = ServerFactsJson.of(status);
            document.put("createdSlot", created.orElse(null));
            document.put("droppedSlot", dropped.orElse(null));
            Json.print(call.console(), document);
            return 0;
        }
        Fields fields = new Fields()
                .add("server", server)
                .add("receiver", status.state())
                .add("since", Text.time(status.since()))
                .add("timeline", status.timeline())
                .add("written", Text.of(status.written()))
                .add("flushed", Text.of(status.flushed()))
                .add("server's end", Text.of(status.serverEnd()))
                .addError("", status.error());
        created.ifPresent(slot -> fields.add("created slot", slot));
        dropped.ifPresent(slot -> fields.add("dropped slot", slot));
        fields.print(call.console(), 0);
        return 0;
    }

    private static ReceiverStatus act(WalReceivers receivers, String server, String action) {
        return switch (action) {
            case "start" -> receivers.start(server);
            case "stop" -> receivers.stop(server);
            case "reset" -> receivers.reset(server);
            default -> receivers.status(server);
        };
    }
}
