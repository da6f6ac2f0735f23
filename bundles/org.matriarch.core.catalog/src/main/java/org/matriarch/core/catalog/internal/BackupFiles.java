package org.matriarch.core.catalog.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.model.WalRange;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;

/** Lists the files of a backup as {@code backup:files} shows them. */
final class BackupFiles {

    private final Repository repository;
    private final Backup backup;
    private final List<Backup> backups;

    BackupFiles(Repository repository, Backup backup, List<Backup> backups) {
        this.repository = repository;
        this.backup = backup;
        this.backups = backups;
    }

    /** Returns paths where the store has files, and names where it has none. */
    List<String> list(FileSelection selection) {
        Stream<String> data = selection == FileSelection.WAL ? Stream.of() : data();
        Stream<WalFileName> wal = switch (selection) {
            case DATA -> Stream.of();
            case STANDALONE -> neededWal();
            case WAL, FULL -> allWal();
        };
        WalArchive archive = repository.wal();
        return Stream.concat(data, wal.map(name -> pathOf(archive, name))).toList();
    }

    private Stream<String> data() {
        BackupReader reader = repository.open(backup.id());
        if (reader.isArchived()) {
            return reader.archives().stream();
        }
        return reader.entries().stream()
                .filter(entry -> !entry.directory())
                .map(BackupEntry::path)
                .map(path -> reader.localFile(path).map(Path::toString).orElse(objectName(path)));
    }

    private Stream<WalFileName> neededWal() {
        var names = new ArrayList<WalFileName>();
        WalArchive archive = repository.wal();
        backup.span()
                .beginLsn()
                .ifPresent(begin -> backup.span().endLsn().ifPresent(end -> {
                    int timeline = backup.source().timeline();
                    TimelineHistory history =
                            archive.history(timeline).orElseGet(() -> TimelineHistory.first(timeline));
                    names.addAll(
                            new WalRange(history, begin, end, backup.source().segmentSizeBytes()).segments());
                }));
        return names.stream().filter(archive::contains);
    }

    private Stream<WalFileName> allWal() {
        return new WalUse(repository.wal().entries(), backups)
                .of(backup).stream().map(WalEntry::name);
    }

    private static String pathOf(WalArchive archive, WalFileName name) {
        return archive.localFile(name).map(Path::toString).orElse(name.value());
    }

    private String objectName(BackupPath path) {
        return "base/%s/%s/%s"
                .formatted(
                        backup.id(),
                        path.tablespaceOid() == 0 ? "data" : Long.toString(path.tablespaceOid()),
                        path.path());
    }
}
