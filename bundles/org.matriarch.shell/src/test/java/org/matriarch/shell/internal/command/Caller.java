package org.matriarch.shell.internal.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivilegedAction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
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
    private String[] roles = {"admin"};
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
        return as(() -> new KarafCommand(command, services).run(console(), List.of(words)));
    }

    /** Calls from now on as a user of a role; of all of them to begin with. */
    public Caller of(String... names) {
        roles = names;
        return this;
    }

    @SuppressWarnings("removal") // as Karaf does
    private int as(PrivilegedAction<Integer> action) {
        var principals = new HashSet<Principal>(Set.of(new UserPrincipal("somebody")));
        Stream.of(roles).map(RolePrincipal::new).forEach(principals::add);
        return Subject.doAs(new Subject(true, principals, Set.of(), Set.of()), action);
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
