package org.matriarch.jmx.internal.bean;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.management.openmbean.SimpleType;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.jmx.internal.open.Arguments;
import org.matriarch.jmx.internal.open.OpenBean;
import org.matriarch.jmx.internal.open.Param;

/** Restores to a directory of this host. What else a restore can do, the command does. */
final class RestoreOperations {

    private static final Param DESTINATION =
            Param.text("destination", "absolute path of a directory, empty or new, on the host of the container");
    private static final Param TARGET = Param.text(
            "target",
            "where recovery ends: 'time 2026-11-20T12:00:00Z', 'xid N', 'name NAME', 'lsn 0/3000000' or 'immediate'; empty for"
                    + " the end of the WAL");
    private static final Param ACTION = Param.text(
            "action", "what PostgreSQL does at the target: pause, promote or shutdown; empty for its default");

    private final String server;
    private final Services services;

    RestoreOperations(String server, Services services) {
        this.server = server;
        this.services = services;
    }

    void addTo(OpenBean.Builder builder, Param backup) {
        builder.look(
                        "planRestore",
                        "Checks whether a backup can be restored so, and returns what would be done",
                        Values.RESTORE.type(),
                        arguments -> Values.RESTORE.show(services.restores().plan(request(arguments))),
                        backup,
                        DESTINATION,
                        TARGET,
                        ACTION)
                .act(
                        "restore",
                        "Restores a backup, ready to recover; returns the number of the job",
                        Role.OPERATOR,
                        SimpleType.LONG,
                        arguments -> services.restores()
                                .carryOut(services.restores().plan(request(arguments)))
                                .id(),
                        backup,
                        DESTINATION,
                        TARGET,
                        ACTION);
    }

    private RestoreRequest request(Arguments arguments) {
        Path destination = Path.of(arguments.text(1));
        if (!destination.isAbsolute()) {
            throw usage("directory '%s' is not absolute".formatted(destination), "give a path that begins with '/'.");
        }
        return new RestoreRequest(
                server,
                arguments.text(0),
                destination,
                arguments.findText(2).map(RestoreOperations::target).orElseGet(RecoveryTarget.Latest::new),
                false,
                Optional.empty(),
                arguments.findText(3).map(RestoreOperations::action),
                Map.of(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(false));
    }

    private static RecoveryTarget target(String text) {
        int blank = text.indexOf(' ');
        String value = blank < 0 ? "" : text.substring(blank + 1).strip();
        try {
            return switch (blank < 0 ? text : text.substring(0, blank)) {
                case "time" -> new RecoveryTarget.Time(Instant.parse(value));
                case "xid" -> new RecoveryTarget.Xid(Long.parseLong(value));
                case "lsn" -> new RecoveryTarget.Position(Lsn.parse(value));
                case "name" -> new RecoveryTarget.Name(value);
                case "immediate" -> new RecoveryTarget.Immediate();
                default -> throw usage("'%s' is no target".formatted(text), hint());
            };
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new MatriarchException(ErrorCode.USAGE, "'%s' is no target".formatted(text), hint(), e);
        }
    }

    private static String hint() {
        return "write it as the description of the parameter shows.";
    }

    private static TargetAction action(String word) {
        for (TargetAction action : TargetAction.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(word)) {
                return action;
            }
        }
        throw usage("'%s' is no action".formatted(word), "give pause, promote or shutdown.");
    }

    private static MatriarchException usage(String summary, String hint) {
        return new MatriarchException(ErrorCode.USAGE, summary, hint);
    }
}
