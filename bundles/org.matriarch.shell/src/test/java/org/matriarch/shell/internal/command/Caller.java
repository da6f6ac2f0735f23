package org.matriarch.shell.internal.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.matriarch.shell.internal.backup.BackupCommands;
import org.matriarch.shell.internal.job.JobCommands;
import org.matriarch.shell.internal.maintenance.MaintenanceCommands;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.replication.ReplicationCommands;
import org.matriarch.shell.internal.retention.RetentionCommands;
import org.matriarch.shell.internal.server.ServerCommands;
import org.matriarch.shell.internal.wal.WalCommands;

/** Somebody who calls commands and keeps what they print. */
public final class Caller {

    public static final Path DIRECTORY = Path.of("/work directory");

    private final ScriptedServices services;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private boolean terminal;
    private boolean oneScreen;
    private int columns = 80;
    private Path directory = DIRECTORY;

    public Caller(ScriptedServices services) {
        this.services = services;
    }

    public static List<ShellCommand> allCommands() {
        return Stream.of(
                        ServerCommands.all(),
                        BackupCommands.all(),
                        RetentionCommands.all(),
                        MaintenanceCommands.all(),
                        WalCommands.all(),
                        ReplicationCommands.all(),
                        JobCommands.all())
                .flatMap(List::stream)
                .toList();
    }

    public Caller onTerminal(int width) {
        terminal = true;
        columns = width;
        return this;
    }

    public Caller in(Path workingDirectory) {
        directory = workingDirectory;
        return this;
    }

    /** Calls a command; returns its exit code. */
    public int call(String name, String... words) {
        ShellCommand command = allCommands().stream()
                .filter(known -> known.spec().fullName().equals(name))
                .findFirst()
                .orElseThrow();
        out.reset();
        err.reset();
        return new KarafCommand(command, services).run(console(), List.of(words));
    }

    /** Sends standard error where standard output goes. */
    public Caller onOneScreen() {
        oneScreen = true;
        return this;
    }

    /** Calls a command; returns what it prints. */
    public String callAndLook(String name, String... words) {
        call(name, words);
        return out();
    }

    public Console console() {
        return new Console(
                new PrintStream(out, true, UTF_8),
                new PrintStream(oneScreen ? out : err, true, UTF_8),
                new Console.Facts(terminal, terminal, columns, directory));
    }

    public String out() {
        return out.toString(UTF_8);
    }

    public byte[] bytes() {
        return out.toByteArray();
    }

    public String err() {
        return err.toString(UTF_8);
    }
}
