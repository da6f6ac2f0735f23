package org.matriarch.core.hook.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookPhase;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.testkit.repository.InMemoryRepository;

/** The variables, one by one, as Barman 3.17 gives them. */
final class HookEnvironmentTest {

    private final HookEnvironment environment = new HookEnvironment(Path.of("/etc/org.matriarch.cfg"));
    private final InMemoryRepository repository = new InMemoryRepository("main");

    @Test
    void describesAWalFile() {
        var hook = new Hook(HookPhase.PRE, HookEvent.WAL_DELETE, true);

        assertThat(environment.of(hook, "main", HookScene.WAL, Optional.empty()))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("BARMAN_VERSION", "3.17.0"),
                        Map.entry("BARMAN_SERVER", "main"),
                        Map.entry("BARMAN_CONFIGURATION", "/etc/org.matriarch.cfg"),
                        Map.entry("BARMAN_HOOK", "wal_delete_retry_script"),
                        Map.entry("BARMAN_RETRY", "1"),
                        Map.entry("BARMAN_PHASE", "pre"),
                        Map.entry("BARMAN_ERROR", ""),
                        Map.entry("BARMAN_SEGMENT", "000000010000000000000001"),
                        Map.entry("BARMAN_FILE", "/srv/in coming/000000010000000000000001"),
                        Map.entry("BARMAN_SIZE", "16777216"),
                        Map.entry("BARMAN_TIMESTAMP", "1795255200.125"),
                        Map.entry("BARMAN_COMPRESSION", "gzip")));
    }

    @Test
    void leavesEmptyWhatIsNotKnown() {
        var wal = new HookSubject.OfWal(
                new WalFileName("00000002.history"), Optional.empty(), 41, Instant.EPOCH, Optional.empty());

        assertThat(environment.of(
                        new Hook(HookPhase.POST, HookEvent.ARCHIVE, false),
                        "main",
                        wal,
                        Optional.of("$(rm -rf /) 'x'")))
                .containsEntry("BARMAN_FILE", "")
                .containsEntry("BARMAN_COMPRESSION", "")
                .containsEntry("BARMAN_TIMESTAMP", "0.0")
                .containsEntry("BARMAN_ERROR", "$(rm -rf /) 'x'")
                .containsEntry("BARMAN_RETRY", "0")
                .containsEntry("BARMAN_HOOK", "archive_script")
                .containsEntry("BARMAN_PHASE", "post");
    }

    @Test
    void describesABackupAmongOthers() {
        Backup backup = backup(3, BackupStatus.STARTED);
        repository.add(backup(1, BackupStatus.DONE));
        repository.add(backup(2, BackupStatus.FAILED));
        repository.add(backup);
        repository.add(backup(4, BackupStatus.WAITING_FOR_WALS));
        repository.add(backup(5, BackupStatus.DONE));
        var subject = new HookSubject.OfBackup(backup, repository);

        Path home = Path.of("in memory/main").toAbsolutePath();

        Map<String, String> before =
                environment.of(new Hook(HookPhase.PRE, HookEvent.BACKUP, false), "main", subject, Optional.empty());

        assertThat(before)
                .hasSize(13)
                .containsEntry("BARMAN_BACKUP_ID", "20261103T030000")
                .containsEntry(
                        "BARMAN_BACKUP_DIR",
                        home.resolve("base/20261103T030000").toString())
                .containsEntry(
                        "BARMAN_BACKUP_INFO_PATH",
                        home.resolve("meta/20261103T030000-backup.info").toString())
                .containsEntry("BARMAN_PREVIOUS_ID", "20261101T030000")
                .containsEntry("BARMAN_NEXT_ID", "20261104T030000")
                .containsEntry("BARMAN_STATUS", "EMPTY");
        assertThat(environment.of(new Hook(HookPhase.PRE, HookEvent.DELETE, false), "main", subject, Optional.empty()))
                .containsEntry("BARMAN_STATUS", "STARTED");
        assertThat(environment.of(new Hook(HookPhase.POST, HookEvent.BACKUP, false), "main", subject, Optional.empty()))
                .containsEntry("BARMAN_STATUS", "STARTED");
    }

    @Test
    void describesABackupWhoseStoreIsAway() {
        Backup backup = backup(3, BackupStatus.DONE);
        var away = new AwayRepository();

        assertThat(environment.of(
                        new Hook(HookPhase.POST, HookEvent.BACKUP, false),
                        "main",
                        new HookSubject.OfBackup(backup, away),
                        Optional.empty()))
                .containsEntry("BARMAN_PREVIOUS_ID", "")
                .containsEntry("BARMAN_NEXT_ID", "")
                .containsEntry("BARMAN_BACKUP_DIR", "")
                .containsEntry("BARMAN_BACKUP_INFO_PATH", "");
    }

    @Test
    void describesARestore() {
        Backup backup = backup(1, BackupStatus.DONE);
        RestoreRequest request = request(
                new RecoveryTarget.Time(Instant.parse("2026-11-20T11:30:30.180268Z")),
                true,
                Map.of("größe", Path.of("/b\"c\\d"), "a", Path.of("/a b")));

        Map<String, String> variables = environment.of(
                new Hook(HookPhase.PRE, HookEvent.RECOVERY, true),
                "main",
                new HookSubject.OfRestore(backup, repository, request),
                Optional.empty());

        assertThat(variables)
                .hasSize(17)
                .containsEntry("BARMAN_BACKUP_ID", "20261101T030000")
                .containsEntry("BARMAN_STATUS", "DONE")
                .containsEntry("BARMAN_DESTINATION_DIRECTORY", "/da ta")
                .containsEntry("BARMAN_REMOTE_COMMAND", "ssh postgres@pg")
                .containsEntry("BARMAN_TABLESPACES", "{\"a\": \"/a b\", \"gr\\u00f6\\u00dfe\": \"/b\\\"c\\\\d\"}")
                .containsEntry(
                        "BARMAN_RECOVER_OPTIONS",
                        "{\"delta_restore\": true, \"exclusive\": true, \"standby_mode\": true, \"target_action\": \"promote\", "
                                + "\"target_time\": \"2026-11-20 11:30:30.180268+00:00\", \"target_tli\": \"latest\"}");
    }

    @Test
    void namesEveryTarget() {
        assertThat(List.of(
                                new RecoveryTarget.Latest(),
                                new RecoveryTarget.Time(Instant.parse("2026-11-20T11:30:30Z")),
                                new RecoveryTarget.Xid(4711),
                                new RecoveryTarget.Name("before \"it\""),
                                new RecoveryTarget.Position(Lsn.parse("0/3000060")),
                                new RecoveryTarget.Immediate())
                        .stream()
                        .map(target -> RestoreOptions.others(plain(target))))
                .containsExactly(
                        "",
                        "{\"target_time\": \"2026-11-20 11:30:30+00:00\"}",
                        "{\"target_xid\": \"4711\"}",
                        "{\"target_name\": \"before \\\"it\\\"\"}",
                        "{\"target_lsn\": \"0/3000060\"}",
                        "{\"target_immediate\": true}");
        assertThat(RestoreOptions.tablespaces(plain(new RecoveryTarget.Latest())))
                .isEmpty();
    }

    private static RestoreRequest plain(RecoveryTarget target) {
        return new RestoreRequest(
                "main",
                "latest",
                Path.of("/data"),
                target,
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static RestoreRequest request(RecoveryTarget target, boolean all, Map<String, Path> tablespaces) {
        return new RestoreRequest(
                "main",
                "latest",
                Path.of("/da ta"),
                target,
                all,
                Optional.of("latest"),
                Optional.of(TargetAction.PROMOTE),
                tablespaces,
                Optional.empty(),
                all,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ZERO),
                all ? Optional.of("ssh postgres@pg") : Optional.empty(),
                Optional.of(all));
    }

    private static Backup backup(int day, BackupStatus status) {
        return new Backup(
                new BackupId("202611%02dT030000".formatted(day)),
                Optional.empty(),
                "main",
                status,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource("7000", new PostgresVersion(160_004), 1, 16L << 20, "/data", List.of()),
                BackupSpan.startedAt(Instant.EPOCH),
                BackupSize.NONE,
                RetentionStatus.NONE,
                Optional.empty());
    }

    static MatriarchException away() {
        return new MatriarchException(ErrorCode.STORE_MISSING, "the store is away", "bring it back.");
    }
}
