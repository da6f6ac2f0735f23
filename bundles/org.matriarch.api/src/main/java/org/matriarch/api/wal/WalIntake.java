package org.matriarch.api.wal;

import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes WAL files that PostgreSQL or an operator hands over, one call each.
 *
 * <p>Thread-safe; of several callers that hand over different files of one name, exactly one succeeds. A refusal leaves
 * what was there before as it is, and is made known as an event: once, however often the same file is refused for the same
 * reason. A call that fails or is interrupted stores nothing, or
 * the whole file: it can be repeated in either case, and is then answered {@link Outcome#DUPLICATE} where it had worked.
 */
@ProviderType
public interface WalIntake {

    /** What became of a file that was handed over; either way it is safe here. */
    enum Outcome {
        /** It is kept: in {@code pushed/}, from where it goes into the archive. */
        STORED,
        /** The same content was there already. */
        DUPLICATE
    }

    /**
     * Takes one file: a segment, an incomplete segment, a timeline history or a backup label. When this returns, a power
     * failure no longer loses it.
     *
     * @param name the file's name as it was given, any text
     * @param content the file's bytes, read to their end unless they are refused before, but not closed; at most one more
     *     than a segment of the file's header may have, 1 GiB, is read
     * @param sha256 of the whole content, 64 hexadecimal digits; empty if the caller knows none; asked for when the content was
     *     read to its end, so that it may come with it
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}; {@code ARCHIVER_OFF} if the server is not
     *     configured to take files; {@code WAL_INVALID} if the name is none of a WAL file, or the bytes are not the file that
     *     it says: size, header, system or timeline; {@code WAL_CONFLICT} if different content has the name;
     *     {@code WAL_TRANSFER} if the content ends early or is not that of the checksum; {@code STORE_FULL} and
     *     {@code STORE_FAILED} if a disk fails; {@code STORE_MISSING} and {@code PLUGIN_MISSING} if what has to be read is
     *     not installed; {@code POSTGRES_UNREACHABLE} and others of its kind if nobody knows yet whose WAL the repository
     *     takes, and the server cannot be asked. From {@code WAL_TRANSFER} on they are worth another try, unchanged.
     */
    Outcome take(String server, String name, InputStream content, Supplier<Optional<String>> sha256);
}
