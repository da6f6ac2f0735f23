package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupPlace;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A repository in Barman's layout. */
final class PlainRepository implements Repository {

    private static final Logger LOG = LoggerFactory.getLogger(PlainRepository.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final ObjectStore store;
    private final Layout layout;
    private final BackupFields fields;
    private final BackupRecords records;
    private final Path spoolDirectory;
    private final Compressors compressors;
    private final WalArchive wal;
    private final Custody custody;

    PlainRepository(
            ObjectStore store,
            Layout layout,
            BackupRecords records,
            Path spoolDirectory,
            Compressors compressors,
            WalArchive wal,
            Custody custody) {
        this.store = store;
        this.layout = layout;
        this.fields = records.fields();
        this.records = records;
        this.spoolDirectory = spoolDirectory;
        this.compressors = compressors;
        this.wal = wal;
        this.custody = custody;
    }

    @Override
    public String server() {
        return layout.server();
    }

    @Override
    public Optional<RepositoryIdentity> identity() {
        ObjectName name = layout.identity();
        try (InputStream in = store.open(name, 0)) {
            return Optional.of(parseIdentity(in));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        } catch (IOException | NumberFormatException e) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_UNREADABLE,
                    "unable to read '%s' in store '%s': %s".formatted(name, store.id(), e.getMessage()),
                    "restore the file from a copy; only if no backup is of value to you, delete it.",
                    e);
        }
    }

    @Override
    public void claim(RepositoryIdentity identity) {
        custody.require();
        Optional<RepositoryIdentity> owner = identity();
        if (owner.isEmpty()) {
            byte[] content = "{\n    \"systemid\": \"%s\",\n    \"version\": \"%d\"\n}\n"
                    .formatted(identity.systemId(), identity.majorVersion())
                    .getBytes(UTF_8);
            try {
                store.put(layout.identity(), new ByteArrayInputStream(content), content.length);
                LOG.info("repository of server '{}' claimed for system '{}'", layout.server(), identity.systemId());
                return;
            } catch (ObjectExistsException e) {
                owner = identity(); // somebody else was faster
            } catch (StorageException e) {
                throw StoreFailures.of(e);
            }
        }
        String found = owner.map(RepositoryIdentity::systemId).orElse("");
        if (!found.equals(identity.systemId())) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_FOREIGN,
                    "the repository of server '%s' holds PostgreSQL system '%s', but the server is system '%s'"
                            .formatted(layout.server(), found, identity.systemId()),
                    "correct 'conninfo', or give this server another name, so that it gets a repository of its own.");
        }
    }

    @Override
    public List<Backup> backups() {
        return records.all();
    }

    @Override
    public Optional<Backup> findBackup(BackupId id) {
        return records.find(id);
    }

    @Override
    public BackupWriter begin(NewBackup begun) {
        LocalDateTime start = fields.local(begun.beginTime());
        try {
            while (true) {
                Backup backup = describe(BackupId.startingAt(start), begun);
                BackupInfo info = BackupInfo.empty().with(fields.begun(backup, begun.facts()));
                if (records.create(backup.id(), info)) {
                    records.journals().sweep(id -> store.find(layout.info(id)).isPresent());
                    Journal journal =
                            records.journals().begin(backup.id(), begun.facts().clock());
                    return new PlainBackupWriter(store, layout, records, fields, spoolDirectory, backup, journal);
                }
                start = start.plusSeconds(1); // ids are of whole seconds: two of one second take turns
            }
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error) {
        return records.update(id, BackupFields.status(status, error));
    }

    @Override
    public Backup keep(BackupId id, Optional<KeepTarget> target) {
        return records.keep(id, target);
    }

    @Override
    public Optional<BackupPlace> place(BackupId id) {
        return store.directory(layout.metaPrefix())
                .flatMap(meta -> store.directory(layout.backupPrefix(id)).map(directory -> {
                    Path record = meta.resolve(id + "-backup.info");
                    Path old = directory.resolve("backup.info");
                    return new BackupPlace(directory, !Files.exists(record) && Files.exists(old) ? old : record);
                }));
    }

    @Override
    public BackupReader open(BackupId id) {
        Backup backup = records.find(id).orElseThrow(() -> records.unknown(id));
        List<BackupArchive> archives = BackupArchive.find(store, layout, backup);
        return archives.isEmpty()
                ? new PlainBackupReader(store, layout, backup)
                : new ArchivedBackupReader(new ArchiveStreams(store, compressors, backup), layout, backup, archives);
    }

    @Override
    public Optional<BrokenBackup> findBroken(BackupId id) {
        return records.find(id)
                .filter(backup -> !backup.status().hasAllFiles())
                .filter(backup -> backup.span().endLsn().isEmpty()) // else it only lacks WAL
                .flatMap(records.journals()::read);
    }

    @Override
    public void delete(BackupId id) {
        records.delete(id);
    }

    @Override
    public WalArchive wal() {
        return wal;
    }

    private Backup describe(BackupId id, NewBackup begun) {
        ServerFacts facts = begun.facts();
        return new Backup(
                id,
                begun.name(),
                layout.server(),
                BackupStatus.STARTED,
                begun.kind(),
                begun.transport(),
                BackupFields.FORMAT,
                begun.parent(),
                new BackupSource(
                        facts.systemId(),
                        facts.version(),
                        facts.timeline(),
                        facts.segmentSizeBytes(),
                        facts.settings().getOrDefault("data_directory", ""),
                        facts.tablespaces()),
                BackupSpan.startedAt(begun.beginTime()),
                BackupSize.NONE,
                RetentionStatus.NONE,
                Optional.empty());
    }

    private static RepositoryIdentity parseIdentity(InputStream in) throws IOException {
        @Nullable String systemId = null;
        String version = "0";
        try (JsonParser json = JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is no JSON object");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "systemid" -> systemId = json.getText();
                    case "version" -> version = json.getText();
                    default -> json.skipChildren();
                }
            }
        }
        if (systemId == null) {
            throw new IOException("it has no 'systemid'");
        }
        // Up to 9.6, a major version had two parts.
        return new RepositoryIdentity(systemId, Integer.parseInt(version.split("\\.", 2)[0]));
    }
}
