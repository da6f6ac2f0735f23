package org.matriarch.shell.internal.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
        var texts = new Table("NAME", "STATE", "~HINT");
        texts.row("n".repeat(10), "OK", "look at the log of the container");

        Console console = caller.onTerminal(40).console();
        texts.print(console, "");
        console.flush();

        assertThat(caller.out().lines())
                .containsExactly(
                        "NAME       | STATE | HINT",
                        "-----------+-------+--------------------",
                        "nnnnnnnnnn | \u001b[32mOK\u001b[0m    | look at the log of",
                        "           |       | the container");
    }

    @Test
    void givesARowSeveralLinesRatherThanCutIt() {
        table.row("n".repeat(30), 1000, "WAITING_FOR_WALS");

        print(caller.onTerminal(40));

        assertThat(caller.out().lines())
                .containsExactly(
                        "NAME" + " ".repeat(26) + " | SIZE",
                        "    STATE",
                        "-".repeat(30) + "-+-----",
                        "    " + "-".repeat(16),
                        "n".repeat(30) + " | 1000",
                        "    \u001b[33mWAITING_FOR_WALS\u001b[0m");
    }

    @Test
    void wrapsAtWordsAndBreaksOnlyAWordThatIsTooLong() {
        assertThat(Text.wrap("a bb ccc", 4)).containsExactly("a bb", "ccc");
        assertThat(Text.wrap("abcdefgh ij", 4)).containsExactly("abcd", "efgh", "ij");
        assertThat(Text.wrap("", 4)).containsExactly("");
    }

    @Test
    void writesNumbersOfThings() {
        assertThat(Text.count(0, "file")).isEqualTo("0 files");
        assertThat(Text.count(1, "WAL file")).isEqualTo("1 WAL file");
    }

    @Test
    void givesTheHintOfAnErrorALineOfItsOwn() {
        Console console = caller.console();
        new Fields()
                .addError("receiver ", Optional.of("MATR-7001: away\nHINT: look."))
                .print(console, 0);
        new Fields().addError("", Optional.empty()).print(console, 0);
        console.flush();

        assertThat(caller.out()).isEqualTo("receiver error : MATR-7001: away\nreceiver hint  : look.\nerror : -\n");
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
    void writesTimesToTheSecond() {
        for (String time : List.of("2026-11-22T03:04:05Z", "1969-12-31T23:59:00Z", "2000-01-01T00:00:00Z")) {
            assertThat(Text.time(Instant.parse(time))).isEqualTo(time);
            assertThat(Text.time(Instant.parse(time).plusMillis(999))).isEqualTo(time);
        }
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
