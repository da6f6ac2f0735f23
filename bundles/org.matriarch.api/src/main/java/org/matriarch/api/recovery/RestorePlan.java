package org.matriarch.api.recovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;

/**
 * What a restore will do, step by step, before anything is written.
 *
 * @param request with what its caller left to the configuration filled in
 * @param tablespaces final directory by tablespace oid
 * @param wal files that are copied beside the data, in order; empty if PostgreSQL fetches them
 * @param settings what is written into postgresql.auto.conf, in order
 * @param signalFile recovery.signal or standby.signal, if one is made
 * @param warnings what deserves a look before the server is started: settings of it, and what could not be told
 */
public record RestorePlan(
        RestoreRequest request,
        Backup backup,
        int timeline,
        Map<Long, Path> tablespaces,
        long sizeBytes,
        long fileCount,
        List<WalFileName> wal,
        Map<String, String> settings,
        Optional<String> signalFile,
        List<String> warnings) {}
