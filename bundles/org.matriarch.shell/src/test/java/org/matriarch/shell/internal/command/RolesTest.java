package org.matriarch.shell.internal.command;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.matriarch.api.access.Role;

/** Who may run which command. */
final class RolesTest {

    private static final String PASSED = "MATR-8003: "; // as far as the service that is not there
    private static final String REFUSED = "MATR-1006: ";

    @Test
    void opensNothingByItself() {
        CommandSpec spec = CommandSpec.of("test:do", "Does a thing.").build();

        assertThat(spec.role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void leavesDeletingToAdministratorsAndLookingToEverybody() {
        Map<Role, TreeSet<String>> commands = Caller.allCommands().stream()
                .map(ShellCommand::spec)
                .collect(groupingBy(CommandSpec::role, mapping(CommandSpec::fullName, toCollection(TreeSet::new))));

        assertThat(commands.get(Role.ADMIN)).containsExactly("backup:delete", "retention:apply", "server:import");
        assertThat(commands.get(Role.OPERATOR))
                .containsExactly(
                        "backup:check",
                        "backup:create",
                        "backup:keep",
                        "backup:restore",
                        "backup:verify",
                        "job:cancel",
                        "maintenance:run",
                        "wal:get",
                        "wal:put",
                        "wal:receive",
                        "wal:reindex",
                        "wal:switch");
    }

    @Test
    void saysWhatIsMissing() {
        var vera = new Caller(new ScriptedServices()).of("viewer", "ssh");

        assertThat(vera.call("backup:delete", "main", "latest")).isEqualTo(1);

        assertThat(vera.out()).isEmpty();
        assertThat(vera.err())
                .isEqualTo("MATR-1006: backup:delete needs the role 'admin', and user 'somebody' has 'viewer'\n"
                        + "HINT: log in as a user who has it, or have an administrator add it in"
                        + " etc/users.properties.\n");
        assertThat(vera.callAndLook("backup:delete", "--help")).contains("ROLE\n    admin; viewer with --dry-run\n");
    }

    @Test
    void takesNoRoleOfOthersForOneOfOurs() {
        assertThat(says("manager", "backup:list", "main")).startsWith(REFUSED).contains("'somebody' has none");
    }

    @Test
    void knowsWhichWordsOnlyLook() {
        assertThat(says("viewer", "backup:delete", "main", "latest", "--dry-run"))
                .startsWith(PASSED);
        assertThat(says("viewer", "retention:apply", "main", "--dry-run")).startsWith(PASSED);
        assertThat(says("viewer", "maintenance:run", "main", "--dry-run")).startsWith(PASSED);
        assertThat(says("viewer", "maintenance:run", "main")).startsWith(REFUSED);
        assertThat(says("viewer", "backup:restore", "main", "latest", "/x", "--dry-run"))
                .startsWith(PASSED);
        assertThat(says("viewer", "backup:keep", "main", "latest", "--status")).startsWith(PASSED);
        assertThat(says("viewer", "wal:receive", "main", "status")).startsWith(PASSED);
        assertThat(says("viewer", "backup:restore", "main", "latest", "/x")).startsWith(REFUSED);
        assertThat(says("viewer", "backup:restore", "main", "latest", "/x", "--dry-run", "--remote-ssh-command=ssh a"))
                .startsWith(REFUSED);
        assertThat(says("viewer", "wal:receive", "main", "stop")).startsWith(REFUSED);
        assertThat(says("viewer", "wal:receive", "main", "status", "--create-slot"))
                .startsWith(REFUSED);
    }

    @Test
    void knowsWhichWordsGiveSomethingUp() {
        assertThat(says("operator", "wal:receive", "main", "stop")).startsWith(PASSED);
        assertThat(says("operator", "backup:keep", "main", "latest", "--target", "full"))
                .startsWith(PASSED);
        assertThat(says("operator", "backup:create", "main")).startsWith(PASSED);
        assertThat(says("operator", "wal:receive", "main", "reset")).startsWith(REFUSED);
        assertThat(says("operator", "wal:receive", "main", "--drop-slot")).startsWith(REFUSED);
        assertThat(says("operator", "backup:keep", "main", "latest", "--release"))
                .startsWith(REFUSED);
        assertThat(says("operator", "retention:apply", "main")).startsWith(REFUSED);
        assertThat(says("admin", "retention:apply", "main")).startsWith(PASSED);
    }

    private static String says(String role, String command, String... words) {
        var caller = new Caller(new ScriptedServices()).of(role);
        caller.call(command, words);
        return caller.err();
    }
}
