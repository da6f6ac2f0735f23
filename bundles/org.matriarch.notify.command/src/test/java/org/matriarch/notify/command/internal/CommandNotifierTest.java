package org.matriarch.notify.command.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.event.Event;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.testkit.notify.NotifierContract;

/** The contract, with scripts as somebody would write them. */
final class CommandNotifierTest extends NotifierContract {

    private static final Pattern MESSAGE = Pattern.compile("\"message\":\"((?:[^\"\\\\]++|\\\\.)*+)\"");
    private static final Pattern UNICODE = Pattern.compile("\\\\u([0-9a-f]{4})");

    @TempDir
    private Path directory;

    @Override
    protected Notifier working() throws IOException {
        return notifier("cat >> '%s'".formatted(directory.resolve("arrived")));
    }

    @Override
    protected List<String> arrived() throws IOException {
        Path file = directory.resolve("arrived");
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file, UTF_8)) {
            return lines.map(CommandNotifierTest::message).toList();
        }
    }

    @Override
    protected Notifier failing() throws IOException {
        return notifier("echo no such channel; exit 3");
    }

    @Override
    protected Notifier hanging() throws IOException {
        return notifier("sleep 7321 & sleep 7321");
    }

    @Override
    protected boolean isHanging() {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 7321"));
    }

    @Test
    void tellsNobodyUntilAConfigurationCanWork() throws Exception {
        var notifier = new CommandNotifier(Map.of("matriarch.notifier.id", "mail"));
        assertThat(notifier.isInForce()).isFalse();
        assertThat(notifier.refused())
                .hasValueSatisfying(reason -> assertThat(reason).contains("nothing of it is in force"));
        notifier.notify(notification("early"));

        Path file =
                Files.writeString(directory.resolve("script"), "cat >> '%s'".formatted(directory.resolve("arrived")));
        notifier.modified(Map.of("matriarch.notifier.id", "mail", "program", "/bin/sh " + file));
        notifier.notify(notification("late"));

        assertThat(notifier.isInForce()).isTrue();
        assertThat(arrived()).containsExactly("late");
    }

    private Notifier notifier(String script) throws IOException {
        Path file = Files.writeString(directory.resolve("script"), script);
        return new CommandNotifier(
                NotifierSettings.of(Map.of("matriarch.notifier.id", "test", "program", "sh '%s'".formatted(file))));
    }

    private static Notification notification(String message) {
        return new Notification(new Event(Instant.EPOCH, Event.Type.BACKUP_FAILED, "main", "1", message), 1);
    }

    private static String message(String json) {
        Matcher message = MESSAGE.matcher(json);
        if (!message.find()) {
            return "no message in: " + json;
        }
        String text = UNICODE.matcher(message.group(1))
                .replaceAll(
                        code -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(code.group(1), 16))));
        return text.replace("\\\"", "\"").replace("\\\\", "\\");
    }
}
