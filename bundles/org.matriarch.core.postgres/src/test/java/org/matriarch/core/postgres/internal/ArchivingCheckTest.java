package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.core.postgres.internal.ArchivingCheck.Archiving;
import org.matriarch.core.postgres.internal.ArchivingCheck.Attempt;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

@Timeout(180)
final class ArchivingCheckTest {

    private static final Instant EARLY = Instant.parse("2026-11-20T12:00:00Z");

    private static final ArchivingCheck CHECK = new ArchivingCheck(new PostgresClient(Configurations.nobody()));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "false | on     | push       | - | OK OK OK",
                "false | always | push       | - | OK OK OK",
                "false | off    | (disabled) | - | FAILED FAILED FAILED",
                "false | on     | ''         | - | OK FAILED OK",
                "false | on     | ''         | basic_archive | OK OK OK",
                "true  | on     | push       | - | OK",
                "true  | off    | (disabled) | - | OK",
                "true  | always | ''         | - | OK FAILED OK",
            })
    void judgesTheSettings(boolean standby, String mode, String command, @Nullable String library, String outcomes) {
        var archiving = new Archiving(
                standby, mode, command, Optional.ofNullable(library), Optional.empty(), Optional.empty(), 0);

        assertThat(ArchivingCheck.judge(archiving).stream()
                        .map(result -> result.outcome().name())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(outcomes);
    }

    /** The file, and when: minutes after another. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-                          | 0 | -                        | 0 | OK     | nothing to archive so far",
                "00000001000000000000000A   | 0 | -                        | 0 | OK     | '00000001000000000000000A' at 2026-11-20T12:00:00Z",
                "-                          | 0 | 00000001000000000000000B | 5 | FAILED | the server failed to archive '00000001000000000000000B' at 2026-11-20T12:05:00Z, after 7 failures in all",
                "00000001000000000000000A   | 0 | 00000001000000000000000B | 5 | FAILED | the server failed to archive '00000001000000000000000B' at 2026-11-20T12:05:00Z, after 7 failures in all",
                "00000001000000000000000B   | 5 | 00000001000000000000000B | 5 | OK     | '00000001000000000000000B' at 2026-11-20T12:05:00Z",
                "00000002000000000000000B   | 0 | 00000002.history         | 5 | OK     | '00000002000000000000000B' at 2026-11-20T12:00:00Z",
                "00000001000000000000000B   | 0 | 00000002.history         | 5 | FAILED | the server failed to archive '00000002.history' at 2026-11-20T12:05:00Z, after 7 failures in all",
            })
    void judgesWhatBecameOfTheFiles(
            @Nullable String archived,
            int archivedAt,
            @Nullable String failed,
            int failedAt,
            Outcome outcome,
            String detail) {
        var archiving = new Archiving(
                false, "on", "push", Optional.empty(), attempt(archived, archivedAt), attempt(failed, failedAt), 7);

        assertThat(ArchivingCheck.judge(archiving).get(2))
                .extracting(CheckResult::name, CheckResult::outcome, CheckResult::detail)
                .containsExactly("continuous archiving", outcome, detail);
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void asksARealServer(int major) throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major)
                .setting("archive_mode", "on")
                .setting("archive_command", "true")
                .start()) {
            ServerConfiguration configuration = archiving(server.conninfo());
            assertThat(outcomes(configuration)).containsOnly(Outcome.OK);

            server.execute("ALTER SYSTEM SET archive_command = 'false'");
            server.execute("SELECT pg_reload_conf()");
            server.execute("CREATE TABLE t AS SELECT 1; SELECT pg_switch_wal()");
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(
                            () -> assertThat(CHECK.check(configuration).get(2).detail())
                                    .startsWith("the server failed to archive '0000000100000000000000"));

            server.execute("ALTER SYSTEM SET archive_command = 'true'");
            server.execute("SELECT pg_reload_conf()");
            server.execute("CREATE TABLE u AS SELECT 1; SELECT pg_switch_wal()");
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(outcomes(configuration)).containsOnly(Outcome.OK));

            assertThat(CHECK.check(Configurations.of(server.conninfo()))).isEmpty(); // not expected to hand over
            server.stop();
            assertThat(CHECK.check(configuration))
                    .singleElement()
                    .extracting(CheckResult::name, CheckResult::outcome)
                    .containsExactly("continuous archiving", Outcome.FAILED);
        }
    }

    @Test
    void saysThatNobodyArchives() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17).start()) {
            assertThat(CHECK.check(archiving(server.conninfo())))
                    .extracting(CheckResult::detail)
                    .containsExactly(
                            "archive_mode is off", "archive_command is not set", "the server archives nothing");
        }
    }

    private static Optional<Attempt> attempt(@Nullable String wal, int minutes) {
        return Optional.ofNullable(wal).map(name -> new Attempt(name, EARLY.plus(Duration.ofMinutes(minutes))));
    }

    private static List<Outcome> outcomes(ServerConfiguration server) throws InterruptedException {
        return CHECK.check(server).stream().map(CheckResult::outcome).toList();
    }

    private static ServerConfiguration archiving(String conninfo) {
        ServerConfiguration server = Configurations.of(conninfo);
        return new ServerConfiguration(
                server.name(),
                server.description(),
                server.active(),
                server.conninfo(),
                server.streamingConninfo(),
                server.home(),
                server.repository(),
                server.backup(),
                server.copy(),
                new WalSettings(true, true, Optional.empty(), false, "x"),
                server.restore(),
                server.hooks(),
                server.schedule(),
                server.monitoring());
    }
}
