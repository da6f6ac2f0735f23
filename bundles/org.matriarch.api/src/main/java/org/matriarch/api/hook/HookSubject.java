package org.matriarch.api.hook;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.repository.Repository;

/** What a hook is told about. */
public sealed interface HookSubject {

    /** Returns what it is about in a word: the id of a backup, the name of a WAL file. */
    String label();

    /**
     * A backup that is taken or deleted.
     *
     * @param backup as it stands
     * @param repository where it is, or was
     */
    record OfBackup(Backup backup, Repository repository) implements HookSubject {

        @Override
        public String label() {
            return backup.id().value();
        }
    }

    /**
     * A WAL file that is archived or deleted.
     *
     * @param file where it lies, on this host; empty if it does not
     * @param sizeBytes size of that file, perhaps compressed
     * @param modified when it was last written
     * @param compression id of the compressor; empty if it is as PostgreSQL wrote it
     */
    record OfWal(WalFileName name, Optional<Path> file, long sizeBytes, Instant modified, Optional<String> compression)
            implements HookSubject {

        @Override
        public String label() {
            return name.value();
        }
    }

    /** A backup that is restored. */
    record OfRestore(Backup backup, Repository repository, RestoreRequest request) implements HookSubject {

        @Override
        public String label() {
            return backup.id().value();
        }
    }
}
