package org.matriarch.core.hook.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.server.ServerConfiguration;

/** The rules by which hooks run. */
@Timeout(60)
final class ConfiguredHooksTest extends HookScene {

    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void runInTheOrderOfBarman() throws InterruptedException {
        ServerConfiguration server = server(
                "post_archive_script", "four",
                "post_archive_retry_script", "three",
                "pre_archive_retry_script", "two",
                "pre_archive_script", "one",
                "pre_backup_script", "another");

        hooks.before(server, HookEvent.ARCHIVE, WAL);
        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(runner.commands).containsExactly("one", "two", "three", "four");
        assertThat(jobs.jobs()).isEmpty();
        assertThat(pauses).isEmpty();
    }

    @Test
    void costNothingWhereThereAreNone() throws InterruptedException {
        runners.removeRunner(runner);
        ServerConfiguration server = server("pre_backup_script", "true");

        hooks.before(server, HookEvent.ARCHIVE, WAL);
        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(later).isEmpty();
        assertThat(jobs.jobs()).isEmpty();
    }

    @Test
    void theCodeOfAPlainHookDoesNotMatter() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_script", "one", "post_archive_script", "two");
        runner.ending(63, ScriptedRunner.IMPOSSIBLE);

        hooks.before(server, HookEvent.ARCHIVE, WAL);
        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(runner.commands).containsExactly("one", "two");
        assertThat(pauses).isEmpty();
    }

    @Test
    void isRepeatedWithShortAndLongBreaksUntilItSucceeds() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_retry_script", "again");
        runner.ending(1, 1, ScriptedRunner.IMPOSSIBLE, 127, 61, 64, 2, 0);

        hooks.before(server, HookEvent.ARCHIVE, WAL);

        assertThat(runner.commands).hasSize(8);
        assertThat(pauses).containsExactly(SHORT, SHORT, SHORT, SHORT, LONG, SHORT, SHORT);
    }

    @Test
    void outlivesARunnerThatThrowsWhatItMustNot() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_script", "once", "post_archive_retry_script", "again");
        runner.ending(ScriptedRunner.BROKEN, ScriptedRunner.BROKEN, 0);

        hooks.before(server, HookEvent.ARCHIVE, WAL);
        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(runner.commands).containsExactly("once", "again", "again");
        assertThat(pauses).containsExactly(SHORT);
    }

    @Test
    void hasItsLongBreakAfterEachFiveFailures() throws InterruptedException {
        ServerConfiguration server = server("post_archive_retry_script", "again");
        runner.ending(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 62);

        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(pauses).containsExactly(SHORT, SHORT, SHORT, SHORT, LONG, SHORT, SHORT, SHORT, SHORT, LONG);
    }

    @Test
    void goesOnIfARetryHookGivesUp() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_retry_script", "again");
        runner.ending(1, 62);

        hooks.before(server, HookEvent.ARCHIVE, WAL);

        assertThat(runner.commands).hasSize(2);
    }

    @Test
    void stopsTheWorkIfARetryHookSaysSoBeforeIt() {
        ServerConfiguration server = server("pre_archive_retry_script", "again");
        runner.ending(63);

        assertThatThrownBy(() -> hooks.before(server, HookEvent.ARCHIVE, WAL))
                .hasMessage("MATR-8006: pre_archive_retry_script of server 'main' stopped '000000010000000000000001'%n"
                                .formatted()
                        + "HINT: see in the log what the script wrote; WAL is tried again by itself, other work when you"
                        + " ask for it.");
    }

    @Test
    void doesNotStopWhatIsDone() throws InterruptedException {
        ServerConfiguration server = server("post_archive_retry_script", "one", "post_archive_script", "two");
        runner.ending(63);

        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.empty());

        assertThat(runner.commands).containsExactly("one", "two");
    }

    @Test
    void followsTheConfigurationWhileItIsRepeated() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_retry_script", "typo");
        runner.ending(127, 1, 0);
        meanwhile = () -> server("pre_archive_retry_script", "right");

        hooks.before(server, HookEvent.ARCHIVE, WAL);

        assertThat(runner.commands).containsExactly("typo", "right", "right");
    }

    @Test
    void endsWhenNobodyWantsItAnyMore() throws InterruptedException {
        ServerConfiguration server = server("pre_archive_retry_script", "typo");
        runner.ending(127);
        meanwhile = this::server;

        hooks.before(server, HookEvent.ARCHIVE, WAL);

        assertThat(runner.commands).containsExactly("typo");
    }

    @Test
    void knowsAServerThatIsNoLongerConfigured() throws InterruptedException {
        ServerConfiguration server = server("post_archive_script", "one");
        servers.remove("main");

        hooks.after(server, HookEvent.ARCHIVE, WAL, Optional.of("the server went"));

        assertThat(runner.commands).containsExactly("one");
        assertThat(runner.environments.get(0)).containsEntry("BARMAN_ERROR", "the server went");
    }

    @Test
    void needsARunnerAtOnceForWal() {
        runners.removeRunner(runner);
        ServerConfiguration server = server("post_archive_script", "one");

        assertThatThrownBy(() -> hooks.before(server, HookEvent.ARCHIVE, WAL))
                .hasMessage(
                        "MATR-8003: unable to run the archive scripts of server 'main': hook runner 'script' is not installed%n"
                                        .formatted()
                                + "HINT: install it with 'feature:install matriarch-hook-script', or take the scripts out of the"
                                + " configuration.");
        assertThat(pauses).isEmpty();
    }

    @Test
    void waitsAWhileForARunnerBeforeOtherWork() {
        runners.removeRunner(runner);
        ServerConfiguration server = server("pre_backup_retry_script", "one");

        assertThatThrownBy(() -> hooks.before(server, HookEvent.BACKUP, WAL))
                .hasMessageStartingWith("MATR-8003: unable to run the backup scripts of server 'main'");

        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofMinutes(5));
        assertThat(jobs.jobs()).hasSize(1);
    }

    @Test
    void goesOnWhenTheRunnerComes() throws InterruptedException {
        runners.removeRunner(runner);
        ServerConfiguration server = server("pre_backup_script", "one");
        meanwhile = () -> {
            if (pauses.size() == 7) {
                runners.addRunner(runner);
            }
        };

        hooks.before(server, HookEvent.BACKUP, WAL);

        assertThat(runner.commands).containsExactly("one");
        await().until(() -> !jobs.steps().isEmpty()); // the job has a thread of its own
        assertThat(jobs.steps().get(0)).isIn("waiting for hook runner 'script'", "running");
    }

    @Test
    void waitsForARunnerThatLeavesWhileAHookIsRepeated() throws InterruptedException {
        ServerConfiguration server = server("post_backup_retry_script", "one");
        runner.ending(1, 0);
        meanwhile = () -> {
            if (pauses.size() == 1) {
                runners.removeRunner(runner);
            } else {
                runners.addRunner(runner);
            }
        };

        hooks.after(server, HookEvent.BACKUP, WAL, Optional.empty());

        assertThat(runner.commands).hasSize(2);
    }

    @Test
    void saysThatNothingRanAfterGoodWorkOnly() throws InterruptedException {
        runners.removeRunner(runner);
        ServerConfiguration server = server("post_backup_script", "one");

        assertThatThrownBy(() -> hooks.after(server, HookEvent.BACKUP, WAL, Optional.empty()))
                .hasMessageStartingWith("MATR-8003");
        pauses.clear();

        hooks.after(server, HookEvent.BACKUP, WAL, Optional.of("it broke"));

        assertThat(pauses).isEmpty();
        assertThat(runner.commands).isEqualTo(List.of());
    }
}
