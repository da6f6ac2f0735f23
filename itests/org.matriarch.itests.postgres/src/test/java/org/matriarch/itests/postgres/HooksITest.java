package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Hooks around real work: every exit code in every phase, what they are told, and what they can delay and stop. */
final class HooksITest {

    private static final String NASTY = "it's \"mine\" $(touch pwned) `touch pwned`";
    private static final String[] ALWAYS = {
        "BARMAN_CONFIGURATION",
        "BARMAN_ERROR",
        "BARMAN_HOOK",
        "BARMAN_PHASE",
        "BARMAN_RETRY",
        "BARMAN_SERVER",
        "BARMAN_VERSION"
    };
    private static final String[] OF_BACKUP = {
        "BARMAN_BACKUP_DIR",
        "BARMAN_BACKUP_ID",
        "BARMAN_BACKUP_INFO_PATH",
        "BARMAN_NEXT_ID",
        "BARMAN_PREVIOUS_ID",
        "BARMAN_STATUS"
    };
    private static final String[] OF_WAL = {
        "BARMAN_COMPRESSION", "BARMAN_FILE", "BARMAN_SEGMENT", "BARMAN_SIZE", "BARMAN_TIMESTAMP"
    };
    private static final String[] OF_RESTORE = {
        "BARMAN_DESTINATION_DIRECTORY", "BARMAN_RECOVER_OPTIONS", "BARMAN_REMOTE_COMMAND", "BARMAN_TABLESPACES"
    };

