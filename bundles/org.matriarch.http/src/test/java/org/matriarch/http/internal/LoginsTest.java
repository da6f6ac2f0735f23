package org.matriarch.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.access.Caller;
import org.matriarch.api.access.Role;
import org.matriarch.http.internal.metrics.Metrics;

/** Users who are not the owner of the container, from the script to the command. */
@Timeout(120)
final class LoginsTest {

    @TempDir
    Path data;

    private final ScriptedRunner runner = new ScriptedRunner();

    @BeforeAll
    static void installRealm() {
        Realm.install();
    }

    @Test
    void answersInTheNameOfWhoeverLogsIn() throws Exception {
        Caller[] seen = new Caller[1];
        runner.with("server:list", (request, out, err) -> {
            seen[0] = Caller.current();
            return 0;
        });
        var door = new HttpDoor(
                runner, new Metrics(), data.resolve("data/matriarch.token"), data.resolve("metrics.token"), Map.of());
        try {
            assertThat(Script.runAs("operator", "operatoroperator", data, "server:list"))
                    .isEqualTo(new Script.Said(0, ""));
            assertThat(seen[0]).isEqualTo(new Caller("operator", Optional.of(Role.OPERATOR)));

            assertThat(Script.run(data, "server:list").code()).isZero();
            assertThat(seen[0]).isEqualTo(new Caller(System.getProperty("user.name"), Optional.of(Role.ADMIN)));
        } finally {
            door.close();
        }
    }

    @Test
    void refusesWrongPasswordsAndUsersWithoutARole() throws Exception {
        runner.with("server:list", (request, out, err) -> {
            throw new AssertionError("never run");
        });
        var door = new HttpDoor(
                runner, new Metrics(), data.resolve("data/matriarch.token"), data.resolve("metrics.token"), Map.of());
        try {
            for (String[] login :
                    new String[][] {{"viewer", "x\"\\y"}, {"manager", "managermanager"}, {"no", "body"}}) {
                Script.Said said = Script.runAs(login[0], login[1], data, "server:list");

                assertThat(said.code()).isEqualTo(1);
                assertThat(said.err())
                        .startsWith("MATR-1007: the container refused user '%s'\nHINT: ".formatted(login[0]));
            }
            assertThat(Script.runAs("viewer", "", data, "server:list").err()).startsWith("MATR-1007: no password");
            assertThat(Script.run(data, "--user").code()).isEqualTo(2);
        } finally {
            door.close();
        }
    }

    @Test
    void tellsApartWhoIsUnknownAndWhoMayDoNothing() {
        var logins = new Logins(Realm.NAME, Duration.ZERO);

        assertThat(Caller.of(logins.login("admin", "adminadmin".toCharArray())))
                .isEqualTo(new Caller("admin", Optional.of(Role.ADMIN)));
        assertThatThrownBy(() -> logins.login("admin", "admin".toCharArray()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(401));
        assertThatThrownBy(() -> logins.login("ssh", "sshssh".toCharArray()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(403));
    }

    @Test
    void letsFewGuessAtATime() {
        var logins = new Logins(Realm.NAME, Duration.ofMinutes(2));
        var guessing = IntStream.range(0, 6)
                .mapToObj(number -> new Thread(() -> {
                    try {
                        logins.login("viewer", "guess".toCharArray());
                    } catch (RefusedException e) {
                        assertThat(e.status()).isEqualTo(401);
                    }
                }))
                .toList();
        guessing.forEach(Thread::start);
        try {
            await().until(() -> guessing.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));

            assertThatThrownBy(() -> logins.login("viewer", "viewerviewer".toCharArray()))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.status()).isEqualTo(503));
        } finally {
            guessing.forEach(Thread::interrupt);
        }
        await().untilAsserted(() ->
                assertThat(logins.login("viewer", "viewerviewer".toCharArray())).isNotNull());
    }
}
