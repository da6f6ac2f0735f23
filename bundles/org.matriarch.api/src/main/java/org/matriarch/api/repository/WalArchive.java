package org.matriarch.api.repository;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The WAL of one server, kept for ever until it is deleted. Append-only: a name is written once.
 *
 * <p>Thread-safe. Every method throws {@link org.matriarch.api.error.MatriarchException} {@code STORE_FAILED} if the store
 * fails; nothing is then changed.
 */
@ProviderType
public interface WalArchive {

    /** What became of a file that was to be stored. */
    enum Outcome {
        /** Stored, durably. */
        STORED,
        /** The same content was there already. */
        DUPLICATE
    }

    /**
     * Stores a file durably, compressed as configured. The source is left as it is.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code WAL_CONFLICT} if different content has the name;
     *     {@code PLUGIN_MISSING} if the configured compressor is not there; {@code STORE_FULL}
     */
    Outcome store(WalFileName name, Path file);

    /**
     * Makes ready what questions are answered from, which the first one after a start would have to wait for. Does nothing where
     * another process takes care of the archive: there, each question is answered from what it finds.
     */
    default void prepare() {}

    /** Returns the entry of a name. */
    Optional<WalEntry> find(WalFileName name);

    /** Returns whether a name is archived; answered from memory. */
    boolean contains(WalFileName name);

    /** Returns all entries, in name order. */
    List<WalEntry> entries();

    /**
     * Opens a file, uncompressed whatever it is stored as.
     *
     * <p>Reading throws {@code OBJECT_CORRUPT} if the file is damaged: at the latest at its end, so that nobody may use a byte
     * of it before all were read.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code WAL_MISSING}; {@code PLUGIN_MISSING} if its compressor is
     *     not there
     */
    InputStream open(WalFileName name);

    /** Returns the local file that holds what is stored, perhaps compressed, if the store keeps one. */
    default Optional<Path> localFile(WalFileName name) {
        return Optional.empty();
    }

    /** Returns the history of a timeline: that of its file, none for the first. Empty if the file is not archived. */
    Optional<TimelineHistory> history(int timeline);

    /** Removes files. Missing ones are passed over, so that an interrupted deletion can be repeated. */
    void delete(List<WalFileName> names);

    /** Rebuilds the index from the archive, atomically, while storing goes on; returns the number of entries. */
    int reindex();
}
