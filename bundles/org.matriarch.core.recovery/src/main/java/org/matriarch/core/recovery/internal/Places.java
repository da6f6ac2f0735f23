package org.matriarch.core.recovery.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/** The directories that one restore fills, and whether they can take it. */
final class Places {

    private static final long DATA = 0;

    private final HostFiles files;
    private final RestoreRequest request;
    private final Backup backup;
    private final Map<Long, Destination> byArea = new TreeMap<>();

    Places(HostFiles files, RestoreRequest request, Backup backup, Map<Long, Path> tablespaces) {
        this.files = files;
        this.request = request;
        this.backup = backup;
        byArea.put(DATA, Destination.ofData(request.destination()));
        for (Tablespace tablespace : backup.source().tablespaces()) {
            byArea.put(
                    tablespace.oid(),
                    Destination.ofTablespace(
                            tablespace.name(),
                            requireNonNull(tablespaces.get(tablespace.oid()), "every tablespace has a place")));
        }
    }

    /** Refuses places that cannot take the files, or that hold what must not get lost. */
    void requireUsable() throws IOException {
        for (Destination place : byArea.values()) {
            for (Destination other : byArea.values()) {
                requireApart(place, other);
            }
        }
        for (Map.Entry<Long, Destination> place : byArea.entrySet()) {
            requireFree(place.getKey(), place.getValue());
            place.getValue().requireWritable(files);
        }
    }

    private void requireFree(long area, Destination place) throws IOException {
        List<HostFile> content = place.content(files);
        if (!request.isDelta()) {
            place.requireEmpty(files, content);
        } else if (!content.isEmpty() && area == DATA) {
            olderCopy().requireReplaceable(content, backup);
        } else if (!content.isEmpty()) {
            olderCopy().requireOwn(area, place);
        }
    }

    /** Returns what the data directory may hold from before. */
    OlderCopy olderCopy() {
        return new OlderCopy(files, request.isRemote(), data());
    }

    private static void requireApart(Destination place, Destination other) {
        if (!place.equals(other) && place.path().startsWith(other.path())) {
            throw new MatriarchException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    "unable to restore the %s to '%s': that is in the place of the %s"
                            .formatted(place.what(), place.path(), other.what()),
                    "give each its own directory with '--tablespace NAME:DIR'.");
        }
    }

    /**
     * Refuses if a file system has less room than its share of the files needs. Places on one file system are taken together.
     * What an older copy holds counts as free: what is not kept of it, and what has another size, goes before the first byte is
     * written, so that at no moment more is used than before or in the end.
     */
    void requireRoom(List<BackupEntry> entries, long walBytes) throws IOException {
        var neededByArea = new HashMap<Long, Long>(Map.of(DATA, walBytes));
        for (BackupEntry entry : entries) {
            neededByArea.merge(entry.path().tablespaceOid(), entry.sizeBytes(), Long::sum);
        }
        var needed = new TreeMap<String, Long>();
        var usable = new TreeMap<String, Long>();
        var placeOf = new TreeMap<String, Destination>();
        for (Map.Entry<Long, Destination> place : byArea.entrySet()) {
            HostFiles.Room room = files.room(
                    Directories.nearestExisting(files, place.getValue().path()));
            needed.merge(room.fileSystem(), neededByArea.getOrDefault(place.getKey(), 0L), Long::sum);
            usable.putIfAbsent(room.fileSystem(), room.usableBytes());
            usable.merge(room.fileSystem(), olderBytes(place.getKey(), place.getValue()), Long::sum);
            placeOf.putIfAbsent(room.fileSystem(), place.getValue());
        }
        needed.forEach((fileSystem, bytes) -> {
            long free = usable.getOrDefault(fileSystem, 0L);
            if (free < bytes) {
                Destination place = requireNonNull(placeOf.get(fileSystem), "every file system has a place");
                throw place.unusable(
                        files,
                        "%d bytes are needed and %d are free".formatted(bytes, free),
                        "free some room, or choose another place.",
                        null);
            }
        });
    }

    private long olderBytes(long area, Destination place) throws IOException {
        if (!request.isDelta()) {
            return 0;
        }
        // A file that has other names as well frees nothing when this one goes.
        return DeltaComparison.found(files, area, place.path(), backup).stream()
                .filter(file -> file.kind() == HostFile.Kind.FILE && file.links() == 1)
                .mapToLong(HostFile::sizeBytes)
                .sum();
    }

    private Destination data() {
        return requireNonNull(byArea.get(DATA), "the data directory is always there");
    }
}
