package org.matriarch.core.repository.internal;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** Opens the archives of a backup, decompressed by whatever compressor they say they need. Thread-safe. */
final class ArchiveStreams {

    private final ObjectStore store;
    private final Compressors compressors;
    private final Backup backup;

    ArchiveStreams(ObjectStore store, Compressors compressors, Backup backup) {
        this.store = store;
        this.compressors = compressors;
        this.backup = backup;
    }

    ObjectStore store() {
        return store;
    }

    /** Returns the tar archive that an object holds; it is {@link #guard guarded}. */
    InputStream open(ObjectName name) {
        if (name.value().endsWith(BackupArchive.ENCRYPTED)) {
            throw encrypted(name);
        }
        try {
            var stored = new BufferedInputStream(store.open(name, 0));
            boolean opened = false;
            try {
                stored.mark(Compressors.HEAD_BYTES);
                byte[] head = stored.readNBytes(Compressors.HEAD_BYTES);
                stored.reset();
                Optional<String> codec = compressors.recognise(head);
                if (codec.isEmpty() && Encryption.isOpenPgp(head)) {
                    throw encrypted(name);
                }
                InputStream content = codec.isEmpty() ? stored : decompress(codec.get(), stored, name);
                opened = true;
                return guard(content, name);
            } finally {
                if (!opened) {
                    stored.close();
                }
            }
        } catch (ObjectMissingException e) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "archive '%s' of backup '%s' of server '%s' is missing in store '%s'"
                            .formatted(name, backup.id(), backup.server(), store.id()),
                    "restore another backup.",
                    e);
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    private MatriarchException encrypted(ObjectName name) {
        return new MatriarchException(
                ErrorCode.PLUGIN_MISSING,
                "unable to read '%s' in store '%s': it is encrypted with %s"
                        .formatted(name, store.id(), Encryption.GPG),
                "Barman encrypted it: decrypt the file with gpg, into one whose name does not end with '%s', and move the"
                                .formatted(BackupArchive.ENCRYPTED)
                        + " encrypted one away.");
    }

    /** Returns a stream that throws no {@link IOException}, so that its failures are told from those of who takes the bytes. */
    InputStream guard(InputStream content, ObjectName name) {
        return new FilterInputStream(content) {
            @Override
            public int read() {
                try {
                    return in.read();
                } catch (IOException e) {
                    throw failure(name, e);
                }
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                try {
                    return in.read(target, offset, length);
                } catch (IOException e) {
                    throw failure(name, e);
                }
            }
        };
    }

    /** Says that an archive cannot be read, and why. */
    MatriarchException failure(ObjectName name, IOException e) {
        if (e instanceof StorageException storage) {
            return StoreFailures.of(storage);
        }
        if (e instanceof InterruptedIOException) {
            return StoreFailures.of("read '%s'".formatted(name), e);
        }
        return new MatriarchException(
                ErrorCode.BACKUP_CORRUPT,
                "unable to read archive '%s' of backup '%s' of server '%s' in store '%s': %s"
                        .formatted(name, backup.id(), backup.server(), store.id(), e.getMessage()),
                "the archive is damaged: restore another backup.",
                e);
    }

    private InputStream decompress(String id, InputStream stored, ObjectName name) throws IOException {
        String what = "read '%s'".formatted(name);
        Compressor compressor = compressors.require(id, what);
        return new PluginStream(
                () -> compressor.decompress(stored),
                e -> PluginFailures.of(compressor, "compressor '%s'".formatted(id), what, e));
    }
}
