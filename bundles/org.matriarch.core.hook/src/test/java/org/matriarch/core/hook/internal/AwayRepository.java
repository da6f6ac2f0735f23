package org.matriarch.core.hook.internal;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;

/** A repository whose store has gone, and which never had a directory. */
final class AwayRepository implements Repository {

    @Override
    public String server() {
        return "main";
    }

    @Override
    public Optional<RepositoryIdentity> identity() {
        throw HookEnvironmentTest.away();
    }

    @Override
    public void claim(RepositoryIdentity identity) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public List<Backup> backups() {
        throw HookEnvironmentTest.away();
    }

    @Override
    public Optional<Backup> findBackup(BackupId id) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public BackupWriter begin(NewBackup backup) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public BackupReader open(BackupId id) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public Backup keep(BackupId id, Optional<KeepTarget> target) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public void delete(BackupId id) {
        throw HookEnvironmentTest.away();
    }

    @Override
    public WalArchive wal() {
        throw HookEnvironmentTest.away();
    }
}
