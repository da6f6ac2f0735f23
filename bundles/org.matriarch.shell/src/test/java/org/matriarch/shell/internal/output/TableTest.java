package org.matriarch.shell.internal.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class TableTest {

    private final Caller caller = new Caller(new ScriptedServices());
    private final Table table = new Table("NAME", ">SIZE", "STATE");

    @Test
    void cutsNothingWhereNobodyLooks() {
        String name = "n".repeat(200);
        table.row(name, 1, "OK");
        table.row("b", 1000, "FAILED");

        print(caller);

        assertThat(caller.out().lines())
                .containsExactly(
                        "NAME" + " ".repeat(196) + " | SIZE | STATE",
                        "-".repeat(200) + "-+------+-------",
                        name + " |    1 | OK",
                        "b" + " ".repeat(199) + " | 1000 | FAILED");
    }

    @Test
    void fitsATerminalAndColoursOnlyThere() {
        table.row("n".repeat(200), 1, "OK");

        print(caller.onTerminal(40));

        List<String> lines = caller.out().lines().toList();
        assertThat(lines.get(1)).hasSize(40);
        assertThat(lines.get(2)).startsWith("n".repeat(23) + ".. |").endsWith("\u001b[32mOK\u001b[0m");
    }

    @Test
    void takesControlCharactersOut() {
        table.row("a\u001b[2Jb\nc", 1, "x");

        print(caller);

        assertThat(caller.out()).doesNotContain("\u001b").contains("a [2Jb c");
    }

    @Test
    void remarksThatItIsEmptyOnStandardError() {
        print(caller);

        assertThat(caller.out()).isEmpty();
        assertThat(caller.err()).isEqualTo("nothing\n");
    }

    @Test
    void writesSizesForPeople() {
        assertThat(Text.size(0)).isEqualTo("0 B");
        assertThat(Text.size(1023)).isEqualTo("1023 B");
        assertThat(Text.size(1536)).isEqualTo("1.5 KiB");
        assertThat(Text.size(16L << 20)).isEqualTo("16.0 MiB");
        assertThat(Text.size(Long.MAX_VALUE)).isEqualTo("8192.0 PiB");
    }

    private void print(Caller to) {
        Console console = to.console();
        table.print(console, "nothing");
        console.flush();
    }
}
