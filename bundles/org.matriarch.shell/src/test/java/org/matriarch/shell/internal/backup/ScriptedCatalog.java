package org.matriarch.shell.internal.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
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
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.model.WalFileName;

/** Knows one server, {@code main}, with one backup. */
public final class ScriptedCatalog implements BackupCatalog {

    private final Job job;
    private final BackupVerification verification;
    private Backup backup = backup();
    private int deletions;

    /** Answers with a job, and with the outcome of a verification. */
    public ScriptedCatalog(Job job, BackupVerification verification) {
        this.job = job;
        this.verification = verification;
    }

    /** Returns the backup. */
    public static Backup backup() {
        return new Backup(
                new BackupId("20261120T120000"),
                Optional.of("nightly"),
                "main",
                BackupStatus.DONE,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource(
                        "7001",
                        new PostgresVersion(160015),
                        1,
                        16 << 20,
                        "/var/lib/pg",
                        List.of(new Tablespace("fast", 16400, "/ssd/fast"))),
                new BackupSpan(
                        Instant.parse("2026-11-20T12:00:00Z"),
                        Optional.of(Instant.parse("2026-11-20T12:00:12.5Z")),
                        Optional.of(Lsn.parse("0/2000028")),
                        Optional.of(Lsn.parse("0/3000000"))),
                new BackupSize(3000, 2000, 1000, 900),
                RetentionStatus.POTENTIALLY_OBSOLETE,
                Optional.empty());
    }

    /** Lets the one backup be another. */
    void hold(Backup other) {
        backup = other;
    }

    int deletions() {
        return deletions;
    }

    @Override
    public List<Backup> backups(String server) {
        if (!server.equals("main")) {
            throw new MatriarchException(
                    ErrorCode.SERVER_UNKNOWN, "no server '%s'".formatted(server), "run server:list.");
        }
        return List.of(backup);
    }

    @Override
    public Backup requireRestorable(String server, String selector) {
        return requireBackup(server, selector);
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        return backups(server).get(0);
    }

    @Override
    public List<String> files(String server, String selector, FileSelection selection) {
        return List.of("/srv/" + selection + "/a b");
    }

    @Override
    public Backup check(String server, String selector) {
        return backup().withStatus(BackupStatus.FAILED, Optional.of("000000010000000000000002 is missing"));
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        return job;
    }

    @Override
    public BackupVerification verification(long jobId) {
        return verification;
    }

    @Override
    public DeletionPlan planDeletion(String server, String selector) {
        return new DeletionPlan(server, backups(server), List.of(new WalFileName("000000010000000000000002")), 4096);
    }

    @Override
    public Job delete(DeletionPlan plan) {
        deletions++;
        return job;
    }

    @Override
    public List<Backup> recheck(String server) {
        return List.of();
    }

    @Override
    public Optional<Job> resumeDeletion(String server) {
        return Optional.empty();
    }
}
