package org.matriarch.shell.internal.wal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.WalFileName;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.output.Json;

/** Gives a WAL file back, byte for byte. */
final class WalGetCommand implements ShellCommand {

    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("wal:get", "Writes a WAL file to standard output.")
                .role(Role.OPERATOR)
                .server()
                .argument("WAL", "name of a segment, a history file or a backup label", Suggestions.NONE)
                .option("--output", "DIR", "write a file of that name into this directory instead")
                .flag("--gzip", "compress what is written with gzip")
                .flag("--bzip2", "compress what is written with bzip2")
                .flag("--partial", "take a segment that is still being received, filled up with zeros")
                .option("--peek", "N", "print the names of up to N files that are there, from WAL on")
                .example("wal:get main 000000010000000000000001 > segment")
                .example("wal:get main 000000010000000000000001 --output /tmp --gzip")
                .exit(1, "the file is not there, or could not be written whole")
                .exit(3, "WAL is not the name of a WAL file")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        String server = call.words().argument(0);
        WalFileName name = WalName.require(call.words().argument(1));
        Optional<String> codec = codec(call);
        Optional<Integer> peek = call.words().number("--peek", 1, 1_000_000);
        Optional<String> directory = call.words().value("--output");
        if (peek.isPresent()) {
            if (codec.isPresent() || directory.isPresent()) {
                throw new UsageException(
                        "option '--peek' only prints names", "leave out --gzip, --bzip2 and --output.");
            }
            peek(call, call.services().walFiles().peek(server, name, peek.get()));
            return 0;
        }
        boolean partial = call.words().has("--partial");
        try (InputStream content = call.services().walFiles().open(server, name, partial)) {
            if (directory.isPresent()) {
                new WalOutputFile(call.console().resolve(directory.get()), name)
                        .write(stream -> write(call, content, stream, codec));
            } else {
                write(call, content, call.console().bytes(), codec);
            }
        }
        return 0;
    }

    private static void peek(Invocation call, List<WalFileName> names) {
        if (call.words().json()) {
            Json.print(call.console(), names.stream().map(WalFileName::value).toList());
        } else {
            names.forEach(call.console().out()::println);
        }
    }

    private static Optional<String> codec(Invocation call) {
        boolean gzip = call.words().has("--gzip");
        boolean bzip2 = call.words().has("--bzip2");
        if (gzip && bzip2) {
            throw new UsageException("options '--gzip' and '--bzip2' exclude each other", "give one of them, or none.");
        }
        return gzip ? Optional.of("gzip") : bzip2 ? Optional.of("bzip2") : Optional.empty();
    }

    private static void write(Invocation call, InputStream content, OutputStream target, Optional<String> codec)
            throws IOException, InterruptedException {
        if (codec.isEmpty()) {
            copy(content, target);
            return;
        }
        // Whoever lent the target closes it.
        try (OutputStream compressed = call.services().compression().compress(codec.get(), unclosed(target))) {
            copy(content, compressed);
        }
        target.flush();
    }

    private static OutputStream unclosed(OutputStream target) {
        return new FilterOutputStream(target) {
            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                out.write(buffer, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    private static void copy(InputStream content, OutputStream target) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            target.write(buffer, 0, count);
        }
        target.flush();
    }
}
