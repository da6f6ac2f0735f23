package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.jspecify.annotations.Nullable;

/**
 * A tar archive, read from its beginning; the stream is the content of the entry that was read last. Used by one thread.
 *
 * <p>The library takes an archive that is cut between two entries for a whole one, looks at no checksum, and holds names of any
 * length in memory: this refuses all three.
 */
final class TarArchive extends TarArchiveInputStream {

    private static final int SIZE_OFFSET = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE_OFFSET = 156;
    private static final int LARGEST_EXTENSION = 1 << 20;

    /** What holds a name or more of the entry behind it. */
    private static final Set<Byte> EXTENSIONS = Set.of(
            TarConstants.LF_GNUTYPE_LONGNAME,
            TarConstants.LF_GNUTYPE_LONGLINK,
            TarConstants.LF_PAX_EXTENDED_HEADER_LC,
            TarConstants.LF_PAX_EXTENDED_HEADER_UC,
            TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER);

    /** A file or a directory. */
    record Entry(String path, boolean directory, long sizeBytes, int mode, Instant modified) {}

    TarArchive(InputStream in) {
        super(in, UTF_8.name());
    }

    /**
     * Returns the next entry, or nothing at the archive's end; what was not read of the one before is passed over. So are
     * symbolic links: those of tablespaces are made anew when a backup is restored.
     *
     * @throws IOException if the archive is damaged, ends early, or holds what PostgreSQL does not write
     */
    Optional<Entry> next() throws IOException {
        TarArchiveEntry entry = getNextEntry();
        while (entry != null && (entry.isSymbolicLink() || path(entry).isEmpty())) {
            entry = getNextEntry();
        }
        return entry == null ? Optional.empty() : Optional.of(described(entry));
    }

    private static Entry described(TarArchiveEntry entry) throws IOException {
        String path = path(entry);
        boolean file = entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
        if (!entry.isDirectory() && (!file || entry.isSparse())) {
            throw new IOException(
                    "it holds '%s', which is neither a plain file nor a directory nor a symbolic link".formatted(path));
        }
        return new Entry(
                path,
                entry.isDirectory(),
                entry.isDirectory() ? 0 : entry.getSize(),
                entry.getMode() & 0777,
                entry.getLastModifiedTime().toInstant());
    }

    private static String path(TarArchiveEntry entry) {
        String name = entry.getName();
        String plain = name.startsWith("./") ? name.substring(2) : name;
        return plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
    }

    @Override
    protected byte[] readRecord() throws IOException {
        byte @Nullable [] header = super.readRecord();
        if (header == null) {
            throw new EOFException("it ends early");
        }
        if (!isEOFRecord(header)) {
            requireSound(header);
        }
        return header;
    }

    private static void requireSound(byte[] header) throws IOException {
        if (!isCheckSumRight(header)) {
            throw new IOException("it is no tar archive, or damaged: the checksum of a header is wrong");
        }
        if (EXTENSIONS.contains(header[TYPE_OFFSET])) {
            long size = TarUtils.parseOctalOrBinary(header, SIZE_OFFSET, SIZE_LENGTH);
            if (size > LARGEST_EXTENSION) {
                throw new IOException("it has a name of %d bytes".formatted(size));
            }
        }
    }

    private static boolean isCheckSumRight(byte[] header) {
        try {
            return TarUtils.verifyCheckSum(header);
        } catch (IllegalArgumentException e) { // it is not even a number
            return false;
        }
    }

    /** Leaves the archive open: whoever opened it closes it. */
    @Override
    public void close() {}
}
