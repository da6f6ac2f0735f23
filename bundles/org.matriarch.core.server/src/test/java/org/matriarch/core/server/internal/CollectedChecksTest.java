package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;

@Timeout(60)
@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class CollectedChecksTest {

    private static final CheckResult GOOD = new CheckResult("good", Outcome.OK, "", "");
    private static final CheckResult CONFIGURATION = new CheckResult("configuration", Outcome.OK, "", "");

    @TempDir
    Path data;

    private ConfiguredServers servers;
    private CollectedChecks checks;

    @BeforeEach
    void configure() {
        servers = new ConfiguredServers(data);
        servers.updateGlobal(new Hashtable<>(Map.of("check_timeout", "1")));
        servers.updateServer("org.matriarch.server~main", new Hashtable<>(Map.of("conninfo", "host=pg")));
        checks = new CollectedChecks(servers);
    }

    @AfterEach
    void stop() {
        checks.deactivate();
    }

    @Test
    void ordersResultsAsTheirChecksWant() {
        CheckResult first = new CheckResult("first", Outcome.WARNING, "", "");
        ServerCheck late = server -> List.of(GOOD);
        checks.addCheck(late, Map.of());
        checks.addCheck(server -> List.of(first), Map.of(ServerCheck.PROPERTY_ORDER, 5));

        assertThat(checks.check("main")).containsExactly(CONFIGURATION, first, GOOD);
        checks.removeCheck(late);
        assertThat(checks.check("main")).containsExactly(CONFIGURATION, first);
    }

    @Test
    void expectsNothingOfAnInactiveServer() {
        servers.updateServer(
                "org.matriarch.server~main", new Hashtable<>(Map.of("conninfo", "host=pg", "active", "off")));
        checks.addCheck(
                server -> {
                    throw new AssertionError("asked");
                },
                Map.of());

        assertThat(checks.check("main"))
                .containsExactly(
                        CONFIGURATION,
                        new CheckResult(
                                "active", Outcome.OK, "the server is not active, so nothing else is checked", ""));
    }

    @Test
    void showsWhatIsThrownAsAFailedCheck() {
        checks.addCheck(
                server -> {
                    throw new MatriarchException(ErrorCode.STORE_MISSING, "no store 'default'", "install it.");
                },
                Map.of(ServerCheck.PROPERTY_ORDER, 1));
        checks.addCheck(
                server -> {
                    throw new NoClassDefFoundError("gone");
                },
                Map.of(ServerCheck.PROPERTY_ORDER, 2));
        checks.addCheck(server -> List.of(GOOD), Map.of());

        List<CheckResult> results = checks.check("main");

        assertThat(results)
                .extracting(CheckResult::outcome)
                .containsExactly(Outcome.OK, Outcome.FAILED, Outcome.FAILED, Outcome.OK);
        assertThat(results)
                .extracting(CheckResult::detail)
                .containsExactly(
                        "",
                        "no store 'default'",
                        "ended by an unexpected error: java.lang.NoClassDefFoundError: gone",
                        "");
    }

    @Test
    void waitsForNoCheckLongerThanAllowed() {
        checks.addCheck(
                server -> {
                    new CountDownLatch(1).await();
                    return List.of();
                },
                Map.of(ServerCheck.PROPERTY_ORDER, 1));
        checks.addCheck(server -> List.of(GOOD), Map.of());

        List<CheckResult> results = checks.check("main");

        assertThat(results.get(1).name()).isEqualTo("check timeout");
        assertThat(results.get(1).detail()).endsWith("has no answer within 1 s");
        assertThat(results.get(2)).isEqualTo(GOOD);
    }

    @Test
    void stopsWhenItsCallerIsInterrupted() {
        checks.addCheck(
                server -> {
                    new CountDownLatch(1).await();
                    return List.of();
                },
                Map.of());
        Thread.currentThread().interrupt();

        List<CheckResult> results = checks.check("main");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(results.get(1).detail()).isEqualTo("interrupted");
    }

    @Test
    void refusesToPileUpChecksThatHang() {
        checks.deactivate();
        checks.addCheck(server -> List.of(GOOD), Map.of());

        assertThat(checks.check("main").get(1).detail())
                .isEqualTo("too many earlier checks are still waiting for an answer");
    }

    @Test
    void showsARefusedFile() {
        servers.updateServer(
                "org.matriarch.server~main",
                new Hashtable<>(Map.of("conninfo", "host=pg", "parallel_jobs", "x", "slot_nam", "m")));
        servers.updateServer("org.matriarch.server~bad", new Hashtable<>(Map.of()));

        assertThat(checks.check("main").get(0))
                .isEqualTo(new CheckResult(
                        "configuration",
                        Outcome.FAILED,
                        "parallel_jobs = 'x' in 'org.matriarch.server~main' is not allowed; allowed is a whole number"
                                + " from 1 to 64; slot_nam = 'm' in 'org.matriarch.server~main' is not an option; the"
                                + " nearest is 'slot_name'; the last good configuration stays in force",
                        "correct 'etc/org.matriarch.server~main'; it is read again as soon as it is saved."));
        assertThat(checks.check("bad"))
                .hasSize(1)
                .first()
                .satisfies(result -> assertThat(result.detail()).endsWith("the server is not worked on"));
    }

    @Test
    void knowsNoOtherServer() {
        assertThatThrownBy(() -> checks.check("other")).hasMessageStartingWith("MATR-1002: unable to find server");
    }
}
