package org.matriarch.transport.streaming.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.matriarch.spi.transport.TransportException;

/**
 * Takes a tar archive apart as its bytes arrive, without ever holding more than a header.
 *
 * <p>Reads what PostgreSQL writes: ustar headers, sizes in octal or, from 8 GiB on, in base 256. PostgreSQL writes no pax
 * and no GNU extension; it refuses a name that does not fit. Source: {@code tar.c} and {@code basebackup.c}.
 */
final class TarParser {

    private static final int BLOCK = 512;
    private static final int NAME_OFFSET = 0;
    private static final int NAME_LENGTH = 100;
    private static final int MODE_OFFSET = 100;
    private static final int SIZE_OFFSET = 124;
    private static final int MODIFIED_OFFSET = 136;
    private static final int CHECKSUM_OFFSET = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE_OFFSET = 156;
    private static final int MAGIC_OFFSET = 257;
    private static final int PREFIX_OFFSET = 345;
    private static final int PREFIX_LENGTH = 155;
    private static final int END_BLOCKS = 2;

    private final String archive;
    private final TarListener listener;
    private final byte[] header = new byte[BLOCK];
    private int headerBytes;
    private long contentLeft;
    private int paddingLeft;
    private int zeroBlocks;

    /** Parses the archive that messages call {@code archive}. */
    TarParser(String archive, TarListener listener) {
        this.archive = archive;
        this.listener = listener;
    }

    /** Takes the next bytes of the archive. */
    void feed(byte[] buffer, int offset, int length) throws IOException {
        int from = offset;
        int to = offset + length;
        while (from < to) {
            if (contentLeft > 0) {
                int count = (int) Math.min(contentLeft, to - from);
                listener.content(buffer, from, count);
                from += count;
                contentLeft -= count;
                if (contentLeft == 0) {
                    listener.end();
                }
            } else if (paddingLeft > 0) {
                int count = Math.min(paddingLeft, to - from);
                from += count;
                paddingLeft -= count;
            } else {
                from += fillHeader(buffer, from, to - from);
            }
        }
    }

    /** Ends the archive, which must be complete. */
    void finish() throws TransportException {
        if (contentLeft > 0 || paddingLeft > 0 || headerBytes > 0 || zeroBlocks < END_BLOCKS) {
            throw new TransportException("archive '%s' ends early".formatted(archive), true, null);
        }
    }

    private int fillHeader(byte[] buffer, int offset, int available) throws IOException {
        int count = Math.min(BLOCK - headerBytes, available);
        System.arraycopy(buffer, offset, header, headerBytes, count);
        headerBytes += count;
        if (headerBytes == BLOCK) {
            headerBytes = 0;
            takeHeader();
        }
        return count;
    }

    private void takeHeader() throws IOException {
        if (isZero()) {
            zeroBlocks++;
            return;
        }
        if (zeroBlocks > 0) {
            throw new TransportException("archive '%s' goes on after its end".formatted(archive), true, null);
        }
        TarEntry entry = readEntry();
        contentLeft = entry.sizeBytes();
        paddingLeft = (int) (-contentLeft & (BLOCK - 1));
        listener.begin(entry);
        if (contentLeft == 0) {
            listener.end();
        }
    }

    private boolean isZero() {
        for (byte value : header) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private TarEntry readEntry() throws TransportException {
        checkHeader();
        String name = text(NAME_OFFSET, NAME_LENGTH);
        String prefix = text(PREFIX_OFFSET, PREFIX_LENGTH);
        String path = prefix.isEmpty() ? name : prefix + "/" + name;
        TarEntry.Kind kind = switch (header[TYPE_OFFSET]) {
            case '0', 0 -> TarEntry.Kind.FILE;
            case '2' -> TarEntry.Kind.SYMBOLIC_LINK;
            case '5' -> TarEntry.Kind.DIRECTORY;
            default ->
                throw new TransportException(
                        "archive '%s' holds '%s' of the unknown type '%c'"
                                .formatted(archive, path, (char) (header[TYPE_OFFSET] & 0xff)),
                        false,
                        null);
        };
        long size = number(SIZE_OFFSET, 12);
        return new TarEntry(
                path,
                kind,
                kind == TarEntry.Kind.FILE ? size : 0,
                (int) (number(MODE_OFFSET, 8) & 0xfff),
                Instant.ofEpochSecond(number(MODIFIED_OFFSET, 12)));
    }

    private void checkHeader() throws TransportException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_LENGTH;
            sum += own ? ' ' : header[i] & 0xff;
        }
        boolean ustar = new String(header, MAGIC_OFFSET, 5, StandardCharsets.ISO_8859_1).equals("ustar");
        if (!ustar || sum != number(CHECKSUM_OFFSET, CHECKSUM_LENGTH)) {
            throw new TransportException(
                    "archive '%s' holds a header whose checksum is wrong".formatted(archive), true, null);
        }
    }

    private String text(int offset, int length) throws TransportException {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header, offset, end - offset))
                    .toString();
        } catch (CharacterCodingException e) {
            // Java could not create such a file: better no backup than one with a file under another name.
            throw new TransportException(
                    "archive '%s' holds a file whose name is not UTF-8: '%s'"
                            .formatted(archive, new String(header, offset, end - offset, StandardCharsets.ISO_8859_1)),
                    false,
                    e);
        }
    }

    private long number(int offset, int length) throws TransportException {
        return (header[offset] & 0x80) == 0 ? octal(offset, length) : binary(offset, length);
    }

    private long octal(int offset, int length) throws TransportException {
        String digits = new String(header, offset, length, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        try {
            return Long.parseLong(digits.strip(), 8);
        } catch (NumberFormatException e) {
            throw new TransportException("archive '%s' holds a header with a wrong number".formatted(archive), true, e);
        }
    }

    private long binary(int offset, int length) throws TransportException {
        long value = header[offset] & 0x7f;
        for (int i = offset + 1; i < offset + length; i++) {
            if (value > Long.MAX_VALUE >> 8) {
                throw new TransportException(
                        "archive '%s' holds a header with a wrong number".formatted(archive), true, null);
            }
            value = (value << 8) | (header[i] & 0xff);
        }
        return value;
    }
}
