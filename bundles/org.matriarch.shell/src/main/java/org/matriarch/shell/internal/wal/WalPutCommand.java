package org.matriarch.shell.internal.wal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Json;

/** Stores a WAL file that somebody has, such as one that was saved from a server that is gone. */
final class WalPutCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("wal:put", "Stores a WAL file durably, as if PostgreSQL had archived it.")
                .role(Role.OPERATOR)
                .server()
                .argument("WAL", "name of a segment, a history file or a backup label", Suggestions.NONE)
                .argument("FILE", "the file with its content, on the container's host", Suggestions.NONE)
                .example("wal:put main 000000010000000000000001 /mnt/saved/pg_wal/000000010000000000000001")
                .exit(1, "the file was refused, other content is stored under the name, or it could not be stored")
                .exit(3, "WAL is not the name of a WAL file")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException {
        String server = call.words().argument(0);
        WalFileName name = WalName.require(call.words().argument(1));
        Path file = call.console().resolve(call.words().argument(2));
        WalIntake.Outcome outcome;
        try (InputStream content = open(file)) {
            outcome = call.services().walIntake().take(server, name.value(), content, Optional::empty);
        }
        boolean stored = outcome == WalIntake.Outcome.STORED;
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("server", server)
                            .add("name", name)
                            .add("stored", stored)
                            .build());
        } else {
            call.console()
                    .out()
                    .println((stored ? "server %s has taken %s" : "server %s has %s already, with the same content")
                            .formatted(server, name));
        }
        return 0;
    }

    private static InputStream open(Path file) {
        if (Files.isSymbolicLink(file)) {
            throw unreadable(file, "it is a symbolic link", null);
        }
        if (!Files.isRegularFile(file)) {
            throw unreadable(file, Files.exists(file) ? "it is not a file" : "there is no such file", null);
        }
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, String.valueOf(e), e);
        }
    }

    private static MatriarchException unreadable(Path file, String why, @Nullable IOException cause) {
        return new MatriarchException(
                ErrorCode.USAGE,
                "unable to read '%s': %s".formatted(file, why),
                "name a file of the container's host that the container's user may read.",
                cause);
    }
}
