package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out how large a server's segments are without asking it: it may be gone when its WAL is wanted. */
final class SegmentSizes {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSizes.class);
    private static final long USUAL = 16L << 20;

    /** The size never changes in the life of a system. */
    private final Map<RepositoryIdentity, Long> known = new ConcurrentHashMap<>();

    long of(Repository repository, StreamingDirectory directory) {
        return find(repository)
                .or(() -> remember(repository.identity(), received(directory)))
                .orElse(USUAL);
    }

    /**
     * Returns the size that a file has to fit, if it is a segment, and what is archived, or a backup, tells. For other files it
     * is not looked for: in an archive without a segment each of them would have it listed.
     */
    Optional<Long> find(Repository repository, WalFileName name) {
        return WalContent.isSegment(name) ? find(repository) : Optional.empty();
    }

    private Optional<Long> find(Repository repository) {
        Optional<RepositoryIdentity> identity = repository.identity();
        Long before = identity.map(known::get).orElse(null);
        if (before != null) {
            return Optional.of(before);
        }
        return remember(identity, archived(repository).or(() -> ofBackups(repository)));
    }

    private Optional<Long> remember(Optional<RepositoryIdentity> identity, Optional<Long> size) {
        if (identity.isPresent() && size.isPresent()) {
            known.put(identity.get(), size.get());
        }
        return size;
    }

    private static Optional<Long> archived(Repository repository) {
        List<WalEntry> entries = repository.wal().entries();
        for (int i = entries.size() - 1; i >= 0; i--) {
            WalFileName name = entries.get(i).name();
            if (name.isSegment()) {
                try (InputStream in = repository.wal().open(name)) {
                    return WalHeader.read(in).map(WalHeader::segmentSizeBytes);
                } catch (IOException | MatriarchException e) {
                    // Its compressor may be away; a list does not need it.
                    LOG.debug("unable to read '{}' of '{}'", name, repository.server(), e);
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Long> received(StreamingDirectory directory) {
        try {
            for (WalFileName name : directory.names()) {
                if (name.isSegment() || name.kind() == WalFileName.Kind.PARTIAL) {
                    return Optional.of(Files.size(directory.path(name))).filter(WalHeader::isSegmentSize);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            // Archived by now, or not to be read: there are other ways to know.
            return Optional.empty();
        }
    }

    private static Optional<Long> ofBackups(Repository repository) {
        return repository.backups().stream()
                .map(backup -> backup.source().segmentSizeBytes())
                .filter(WalHeader::isSegmentSize)
                .findFirst();
    }
}