    private static EmbeddedPostgres server;
    private static Container container;
    private static RecordingScript script;
    private static Path home;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgres.builder(17).walSegmentMebibytes(1).start();
        container = Container.start();
        home = container.data().resolve(NASTY);
        script = new RecordingScript(container.data().resolve("hooks of " + NASTY));
        container.configure("org.matriarch.cfg", "matriarch_home = %s\n".formatted(home));
        container.care("main", server, with(script.hooks(), "compression = gzip"));
        container.care("other", server, "plugin_wait = 1 SECONDS");
    }

    @AfterAll
    static void stop() {
        container.close();
        server.close();
    }

    @Test
    void runInOrderAndAreToldEverything() {
        deleteBackups();
        String first = container.backUp("main");
        String segment = closeSegment();
        awaitJournal(segment, RecordingScript.inOrder("archive", 0, 0, 0, 0));
        String second = container.backUp("main");
        Path restored = container.restore("main", first, "--target-immediate", "--target-action", "promote");
        container.ok("backup:delete", "main", first);

        assertThat(script.journal(first))
                .containsSubsequence(RecordingScript.inOrder("backup", 0, 0, 0, 0))
                .containsSubsequence(RecordingScript.inOrder("recovery", 0, 0, 0, 0))
                .containsSubsequence(RecordingScript.inOrder("delete", 0, 0, 0, 0))
                .hasSize(12);
        assertThat(script.journal(segment))
                .containsExactlyElementsOf(both(
                        RecordingScript.inOrder("archive", 0, 0, 0, 0),
                        RecordingScript.inOrder("wal_delete", 0, 0, 0, 0)));
        backupEnvironment(first, second);
        walEnvironment(segment);
        restoreEnvironment(first, restored);
        assertThat(container.data().resolve("pwned")).doesNotExist();
        assertThat(container.log())
                .contains("pre_backup_script of server 'main' says: the hook says pre.backup_script");
    }

    private static void backupEnvironment(String id, String next) {
        Map<String, String> before = script.environment("pre.backup_retry_script", id);
        Path directory = home.resolve("main");
        assertThat(before).containsOnlyKeys(with(ALWAYS, OF_BACKUP));
        assertThat(before)
                .containsEntry(
                        "BARMAN_BACKUP_DIR",
                        directory.resolve("base").resolve(id).toString())
                .containsEntry(
                        "BARMAN_BACKUP_INFO_PATH",
                        directory.resolve("meta").resolve(id + "-backup.info").toString())
                .containsEntry("BARMAN_BACKUP_ID", id)
                .containsEntry("BARMAN_STATUS", "EMPTY")
                .containsEntry("BARMAN_NEXT_ID", "")
                .containsEntry("BARMAN_ERROR", "")
                .containsEntry("BARMAN_HOOK", "backup_retry_script")
                .containsEntry("BARMAN_PHASE", "pre")
                .containsEntry("BARMAN_RETRY", "1")
                .containsEntry("BARMAN_SERVER", "main")
                .containsEntry("BARMAN_VERSION", "3.17.0")
                .containsEntry(
                        "BARMAN_CONFIGURATION",
                        container.data().resolve("etc/org.matriarch.cfg").toString());
        assertThat(script.environment("post.backup_script", id)).containsEntry("BARMAN_STATUS", "DONE");
        assertThat(script.environment("pre.backup_script", next)).containsEntry("BARMAN_PREVIOUS_ID", id);
        assertThat(script.environment("post.delete_script", id))
                .containsOnlyKeys(with(ALWAYS, OF_BACKUP))
                .containsEntry("BARMAN_NEXT_ID", next)
                .containsEntry("BARMAN_STATUS", "DONE");
    }

    private static void walEnvironment(String segment) {
        Map<String, String> before = script.environment("pre.archive_script", segment);
        Map<String, String> after = script.environment("post.archive_retry_script", segment);
        String archived = home.resolve("main/wals")
                .resolve(segment.substring(0, 16))
                .resolve(segment)
                .toString();
        assertThat(before)
                .containsOnlyKeys(with(ALWAYS, OF_WAL))
                .containsEntry("BARMAN_SEGMENT", segment)
                .containsEntry(
                        "BARMAN_FILE",
                        home.resolve("main/streaming").resolve(segment).toString())
                .containsEntry("BARMAN_SIZE", "1048576")
                .containsEntry("BARMAN_COMPRESSION", "");
        assertThat(before.get("BARMAN_TIMESTAMP")).matches("\\d{10}\\.\\d{1,6}");
        assertThat(after)
                .containsOnlyKeys(with(ALWAYS, OF_WAL))
                .containsEntry("BARMAN_FILE", archived)
                .containsEntry("BARMAN_COMPRESSION", "gzip")
                .containsEntry("BARMAN_TIMESTAMP", before.get("BARMAN_TIMESTAMP"));
        assertThat(Long.parseLong(after.get("BARMAN_SIZE"))).isBetween(1L, 1_048_575L);
        assertThat(script.foundFile("pre.archive_script", segment)).isTrue();
        assertThat(script.foundFile("post.archive_script", segment)).isTrue();
        assertThat(script.environment("pre.wal_delete_script", segment))
                .containsOnlyKeys(with(ALWAYS, OF_WAL))
                .containsEntry("BARMAN_FILE", archived);
        assertThat(script.foundFile("pre.wal_delete_script", segment)).isTrue();
        assertThat(script.foundFile("post.wal_delete_script", segment)).isFalse();
    }

    private static void restoreEnvironment(String id, Path restored) {
        assertThat(script.environment("pre.recovery_script", id))
                .containsOnlyKeys(with(with(ALWAYS, OF_BACKUP), OF_RESTORE))
                .containsEntry("BARMAN_DESTINATION_DIRECTORY", restored.toString())
                .containsEntry("BARMAN_TABLESPACES", "")
                .containsEntry("BARMAN_REMOTE_COMMAND", "")
                .containsEntry(
                        "BARMAN_RECOVER_OPTIONS", "{\"target_action\": \"promote\", \"target_immediate\": true}");
    }

    /** 0 is everywhere else; here are the codes that mean something, and those that mean nothing. */
    @Test
    void followTheCodesOfScripts() throws InterruptedException {
        deleteBackups();
        String id = container.backUp("main");
        String segment = currentSegment();
        planCodes("archive", " " + segment);
        planCodes("backup", "");
        planCodes("recovery", "");

        closeSegment();
        Process backup = container.begin("backup:create", "main", "--wait"); // beside the restore, to save time
        container.restore("main", id);
        assertThat(backup.waitFor()).isZero();
        String keeper = script.lastBackup();

        assertThat(script.journal(id)).containsAll(codes("recovery"));
        assertThat(script.journal(keeper)).containsExactlyElementsOf(codes("backup"));
        awaitJournal(segment, codes("archive"));
        planCodes("delete", "");
        planCodes("wal_delete", " " + segment);
        container.ok("backup:delete", "main", id);
        assertThat(script.journal(id)).containsSubsequence(codes("delete"));
        assertThat(script.journal(segment)).endsWith(codes("wal_delete").toArray(String[]::new));
        assertThat(container.ok("backup:list", "main", "--minimal").out())
                .contains(keeper)
                .doesNotContain(id);
    }

    @Test
    void stopTheWorkBeforeItBegins() {
        script.plan("pre.backup_script", "63");
        script.plan("pre.backup_retry_script", "63");
        script.plan("post.backup_retry_script", "62");
        Container.Result refused = container.run("backup:create", "main");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.error()).contains("MATR-8006: pre_backup_retry_script of server 'main' stopped '");
        String id = script.lastBackup();
        assertThat(script.journal(id)).containsExactlyElementsOf(RecordingScript.inOrder("backup", 63, 63, 62, 0));
        assertThat(script.environment("post.backup_script", id))
                .containsEntry("BARMAN_STATUS", "FAILED")
                .hasEntrySatisfying(
                        "BARMAN_ERROR",
                        error -> assertThat(error)
                                .isEqualTo("pre_backup_retry_script of server 'main' stopped '%s'".formatted(id)));

        String whole = container.backUp("main");
        script.plan("pre.recovery_retry_script", "63");
        Path destination = container.newDirectory("refused");
        assertThat(container
                        .run("backup:restore", "main", whole, destination.toString())
                        .error())
                .contains("MATR-8006: pre_recovery_retry_script");
        assertThat(destination).doesNotExist();
        script.plan("pre.delete_retry_script", "63");
        assertThat(container.run("backup:delete", "main", whole).error())
                .contains("MATR-8006: pre_delete_retry_script");
        assertThat(script.journal(whole)).endsWith("pre.delete_script 0", "pre.delete_retry_script 63");
        assertThat(container.ok("backup:show", "main", whole).out()).contains("DONE");
    }

    @Test
    void leaveWalInItsQueue() {
        String segment = currentSegment();
        script.plan("pre.archive_retry_script " + segment, "63!");
        closeSegment();

        eventually(() -> assertThat(container.run("server:check", "main").out())
                .contains("MATR-8006: pre_archive_retry_script of server 'main' stopped '%s'".formatted(segment)));
        assertThat(archived("main")).doesNotContain(inList(segment));
        assertThat(home.resolve("main/streaming").resolve(segment)).exists();

        script.unplan("pre.archive_retry_script " + segment);
        awaitArchived("main", segment);
        awaitArchiveHooks(segment);
    }

    @Test
    void hangWithoutDelayingAnybodyElse() {
        String segment = currentSegment();
        script.plan("pre.archive_retry_script " + segment, "hang");
        closeSegment();
        awaitJournal(segment, List.of("pre.archive_script 0", "pre.archive_retry_script hang"));

        awaitArchived("other", segment);
        container.backUp("other");
        String jobs = awaitJob("pre_archive_retry_script " + segment);
        container.ok("backup:create", "main");
        container.ok("job:cancel", jobs);

        awaitArchived("main", segment);
        awaitArchiveHooks(segment);
        assertThat(script.journal(segment))
                .containsSubsequence("pre.archive_retry_script hang", "post.archive_retry_script 0");
    }

    @Test
    void waitForTheirRunner() throws Exception {
        container.karaf("bundle:start org.matriarch.hook.script"); // from now on, the prompt answers soon
        script.plan("pre.backup_retry_script", "1!");
        Process backup = container.begin("backup:create", "main", "--wait");
        awaitJob("pre_backup_retry_script");
        container.karaf("bundle:stop org.matriarch.hook.script");
        eventually(() -> assertThat(container.ok("job:list", "--format", "json").out())
                .contains("waiting for hook runner 'script'"));
        script.unplan("pre.backup_retry_script");
        assertThat(container.ok("plugin:list").out()).containsPattern("script +\\| MISSING .*main");
        String segment = closeSegment();
        eventually(() -> assertThat(container.run("server:check", "main").out())
                .contains("MATR-8003: unable to run the archive scripts of server 'main'"));
        container.configureServer("other", server, "plugin_wait = 1 SECONDS", "pre_backup_script = true");
        eventually(() -> assertThat(container.run("backup:create", "other").error())
                .contains("MATR-8003: unable to run the backup scripts of server 'other': hook runner 'script' is not")
                .contains("feature:install matriarch-hook-script"));

        container.karaf("bundle:start org.matriarch.hook.script");

        assertThat(backup.waitFor()).isZero();
        awaitArchived("main", segment);
        container.ok("backup:create", "other");
        assertThat(container.ok("plugin:list").out())
                .containsPattern("hook runner +\\| script +\\| ACTIVE .*main, other");
    }

    /** The plain ones end with what would mean something elsewhere; the others fail once before they give up. */
    private static void planCodes(String event, String about) {
        script.plan("pre.%s_script%s".formatted(event, about), "63");
        script.plan("pre.%s_retry_script%s".formatted(event, about), "1", "62");
        script.plan("post.%s_retry_script%s".formatted(event, about), "1", "63");
        script.plan("post.%s_script%s".formatted(event, about), "62");
    }

    private static List<String> codes(String event) {
        return List.of(
                "pre.%s_script 63".formatted(event),
                "pre.%s_retry_script 1".formatted(event),
                "pre.%s_retry_script 62".formatted(event),
                "post.%s_retry_script 1".formatted(event),
                "post.%s_retry_script 63".formatted(event),
                "post.%s_script 62".formatted(event));
    }

    private static String currentSegment() {
        return server.query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    }

    private static String closeSegment() {
        return DatabaseHost.closeSegment(server);
    }

    private static void awaitJournal(String about, List<String> lines) {
        eventually(() -> assertThat(script.journal(about)).containsExactlyElementsOf(lines));
    }

    private static void awaitArchiveHooks(String segment) {
        eventually(() -> assertThat(script.journal(segment))
                .endsWith(RecordingScript.inOrder("archive", 0, 0, 0, 0).toArray(String[]::new)));
    }

    /** WAL is deleted with the oldest backup only. */
    private static void deleteBackups() {
        for (String id :
                container.ok("backup:list", "main", "--minimal").out().lines().toList()) {
            container.ok("backup:delete", "main", id);
        }
    }

    private static void awaitArchived(String name, String segment) {
        eventually(() -> assertThat(archived(name)).contains(inList(segment)));
    }

    private static String archived(String name) {
        return container.ok("wal:list", name, "--format", "json").out();
    }

    /** A file that waits is listed, too, but without a description. */
    private static String inList(String segment) {
        return "\"name\" : \"%s\"".formatted(segment);
    }

    /** Waits until a hook is listed as a job that runs; returns its number. */
    private static String awaitJob(String subject) {
        Pattern running = Pattern.compile("\"id\"\\s*:\\s*(\\d+),[^{}]*\"hook:run\"[^{}]*\"" + subject);
        var number = new String[1];
        eventually(() -> {
            Matcher found =
                    running.matcher(container.ok("job:list", "--format", "json").out());
            assertThat(found.find()).isTrue();
            number[0] = found.group(1);
        });
        return number[0];
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(assertion);
    }

    private static List<String> both(List<String> first, List<String> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static String[] with(String[] first, String... more) {
        return both(List.of(first), List.of(more)).toArray(String[]::new);
    }
}
