package org.matriarch.shell.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.backup.ScriptedCatalog;
import org.matriarch.shell.internal.backup.ScriptedRetention;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.shell.internal.job.ScriptedJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

final class RetentionCommandsTest {

    private final ScriptedJobs jobs = new ScriptedJobs();
    private final ScriptedRetention retention = new ScriptedRetention(jobs.first());
    private final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch"))
            .repository(new RepositorySettings(
                    "default",
                    "plain",
                    "none",
                    Optional.empty(),
                    2,
                    Optional.of(new RetentionPolicy.RecoveryWindow(7, RetentionPolicy.Unit.DAYS))))
            .build());
    private final Caller caller = new Caller(new ScriptedServices()
            .with(Jobs.class, jobs)
            .with(Servers.class, servers)
            .with(BackupCatalog.class, new ScriptedCatalog(jobs.first(), new BackupVerification(0, 0, List.of())))
            .with(Retention.class, retention));

    @Test
    void showsPolicyStatusesAndWhatWouldGo() {
        assertThat(caller.call("retention:plan", "all")).isZero();

        assertThat(caller.out())
                .startsWith("server main: RECOVERY WINDOW OF 7 DAYS, minimum redundancy 2\n")
                .containsPattern("20261120T120000 +\\| DONE +\\| full .*\\| OBSOLETE\\*")
                .endsWith("""
                        would delete backup 20261120T120000 of server main, 2.0 KiB
                        would delete 1 WAL file, 000000010000000000000002 to 000000010000000000000002
                        would free 4.0 KiB
                        """);
        assertThat(retention.applied()).isZero();
    }

    @Test
    void showsThatNothingIsObsolete() {
        retention.contentItself();
        servers.put(new ServerBuilder("main", Path.of("/srv/matriarch")).build());

        assertThat(caller.call("retention:plan", "main")).isZero();

        assertThat(caller.out())
                .startsWith("server main: no retention policy, minimum redundancy 0\n")
                .endsWith("nothing to delete\n");
    }

    @Test
    void showsThePlanAsJson() throws Exception {
        assertThat(caller.call("retention:plan", "main", "--format", "json")).isZero();

        JsonNode server = new ObjectMapper().readTree(caller.out()).get(0);
        assertThat(server.get("server").asText()).isEqualTo("main");
        assertThat(server.get("retentionPolicy").asText()).isEqualTo("RECOVERY WINDOW OF 7 DAYS");
        assertThat(server.get("minimumRedundancy").asInt()).isEqualTo(2);
        assertThat(server.get("backups").get(0).get("retention").asText()).isEqualTo("OBSOLETE*");
        assertThat(server.get("deletion").get("wal").get(0).asText()).isEqualTo("000000010000000000000002");
        assertThat(server.get("deletion").get("dryRun").asBoolean()).isTrue();
    }

    @Test
    void deletesWhatIsObsolete() throws Exception {
        assertThat(caller.call("retention:apply", "main", "--dry-run")).isZero();
        assertThat(caller.out()).startsWith("would delete backup 20261120T120000");
        assertThat(retention.applied()).isZero();

        jobs.then(ScriptedJobs.job(JobState.DONE, Progress.NONE));
        assertThat(caller.call("retention:apply", "main", "--format", "json")).isZero();
        JsonNode deleted = new ObjectMapper().readTree(caller.out()).get(0);
        assertThat(deleted.get("dryRun").asBoolean()).isFalse();
        assertThat(deleted.get("backups").get(0).get("id").asText()).isEqualTo("20261120T120000");
        assertThat(retention.applied()).isEqualTo(1);
    }

    @Test
    void saysThatNothingWasToBeDeleted() {
        retention.contentItself();

        assertThat(caller.call("retention:apply", "main")).isZero();

        assertThat(caller.out()).isEqualTo("server main: nothing to delete\n");
        assertThat(retention.applied()).isZero();
    }

    @Test
    void doesNotHideThatADeletionFailed() {
        jobs.then(ScriptedJobs.failed(2002, "the disk failed", "look at it."));

        assertThat(caller.call("retention:apply", "main", "--no-progress")).isEqualTo(1);

        assertThat(caller.out()).isEmpty();
        assertThat(caller.err()).isEqualTo("MATR-2002: the disk failed\nHINT: look at it.\n");
    }

    @Test
    void leavesTheJobToItselfInTheBackground() {
        assertThat(caller.call("retention:apply", "main", "--background")).isZero();

        assertThat(caller.out()).isEqualTo(jobs.first().id() + "\n");
        assertThat(retention.applied()).isEqualTo(1);
    }

    @Test
    void printsOneDocumentInTheBackgroundToo() throws Exception {
        assertThat(caller.call("retention:apply", "main", "--background", "--format", "json"))
                .isZero();

        JsonNode jobsBegun = new ObjectMapper().readTree(caller.out());
        assertThat(jobsBegun.get(0).get("id").asLong()).isEqualTo(jobs.first().id());
        assertThat(jobsBegun).hasSize(1);
    }
}
