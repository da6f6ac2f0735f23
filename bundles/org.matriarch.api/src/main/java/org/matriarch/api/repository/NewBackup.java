package org.matriarch.api.repository;

import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.postgres.ServerFacts;

/** What is known of a backup before its first byte. */
public record NewBackup(
        Optional<String> name,
        BackupKind kind,
        String transport,
        Optional<BackupId> parent,
        Instant beginTime,
        ServerFacts facts) {}
