package org.matriarch.shell.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerStatuses;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

final class ServerCheckCommandTest {

    private static final CheckResult GOOD = new CheckResult("PostgreSQL", Outcome.OK, "", "");
    private static final CheckResult WARNING = new CheckResult("wal_level", Outcome.WARNING, "logical", "look.");
    private static final CheckResult BAD =
            new CheckResult("replication slot", Outcome.FAILED, "slot 'x' is missing", "create it.");

    private final ServerChecks checks = server -> server.equals("bad") ? List.of(GOOD, BAD) : List.of(GOOD, WARNING);
    private final Caller caller = new Caller(new ScriptedServices().with(ServerChecks.class, checks));

    @Test
    void isContentWithAWarning() {
        assertThat(caller.call("server:check", "good")).isZero();

        assertThat(caller.out()).contains("good   | wal_level  | WARNING | logical | look.");
    }

    @Test
    void endsWithOneWhereACheckFailed() {
        assertThat(caller.call("server:check", "good", "bad")).isEqualTo(1);

        assertThat(caller.out()).contains("bad    | replication slot | FAILED  | slot 'x' is missing | create it.");
    }

    @Test
    void printsOneLineForNagios() {
        assertThat(caller.call("server:check", "--nagios", "good")).isZero();
        assertThat(caller.out()).isEqualTo("MATRIARCH OK - all checks of server good passed with 1 warning\n");

        assertThat(caller.call("server:check", "--nagios", "good", "better")).isZero();
        assertThat(caller.out()).isEqualTo("MATRIARCH OK - all checks of 2 servers passed with 2 warnings\n");

        assertThat(caller.call("server:check", "good", "bad", "--nagios")).isEqualTo(2);
        assertThat(caller.out())
                .isEqualTo("MATRIARCH CRITICAL - server bad has issues * bad FAILED: replication slot\n");
    }

    @Test
    void printsEitherForNagiosOrADocument() {
        assertThat(caller.call("server:check", "good", "--nagios", "--format", "json"))
                .isEqualTo(2);
        assertThat(caller.err()).startsWith("MATR-1003: options '--nagios' and '--format json' exclude each other");
        assertThat(caller.out()).isEmpty();
    }

    @Test
    void printsOneDocument() {
        assertThat(caller.call("server:check", "bad", "--format", "json")).isEqualTo(1);

        assertThat(caller.out())
                .contains("\"server\" : \"bad\"", "\"ok\" : false", "\"name\" : \"replication slot\"")
                .contains("\"status\" : \"FAILED\"", "\"hint\" : \"create it.\"");
    }

    @Test
    void diagnosesEvenWithNothingInstalled() {
        assertThat(caller.call("server:diagnose")).isZero();

        assertThat(caller.out()).startsWith("{\n").contains("\"errorCode\" : \"MATR-8003\"");
    }

    @Test
    void saysInItsDiagnosisWhatBroke() {
        var services = new ScriptedServices()
                .with(Servers.class, new FixedServers(new ServerBuilder("main", Path.of("/srv")).build()))
                .with(ServerChecks.class, checks)
                .with(ServerStatuses.class, server -> {
                    throw new NoClassDefFoundError("gone");
                });

        var broken = new Caller(services);
        assertThat(broken.call("server:diagnose")).isZero();

        assertThat(broken.out())
                .contains("java.lang.NoClassDefFoundError: gone", "\"name\" : \"wal_level\"", "\"heapUsedBytes\"");
    }

    @Test
    void doesNotWaitForEverForOneWhoDoesNotAnswer() {
        assertThatThrownBy(() -> BoundedQuestion.ask(() -> {
                            new CountDownLatch(1).await();
                            return "";
                        })
                        .await(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);
    }
}
