package org.matriarch.shell.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.retention.Retention;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;
import org.matriarch.shell.internal.job.ScriptedJobs;

final class BackupCommandsTest {

    private static final Job DONE = ScriptedJobs.job(JobState.DONE, Progress.NONE);

    private final ScriptedJobs jobs = new ScriptedJobs();
    private final ScriptedCatalog catalog = new ScriptedCatalog(
            jobs.first(),
            new BackupVerification(900, 3000, List.of("base/1/2: checksum differs"), List.of("the content of 1 file")));
    private final ScriptedRetention retention = new ScriptedRetention(jobs.first());
    private final List<BackupOptions> created = new ArrayList<>();
    private final Backups backups = (server, options) -> {
        created.add(options);
        return jobs.first();
    };
    private final Caller caller = new Caller(new ScriptedServices()
            .with(Jobs.class, jobs)
            .with(BackupCatalog.class, catalog)
            .with(Retention.class, retention)
            .with(Backups.class, backups));

    @Test
    void promisesTheFieldsOfABackup() throws Exception {
        assertThat(caller.call("backup:show", "main", "latest", "--format", "json"))
                .isZero();

        JsonNode json = new ObjectMapper().readTree(caller.out());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "name",
                        "server",
                        "status",
                        "kind",
                        "transport",
                        "format",
                        "parent",
                        "timeline",
                        "systemId",
                        "postgresVersion",
                        "beginTime",
                        "endTime",
                        "beginLsn",
                        "endLsn",
                        "beginWal",
                        "endWal",
                        "sizeBytes",
                        "storedBytes",
                        "walBytes",
                        "fileCount",
                        "tablespaces",
                        "retention",
                        "error");
        assertThat(json.get("endTime").asText()).isEqualTo("2026-11-20T12:00:12.500Z");
        assertThat(json.get("endWal").asText()).isEqualTo("000000010000000000000002");
        assertThat(json.get("kind").asText()).isEqualTo("full");
        assertThat(json.get("retention").asText()).isEqualTo("OBSOLETE*");
        assertThat(json.get("sizeBytes").isNumber()).isTrue();
        assertThat(json.get("parent").isNull()).isTrue();
        assertThat(json.get("tablespaces").get(0).get("oid").asLong()).isEqualTo(16400);
    }

    @Test
    void listsOneDocumentAndGoesOnAfterAnUnknownServer() throws Exception {
        assertThat(caller.call("backup:list", "other", "main", "--format", "json"))
                .isEqualTo(2);

        assertThat(new ObjectMapper().readTree(caller.out())).hasSize(1);
        assertThat(caller.err()).isEqualTo("MATR-1002: no server 'other'\nHINT: run server:list.\n");
    }

    @Test
    void cutsNothingOnATerminalOf80Columns() {
        assertThat(caller.onTerminal(80).call("backup:list", "main")).isZero();

        assertThat(caller.out()).contains("20261120T120000", "2026-11-20T12:00:12Z", "OBSOLETE*");
        assertThat(caller.out().replaceAll("\u001b\\[\\d*m", "").lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void claimsNoSizeForABackupThatBroke() {
        catalog.hold(ScriptedCatalog.backup()
                .withStatus(BackupStatus.FAILED, Optional.of("the job was stopped"))
                .withSize(BackupSize.NONE));

        assertThat(caller.call("backup:list", "main")).isZero();
        assertThat(caller.out()).contains("FAILED").doesNotContain("0 B");
        assertThat(caller.out().lines().toList().get(2).split("\\s*\\|\\s*")).endsWith("-", "-", "OBSOLETE*");
        assertThat(caller.call("backup:show", "main", "latest")).isZero();
        assertThat(caller.out()).doesNotContain("0 B");
    }

    @Test
    void saysHowToGoOnAfterABackupThatBrokeOff() {
        catalog.hold(ScriptedCatalog.backup().withStatus(BackupStatus.FAILED, Optional.of("WAL 1 is gone")));
        assertThat(caller.call("backup:list", "main")).isZero();
        assertThat(caller.err()).as("it has all its files").isEmpty();
        Backup begun = ScriptedCatalog.backup();
        catalog.hold(begun.withOrigin(
                        begun.source(), BackupSpan.startedAt(begun.span().beginTime()))
                .withStatus(BackupStatus.FAILED, Optional.of("the job was stopped")));

        assertThat(caller.call("backup:list", "main")).isZero();

        assertThat(caller.err())
                .isEqualTo(
                        "HINT: backup 20261120T120000 of server main broke off; the next backup:create takes over what it has"
                                + " stored, unless backup_method is streaming; backup:delete main 20261120T120000 removes it.\n");
    }

    @Test
    void listsIdsOnly() {
        assertThat(caller.call("backup:list", "main", "--minimal")).isZero();

        assertThat(caller.out()).isEqualTo("20261120T120000\n");
    }

    @Test
    void createsABackupAndWaitsForIt() {
        jobs.then(DONE);

        assertThat(caller.call("backup:create", "main", "--name", "x", "--no-retry", "--bwlimit", "100", "--no-resume"))
                .isZero();

        assertThat(created.get(0).name()).contains("x");
        assertThat(created.get(0).retryTimes()).contains(0);
        assertThat(created.get(0).resume()).isFalse();
        assertThat(created.get(0).bandwidthLimitKib()).contains(100);
        assertThat(created.get(0).immediateCheckpoint()).isEqualTo(Optional.empty());
        assertThat(caller.out()).isEqualTo("backup 20261120T120000 of server main is DONE: 2.9 KiB in 0:12\n");
    }

    @Test
    void printsTheJobInTheBackground() {
        assertThat(caller.call("backup:create", "main", "--background")).isZero();

        assertThat(caller.out()).isEqualTo("7\n");
    }

    @Test
    void cancelsTheJobOnCtrlCAndWaitsForItsEnd() {
        assertThat(caller.call("backup:create", "main", "main2")).isEqualTo(130);

        assertThat(jobs.cancelled()).containsExactly(7L);
        assertThat(created).hasSize(1);
        assertThat(caller.err()).contains("cancelling job 7\n").contains("MATR-8002: job 7 is CANCELLED\nHINT: ");
    }

    @Test
    void tellsTheEndEvenIfOneCtrlCInterruptsTwice() {
        jobs.interruptedAgain();

        assertThat(caller.call("backup:create", "main")).isEqualTo(130);

        assertThat(caller.err()).contains("cancelling job 7\n").contains("MATR-8002: job 7 is CANCELLED\nHINT: ");
    }

    @Test
    void refusesOptionsThatExcludeEachOther() {
        assertThat(caller.call("backup:create", "main", "--no-retry", "--retry-times", "3"))
                .isEqualTo(2);
        assertThat(caller.call("backup:create", "main", "--immediate-checkpoint", "--no-immediate-checkpoint"))
                .isEqualTo(2);
        assertThat(created).isEmpty();
    }

    @Test
    void printsWhatADeletionWouldDelete() {
        assertThat(caller.call("backup:delete", "main", "oldest", "--dry-run")).isZero();

        assertThat(catalog.deletions()).isZero();
        assertThat(caller.out()).isEqualTo("""
                        would delete backup 20261120T120000 of server main, 2.0 KiB
                        would delete 1 WAL file, 000000010000000000000002 to 000000010000000000000002
                        would free 4.0 KiB
                        """);
    }

    @Test
    void keepsABackup() {
        assertThat(caller.call("backup:keep", "main", "latest", "--target", "standalone"))
                .isZero();
        assertThat(retention.kept()).contains(KeepTarget.STANDALONE);
        assertThat(caller.out()).isEqualTo("backup 20261120T120000 of server main is kept: standalone\n");

        assertThat(caller.call("backup:keep", "main", "latest", "--target", "full", "--format", "json"))
                .isZero();
        assertThat(caller.out()).contains("\"keep\" : \"full\"");

        assertThat(caller.call("backup:keep", "main", "latest", "--release")).isZero();
        assertThat(retention.kept()).isEmpty();
        assertThat(caller.out()).isEqualTo("backup 20261120T120000 of server main is kept no longer\n");

        assertThat(caller.call("backup:keep", "main", "latest", "--status")).isZero();
        assertThat(caller.out()).isEqualTo("nokeep\n");
        for (String[] wrong :
                new String[][] {{}, {"--target", "all"}, {"--release", "--status"}, {"--target", "full", "--status"}}) {
            String[] words =
                    Stream.concat(Stream.of("main", "latest"), Stream.of(wrong)).toArray(String[]::new);
            assertThat(caller.call("backup:keep", words)).isEqualTo(2);
        }
    }

    @Test
    void deletes() {
        jobs.then(DONE);

        assertThat(caller.call("backup:delete", "main", "oldest")).isZero();

        assertThat(catalog.deletions()).isEqualTo(1);
        assertThat(caller.out()).startsWith("deleted backup 20261120T120000 of server main");
    }

    @Test
    void saysWhatIsNotSound() {
        jobs.then(ScriptedJobs.failed(4005, "backup is not sound", "take another."));

        assertThat(caller.call("backup:verify", "main", "latest", "--no-progress"))
                .isEqualTo(1);

        assertThat(caller.out()).isEqualTo("""
                        base/1/2: checksum differs
                        not checked: the content of 1 file
                        backup 20261120T120000 of server main is NOT sound: 900 files checked, 3.0 KiB read
                        """.replace("3.0", "2.9"));
        assertThat(caller.err()).isEqualTo("MATR-4005: backup is not sound\nHINT: take another.\n");
    }

    @Test
    void listsFiles() {
        assertThat(caller.call("backup:files", "main", "latest")).isZero();
        assertThat(caller.out()).isEqualTo("/srv/STANDALONE/a b\n");

        assertThat(caller.call("backup:files", "main", "latest", "--target", "wal"))
                .isZero();
        assertThat(caller.out()).isEqualTo("/srv/WAL/a b\n");
    }

    @Test
    void failsWhereWalIsMissing() {
        assertThat(caller.call("backup:check", "main", "latest")).isEqualTo(1);

        assertThat(caller.out())
                .isEqualTo("backup 20261120T120000 of server main is FAILED: 000000010000000000000002 is missing\n");
    }
}
