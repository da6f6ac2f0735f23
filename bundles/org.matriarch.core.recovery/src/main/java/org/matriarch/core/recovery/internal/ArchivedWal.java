package org.matriarch.core.recovery.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;

/** The WAL that a restore can draw on: the archive, and what the streaming receiver holds but has not archived yet. */
final class ArchivedWal {

    private final WalArchive archive;
    private final Path streamingDirectory;

    ArchivedWal(WalArchive archive, Path streamingDirectory) {
        this.archive = archive;
        this.streamingDirectory = streamingDirectory;
    }

    /** Returns the file that holds a segment: whole if there is one, else as far as it was received. */
    Optional<WalFileName> find(WalFileName segment) {
        if (isThere(segment)) {
            return Optional.of(segment);
        }
        return isThere(segment.partial()) ? Optional.of(segment.partial()) : Optional.empty();
    }

    /** Returns the history of a timeline, if it is known. */
    Optional<TimelineHistory> history(int timeline) {
        return archive.history(timeline);
    }

    /** Returns the names of all history files. */
    List<WalFileName> histories() {
        return archive.entries().stream()
                .map(WalEntry::name)
                .filter(name -> name.kind() == WalFileName.Kind.HISTORY)
                .toList();
    }

    /** Returns the newest archived segment of a timeline. */
    Optional<WalFileName> newest(int timeline) {
        return archive.entries().stream()
                .map(WalEntry::name)
                .filter(name -> name.isSegment() && name.timeline() == timeline)
                .max(WalFileName::compareTo);
    }

    private boolean isThere(WalFileName name) {
        return archive.contains(name) || Files.isRegularFile(streamingDirectory.resolve(name.value()));
    }
}
