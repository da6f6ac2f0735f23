package org.matriarch.shell.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.schedule.Maintenance;
import org.matriarch.api.schedule.MaintenanceReport;
import org.matriarch.api.server.ServerConfiguration.ScheduleSettings;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.backup.ScriptedCatalog;
import org.matriarch.shell.internal.backup.ScriptedRetention;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.shell.internal.job.ScriptedJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

final class MaintenanceRunCommandTest {

    private final ScriptedRetention retention = new ScriptedRetention(new ScriptedJobs().first());
    private final FixedServers servers =
            new FixedServers(builder("main").build(), builder("other").build());
    private final Caller caller = new Caller(new ScriptedServices()
            .with(Servers.class, servers)
            .with(Retention.class, retention)
            .with(Maintenance.class, MaintenanceRunCommandTest::round));

    @Test
    void saysWhatItDidForEachServer() {
        servers.put(builder("paused").active(false).build());

        assertThat(caller.call("maintenance:run", "all")).isZero();

        assertThat(caller.out()).isEqualTo("""
                        server main: backup 20261120T120000 is FAILED now: 000000010000000000000002 is missing
                        server main: deleted backup 20261120T120000
                        server main: deleted 2 WAL files
                        server main: freed 4.0 KiB
                        server other: nothing to do
                        server paused: skipped, it is not active
                        """);
    }

    @Test
    void saysItAsJson() throws Exception {
        assertThat(caller.call("maintenance:run", "main", "other", "--format", "json"))
                .isZero();

        JsonNode main = new ObjectMapper().readTree(caller.out()).get(0);
        assertThat(main.get("server").asText()).isEqualTo("main");
        assertThat(main.get("rechecked").get(0).get("id").asText()).isEqualTo("20261120T120000");
        assertThat(main.get("rechecked").get(0).get("status").asText()).isEqualTo("FAILED");
        assertThat(main.get("deleted").get(0).asText()).isEqualTo("20261120T120000");
        assertThat(main.get("deletedWal").asInt()).isEqualTo(2);
        assertThat(main.get("freedBytes").asLong()).isEqualTo(4096);
        assertThat(main.get("skipped").isNull()).isTrue();
    }

    @Test
    void goesOnWithTheOthersWhereOneFails() {
        assertThat(caller.call("maintenance:run", "broken", "other")).isEqualTo(1);

        assertThat(caller.out()).isEqualTo("server other: nothing to do\n");
        assertThat(caller.err()).isEqualTo("MATR-2001: the store is away\nHINT: bring it back.\n");
    }

    @Test
    void printsWhatWouldBeDeleted() throws Exception {
        servers.put(builder("other")
                .schedule(new ScheduleSettings(Optional.empty(), Duration.ZERO, false))
                .build());

        assertThat(caller.call("maintenance:run", "main", "other", "--dry-run")).isZero();
        assertThat(caller.out())
                .startsWith("would delete backup 20261120T120000 of server main")
                .endsWith("server other: nothing to delete\n");

        assertThat(caller.call("maintenance:run", "main", "--dry-run", "--format", "json"))
                .isZero();
        JsonNode plan = new ObjectMapper().readTree(caller.out()).get(0);
        assertThat(plan.get("dryRun").asBoolean()).isTrue();
        assertThat(plan.get("backups").get(0).get("id").asText()).isEqualTo("20261120T120000");
        assertThat(retention.applied()).isZero();
    }

    private static MaintenanceReport round(String server) {
        return switch (server) {
            case "main" ->
                new MaintenanceReport(
                        server,
                        List.of(ScriptedCatalog.backup()
                                .withStatus(BackupStatus.FAILED, Optional.of("000000010000000000000002 is missing"))),
                        List.of(ScriptedCatalog.backup().id()),
                        2,
                        4096,
                        Optional.empty());
            case "paused" -> MaintenanceReport.skipped(server, "it is not active");
            case "broken" ->
                throw new MatriarchException(ErrorCode.STORE_MISSING, "the store is away", "bring it back.");
            default -> new MaintenanceReport(server, List.of(), List.of(), 0, 0, Optional.empty());
        };
    }

    private static ServerBuilder builder(String name) {
        return new ServerBuilder(name, Path.of("/srv/matriarch"));
    }
}
