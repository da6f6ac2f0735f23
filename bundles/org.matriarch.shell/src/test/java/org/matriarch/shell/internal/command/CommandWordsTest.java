package org.matriarch.shell.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandWordsTest {

    private static final CommandSpec SPEC = CommandSpec.of("test:do", "Does a thing.")
            .server()
            .argument("WHAT", "what to do", Suggestions.NONE)
            .flag("--force", "do it anyway")
            .flag("--no-force", "do not")
            .option("--jobs", "N", "how many")
            .option("--sleep", "TIME", "how long")
            .repeatable("--tablespace", "NAME:DIR", "where")
            .example("test:do main x")
            .build();

    @Test
    void takesOptionsBeforeBetweenAndAfterArguments() {
        Words words = parse("--force", "main", "--jobs", "4", "x", "--format=json");

        assertThat(words.argumentsFrom(0)).containsExactly("main", "x");
        assertThat(words.has("--force")).isTrue();
        assertThat(words.number("--jobs", 1, 9)).contains(4);
        assertThat(words.json()).isTrue();
    }

    @Test
    void keepsRepeatedValuesInOrder() {
        Words words = parse("main", "x", "--tablespace", "a:/a", "--tablespace=b:/b=c");

        assertThat(words.values("--tablespace")).containsExactly("a:/a", "b:/b=c");
    }

    @Test
    void takesEverythingAfterTwoHyphensAsArgument() {
        assertThat(parse("main", "--", "--force").argumentsFrom(0)).containsExactly("main", "--force");
    }

    @Test
    void takesAnEmptyWordAsArgument() {
        assertThat(parse("main", "").argument(1)).isEmpty();
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        refuses("unknown option '--forse' of test:do\nHINT: did you mean --force?", "main", "x", "--forse");
        refuses("unknown option '-x' of test:do\nHINT: run test:do --help to see its options.", "main", "x", "-x");
        refuses("WHAT is missing\nHINT: run test:do --help to see its use.", "main");
        refuses("'y' is one argument too many\nHINT: run test:do --help to see its use.", "main", "x", "y");
        refuses("option '--jobs' needs a value: N\nHINT: run test:do --help to see its use.", "main", "x", "--jobs");
        refuses("option '--force' takes no value\nHINT: run test:do --help to see its use.", "main", "x", "--force=1");
        refuses(
                "option '--jobs' is given more than once\nHINT: run test:do --help to see its use.",
                "main",
                "x",
                "--jobs",
                "1",
                "--jobs",
                "2");
    }

    @Test
    void readsTimeSpans() {
        assertThat(parse("main", "x", "--sleep", "90").duration("--sleep")).contains(Duration.ofSeconds(90));
        assertThat(parse("main", "x", "--sleep", "5 MINUTES").duration("--sleep"))
                .contains(Duration.ofMinutes(5));
        assertThat(parse("main", "x", "--sleep", "2h").duration("--sleep")).contains(Duration.ofHours(2));
        assertThat(parse("main", "x").duration("--sleep")).isEmpty();
        Words wrong = parse("main", "x", "--sleep", "soon");
        assertThatThrownBy(() -> wrong.duration("--sleep"))
                .hasMessageContaining("value 'soon' of option '--sleep' is not a time span");
    }

    @Test
    void refusesNumbersOutOfRange() {
        for (String text : List.of("0", "10", "-1", "x", "99999999999")) {
            Words words = parse("main", "x", "--jobs=" + text);
            assertThatThrownBy(() -> words.number("--jobs", 1, 9))
                    .hasMessageContaining(
                            "value '%s' of option '--jobs' is not a whole number from 1 to 9".formatted(text));
        }
    }

    @Test
    void refusesASwitchWithItsOpposite() {
        Words words = parse("main", "x", "--force", "--no-force");

        assertThatThrownBy(() -> words.either("--force", "--no-force"))
                .hasMessageContaining("options '--force' and '--no-force' exclude each other");
        assertThat(parse("main", "x", "--no-force").either("--force", "--no-force"))
                .contains(false);
    }

    @Test
    void everyCommandExplainsItself() {
        var names = new HashSet<String>();
        for (ShellCommand command : Caller.allCommands()) {
            CommandSpec spec = command.spec();
            assertThat(names.add(spec.fullName())).isTrue();
            assertThat(spec.examples()).as(spec.fullName()).isNotEmpty();
            var caller = new Caller(new ScriptedServices());

            assertThat(caller.call(spec.fullName(), "--help")).isZero();

            assertThat(caller.err()).isEmpty();
            assertThat(caller.out())
                    .startsWith(spec.fullName() + ": ")
                    .contains("\nUSAGE\n", "\nOPTIONS\n", "\nEXAMPLES\n    " + spec.fullName(), "\nEXIT CODES\n");
            spec.options().forEach(option -> assertThat(caller.out()).contains("    " + option.name()));
        }
    }

    @Test
    void helpFitsATerminal() {
        for (ShellCommand command : Caller.allCommands()) {
            for (int width : new int[] {50, 80}) {
                List<String> lines = HelpText.of(command.spec(), width);

                assertThat(lines)
                        .filteredOn(
                                line -> !line.strip().startsWith(command.spec().fullName() + " "))
                        .allMatch(line -> line.length() <= width);
            }
        }
    }

    @Test
    void saysOfEachExitCodeWhatItMeansOnce() {
        for (ShellCommand command : Caller.allCommands()) {
            List<String> lines = HelpText.of(command.spec(), 200);
            List<String> codes = lines.subList(lines.indexOf("EXIT CODES") + 1, lines.size());

            assertThat(codes.stream().map(line -> line.strip().replaceFirst(" .*", "")))
                    .as(command.spec().fullName())
                    .startsWith("0", "1", "2")
                    .doesNotHaveDuplicates();
            boolean named = command.spec().fullName().matches("wal:(get|put|list|check)")
                    || command.spec().arguments().stream()
                            .anyMatch(argument -> argument.name().equals("BACKUP"));
            assertThat(command.spec().exitCodes().containsKey(3))
                    .as(command.spec().fullName())
                    .isEqualTo(named);
        }
    }

    @Test
    void hasTheCommandsOfTheInterface() {
        assertThat(Caller.allCommands().stream().map(command -> command.spec().fullName()))
                .containsExactlyInAnyOrder(
                        "server:list",
                        "server:show",
                        "server:check",
                        "server:status",
                        "server:diagnose",
                        "server:import",
                        "configuration:show",
                        "backup:create",
                        "backup:list",
                        "backup:show",
                        "backup:files",
                        "backup:check",
                        "backup:verify",
                        "backup:keep",
                        "backup:delete",
                        "backup:restore",
                        "wal:get",
                        "wal:put",
                        "wal:list",
                        "wal:switch",
                        "wal:receive",
                        "wal:check",
                        "wal:reindex",
                        "retention:plan",
                        "retention:apply",
                        "maintenance:run",
                        "replication:status",
                        "job:list",
                        "job:show",
                        "job:watch",
                        "job:cancel",
                        "plugin:list");
    }

    @Test
    void saysWhichServiceIsMissing() {
        var caller = new Caller(new ScriptedServices());

        assertThat(caller.call("backup:list", "main")).isEqualTo(1);

        assertThat(caller.out()).isEmpty();
        assertThat(caller.err()).isEqualTo("MATR-8003: no BackupCatalog\nHINT: install it.\n");
    }

    @Test
    void answersWrongUsageWithTwo() {
        var caller = new Caller(new ScriptedServices());

        assertThat(caller.call("backup:list", "main", "--format", "xml")).isEqualTo(2);

        assertThat(caller.err())
                .isEqualTo(
                        "MATR-1003: value 'xml' of option '--format' is unknown\nHINT: give one of console, json.\n");
    }

    @Test
    void answersANameThatCannotBeWithThree() {
        var caller = new Caller(new ScriptedServices());

        assertThat(caller.call("wal:get", "main", "00000001")).isEqualTo(3);

        assertThat(caller.err()).startsWith("MATR-1004: '00000001' is not the name of a WAL file\nHINT: ");
    }

    private static void refuses(String message, String... words) {
        assertThatThrownBy(() -> parse(words)).hasMessage("MATR-1003: " + message);
    }

    private static Words parse(String... words) {
        return WordParser.parse(SPEC, List.of(words));
    }
}
