package org.matriarch.notify.command.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.NotifierException;

@Timeout(60)
final class NotifierSettingsTest {

    private static final Instant TIME = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void takesAllUnlessToldOtherwise() {
        NotifierSettings settings = NotifierSettings.of(properties(Map.of()));

        assertThat(settings.program()).containsExactly("/bin/mail it", "-s", "x");
        assertThat(settings.timeout()).hasSeconds(30);
        assertThat(settings.concerns(event(Event.Type.BACKUP_DONE, "main"))).isTrue();
        assertThat(settings.concerns(event(Event.Type.WAL_ARCHIVED, "main"))).isFalse();
    }

    @Test
    void choosesEventsAndServers() {
        NotifierSettings settings = NotifierSettings.of(properties(
                Map.of("events", "backup_failed, WAL_GAP", "servers", "main,other", "timeout", "5 seconds")));

        assertThat(settings.timeout()).hasSeconds(5);
        assertThat(settings.concerns(event(Event.Type.BACKUP_FAILED, "other"))).isTrue();
        assertThat(settings.concerns(event(Event.Type.BACKUP_DONE, "main"))).isFalse();
        assertThat(settings.concerns(event(Event.Type.WAL_GAP, "third"))).isFalse();
        assertThat(settings.concerns(event(Event.Type.WAL_GAP, ""))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "matriarch.notifier.id | '' | 'matriarch.notifier.id' of a command notifier is '', must be made of",
                "program | '' | 'program' of a command notifier is '', must be a program and its arguments",
                "program | mail \"open | 'program' of a command notifier is 'mail \"open', a quote in it is not closed",
                "events | BACKUP_DONE,NEWS | 'events' of a command notifier is 'NEWS', must be among [BACKUP_DONE, ",
                "events | WAL_ARCHIVED | 'events' of a command notifier is 'WAL_ARCHIVED', must be among",
                "timeout | 30 | 'timeout' of a command notifier is '30', must be from 1 to 50 SECONDS",
                "timeout | 0 SECONDS | 'timeout' of a command notifier is '0 SECONDS', must be from 1 to 50 SECONDS",
                "timeout | 51 SECONDS | 'timeout' of a command notifier is '51 SECONDS', must be from 1 to 50 SECONDS",
            })
    void refusesWhatCannotWork(String key, String value, String message) {
        assertThatThrownBy(() -> NotifierSettings.of(properties(Map.of(key, value))))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining(message);
    }

    @Test
    void keepsWhatWasInForce() {
        var notifier = new CommandNotifier(new HashMap<>(properties(Map.of())));

        notifier.modified(Map.of("matriarch.notifier.id", "other"));
        assertThat(notifier.id()).isEqualTo("mail");
        assertThat(notifier.refused())
                .hasValueSatisfying(reason -> assertThat(reason).contains("'program' of a command notifier is ''"));
        notifier.modified(new HashMap<>(properties(Map.of("event", "BACKUP_FAILED"))));
        assertThat(notifier.refused())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("'event' is not a key of a command notifier"));
        notifier.modified(new HashMap<>(properties(Map.of("matriarch.notifier.id", "other"))));
        assertThat(notifier.id()).isEqualTo("other");
        assertThat(notifier.refused()).isEmpty();
    }

    @Test
    void tellsByItsEnvironmentToo() throws Exception {
        Path seen = directory.resolve("seen");
        var notifier = new CommandNotifier(NotifierSettings.of(Map.of(
                "matriarch.notifier.id",
                "env",
                "program",
                "sh -c 'env | grep ^MATRIARCH_EVENT_ | sort > \"$0\"' %s".formatted(seen))));

        notifier.notify(new Notification(
                new Event(TIME, Event.Type.BACKUP_FAILED, "main", "20261120T120000", "no $(disk) \"left\""), 2));

        assertThat(Files.readAllLines(seen))
                .containsExactly(
                        "MATRIARCH_EVENT_ATTEMPT=2",
                        "MATRIARCH_EVENT_MESSAGE=no $(disk) \"left\"",
                        "MATRIARCH_EVENT_SERVER=main",
                        "MATRIARCH_EVENT_SEVERITY=TROUBLE",
                        "MATRIARCH_EVENT_SUBJECT=20261120T120000",
                        "MATRIARCH_EVENT_TIME=2026-11-20T12:00:00Z",
                        "MATRIARCH_EVENT_TYPE=BACKUP_FAILED");
    }

    @Test
    void writesOneLineOfJson() {
        assertThat(EventText.json(
                        new Notification(new Event(TIME, Event.Type.WAL_GAP, "main", "a\\b", "line\n\"quoted\""), 1)))
                .isEqualTo("{\"time\":\"2026-11-20T12:00:00Z\",\"type\":\"WAL_GAP\",\"severity\":\"TROUBLE\","
                        + "\"server\":\"main\",\"subject\":\"a\\\\b\",\"message\":\"line\\u000a\\\"quoted\\\"\","
                        + "\"attempt\":1}\n");
    }

    @Test
    void saysHowTheProgramEnded() {
        assertThatThrownBy(() -> run("sh -c 'echo no route; echo to host; exit 3'", "30 SECONDS"))
                .isInstanceOfSatisfying(
                        NotifierException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessage("'sh' ended with 3, saying: no route to host");
        assertThatThrownBy(() -> run("sh -c 'echo dialling; sleep 7322'", "1 SECOND"))
                .isInstanceOfSatisfying(
                        NotifierException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessage("'sh' took longer than 1 s, saying: dialling");
        await().until(() -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 7322")));
    }

    @Test
    void doesNotMindAProgramThatReadsNothingOrSaysALot() throws Exception {
        run("true", "30 SECONDS");
        run(
                "sh -c 'i=0; while [ $i -lt 5000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done'",
                "50 SECONDS");
    }

    private static void run(String program, String timeout) throws NotifierException, InterruptedException {
        new CommandNotifier(NotifierSettings.of(
                        Map.of("matriarch.notifier.id", "test", "program", program, "timeout", timeout)))
                .notify(new Notification(event(Event.Type.BACKUP_DONE, "main"), 1));
    }

    private static Map<String, String> properties(Map<String, String> own) {
        var properties = new HashMap<>(Map.of("matriarch.notifier.id", "mail", "program", "'/bin/mail it' -s x"));
        properties.putAll(own);
        return properties;
    }

    private static Event event(Event.Type type, String server) {
        return new Event(TIME, type, server, "subject", "message");
    }
}
