package org.matriarch.core.backup.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.testkit.repository.InMemoryRepository;

/** Answers the check of a new backup with one status after another, the last one for ever. */
final class StubCatalog implements BackupCatalog {

    final Deque<BackupStatus> checks = new ArrayDeque<>(List.of(BackupStatus.DONE));
    Optional<String> reason = Optional.empty();
    Optional<MatriarchException> failure = Optional.empty();
    private final InMemoryRepository repository;

    StubCatalog(InMemoryRepository repository) {
        this.repository = repository;
    }

    @Override
    public Backup check(String server, String selector) {
        if (failure.isPresent()) {
            throw failure.get();
        }
        BackupStatus status = checks.size() > 1 ? checks.poll() : checks.element();
        return repository.findBackup(new BackupId(selector)).orElseThrow().withStatus(status, reason);
    }

    @Override
    public List<Backup> backups(String server) {
        return repository.backups();
    }

    @Override
    public Backup requireRestorable(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> files(String server, String selector, FileSelection selection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BackupVerification verification(long jobId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeletionPlan planDeletion(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Job delete(DeletionPlan plan) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Backup> recheck(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Job> resumeDeletion(String server) {
        throw new UnsupportedOperationException();
    }
}
