package org.matriarch.core.catalog.internal;

import java.util.Optional;
import java.util.Set;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;

/** Tells which job has its hands on a backup. */
final class RunningJobs {

    private static final Set<String> READERS = Set.of("backup:verify", "backup:restore");

    private final Jobs jobs;

    RunningJobs(Jobs jobs) {
        this.jobs = jobs;
    }

    /** Returns whether a running job may be the one that writes this backup; one that has not said which yet, may. */
    boolean mayBeWriting(Backup backup) {
        return jobs.jobs().stream()
                .anyMatch(job -> runs(job, backup.server(), "backup:create")
                        && (job.subject().isEmpty() || isAbout(job, backup)));
    }

    /** Returns whether a backup of the server is being taken. */
    boolean isBackingUp(String server) {
        return jobs.jobs().stream().anyMatch(job -> runs(job, server, "backup:create"));
    }

    /** Returns whether a running job deletes backups of the server. */
    boolean isDeleting(String server) {
        return jobs.jobs().stream()
                .anyMatch(job -> runs(job, server, "backup:delete") || runs(job, server, "retention:apply"));
    }

    /** Returns whether a job writes or reads a backup. */
    boolean isUsed(Backup backup) {
        return user(backup).isPresent();
    }

    /** Refuses a backup that a job writes or reads. */
    void requireUnused(Backup backup) {
        user(backup).ifPresent(job -> {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to delete backup '%s': job %d (%s) works on it"
                            .formatted(backup.id(), job.id(), job.kind()),
                    "wait for it with 'job:watch %d', or stop it with 'job:cancel %d'.".formatted(job.id(), job.id()));
        });
    }

    private Optional<Job> user(Backup backup) {
        return jobs.jobs().stream()
                .filter(job -> !job.state().isEnded() && job.server().equals(backup.server()) && isAbout(job, backup))
                .filter(job -> READERS.contains(job.kind()) || job.kind().equals("backup:create"))
                .findFirst();
    }

    private static boolean runs(Job job, String server, String kind) {
        return !job.state().isEnded()
                && job.server().equals(server)
                && job.kind().equals(kind);
    }

    private static boolean isAbout(Job job, Backup backup) {
        return job.subject().equals(backup.id().value());
    }
}
