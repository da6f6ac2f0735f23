package org.matriarch.core.postgres.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Checks that PostgreSQL answers on both ways, lets us do what backups need, and is set up for them. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=100")
public final class PostgresChecks implements ServerCheck {

    /** One for the receiver of WAL, one for a backup. */
    private static final int WAL_SENDERS_WANTED = 2;

    private final PostgresConnections connections;

    /** Takes the connections to check with. */
    @Activate
    public PostgresChecks(@Reference PostgresConnections connections) {
        this.connections = connections;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) throws InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        Optional<ServerFacts> facts = checkSql(server, results);
        facts.ifPresent(known -> {
            results.add(version(known));
            results.add(backupPrivileges(known));
            results.add(monitoringPrivileges(known));
        });
        results.add(streaming(server, facts));
        facts.ifPresent(known -> {
            setting(known, "wal_level").ifPresent(value -> results.add(walLevel(value)));
            setting(known, "max_wal_senders").ifPresent(value -> results.add(walSenders(value)));
        });
        return results;
    }

    private Optional<ServerFacts> checkSql(ServerConfiguration server, List<CheckResult> results)
            throws InterruptedException {
        try {
            ServerFacts facts = connections.facts(server);
            String role = facts.inRecovery() ? "standby" : "primary";
            results.add(ok("PostgreSQL", "%s, %s".formatted(facts.version(), role)));
            return Optional.of(facts);
        } catch (MatriarchException e) {
            results.add(failed("PostgreSQL", e));
            return Optional.empty();
        }
    }

    private CheckResult streaming(ServerConfiguration server, Optional<ServerFacts> facts) throws InterruptedException {
        String name = "PostgreSQL streaming";
        try (ReplicationConnection connection =
                connections.openReplication(server, server.backup().applicationName())) {
            String systemId = connection.identify().systemId();
            if (facts.isPresent() && !facts.get().systemId().equals(systemId)) {
                return new CheckResult(
                        name,
                        Outcome.FAILED,
                        "streaming_conninfo leads to system %s, conninfo to %s"
                                .formatted(systemId, facts.get().systemId()),
                        "make conninfo and streaming_conninfo name the same server.");
            }
            return ok(name, "");
        } catch (MatriarchException e) {
            return failed(name, e);
        }
    }

    private static CheckResult version(ServerFacts facts) {
        String name = "PostgreSQL version";
        if (!PostgresClient.isSupported(facts.version())) {
            return new CheckResult(
                    name,
                    Outcome.FAILED,
                    facts.version().toString(),
                    "PostgreSQL %d to %d are supported."
                            .formatted(PostgresClient.OLDEST_MAJOR, PostgresClient.NEWEST_MAJOR));
        }
        if (facts.version().major() > PostgresClient.NEWEST_MAJOR) {
            return new CheckResult(
                    name,
                    Outcome.WARNING,
                    "%s is newer than any that was tested".formatted(facts.version()),
                    "look for a newer release of this product.");
        }
        return ok(name, facts.version().toString());
    }

    private static CheckResult backupPrivileges(ServerFacts facts) {
        String name = "superuser or standard user with backup privileges";
        if (facts.superuser() || facts.backupPrivileges()) {
            return ok(name, facts.superuser() ? "superuser" : "standard user");
        }
        return new CheckResult(
                name,
                Outcome.FAILED,
                "the user may not call the backup functions",
                "GRANT EXECUTE on %s, pg_switch_wal and pg_create_restore_point to the user of conninfo."
                        .formatted(ServerFactsReader.backupFunctions(facts.version())));
    }

    private static CheckResult monitoringPrivileges(ServerFacts facts) {
        String name = "has monitoring privileges";
        if (facts.monitoringPrivileges()) {
            return ok(name, "");
        }
        return new CheckResult(
                name,
                Outcome.WARNING,
                "some settings and sizes are hidden from the user",
                "GRANT pg_monitor to the user of conninfo.");
    }

    private static CheckResult walLevel(String value) {
        if (value.equals("minimal")) {
            return new CheckResult(
                    "wal_level",
                    Outcome.FAILED,
                    "wal_level is minimal",
                    "set wal_level = replica on the server and restart it.");
        }
        return ok("wal_level", value);
    }

    private static CheckResult walSenders(String value) {
        int senders = Integer.parseInt(value);
        if (senders >= WAL_SENDERS_WANTED) {
            return ok("max_wal_senders", value);
        }
        return new CheckResult(
                "max_wal_senders",
                senders == 0 ? Outcome.FAILED : Outcome.WARNING,
                "max_wal_senders is %d; the receiver and a backup need one each".formatted(senders),
                "raise max_wal_senders of the server and restart it.");
    }

    private static Optional<String> setting(ServerFacts facts, String name) {
        return Optional.ofNullable(facts.settings().get(name));
    }

    private static CheckResult ok(String name, String detail) {
        return new CheckResult(name, Outcome.OK, detail, "");
    }

    private static CheckResult failed(String name, MatriarchException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interrupted = new InterruptedException("interrupted while checking PostgreSQL");
            interrupted.initCause(failure);
            throw interrupted;
        }
        return new CheckResult(name, Outcome.FAILED, failure.summary(), failure.hint());
    }
}
