package org.matriarch.compression.lz4.internal;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * What the header of an LZ4 frame says.
 *
 * @param linked whether a block may refer to the bytes of those before it
 * @param blockChecksums whether each block is followed by its checksum
 * @param contentBytes the length of the content, if it was known when the frame was begun
 * @param contentChecksum whether the frame ends with the checksum of its content
 * @param maxBlockBytes how much the content of one block is at most
 */
record FrameHeader(
        boolean linked, boolean blockChecksums, OptionalLong contentBytes, boolean contentChecksum, int maxBlockBytes) {

    private static final int MAX_BYTES = 2 + Long.BYTES;

    private static final int VERSION_MASK = 0xc0;
    private static final int VERSION_1 = 0x40;
    private static final int INDEPENDENT = 0x20;
    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int UNREADABLE = 0x03; // a reserved bit, and a dictionary that we do not have

    private static final int BLOCK_SIZE_RESERVED = 0x8f;
    private static final int LEAST_BLOCK_SIZE = 4; // 64 KiB; each step is four times as much, up to 4 MiB

    /** Reads a header, behind the magic number, and compares it with its checksum. */
    static FrameHeader read(LittleEndianInput in) throws IOException {
        byte[] header = new byte[MAX_BYTES];
        int length = 0;
        int flags = in.nextByte();
        int blockSize = in.nextByte();
        header[length++] = (byte) flags;
        header[length++] = (byte) blockSize;
        OptionalLong contentBytes = OptionalLong.empty();
        if ((flags & CONTENT_SIZE) != 0) {
            in.read(header, length, Long.BYTES);
            contentBytes = OptionalLong.of(LittleEndianInput.longAt(header, length));
            length += Long.BYTES;
        }
        int checksum = in.nextByte();
        if (checksum != (in.hash(header, 0, length) >> 8 & 0xff)) {
            throw new IOException("lz4 stream is damaged: the header of a frame has another checksum than it says");
        }
        int sizeCode = blockSize >> 4;
        if ((flags & VERSION_MASK) != VERSION_1
                || (flags & UNREADABLE) != 0
                || (blockSize & BLOCK_SIZE_RESERVED) != 0
                || sizeCode < LEAST_BLOCK_SIZE) {
            throw new IOException(
                    "lz4 stream has a frame that this version cannot read: flags 0x%02x, block size 0x%02x"
                            .formatted(flags, blockSize));
        }
        return new FrameHeader(
                (flags & INDEPENDENT) == 0,
                (flags & BLOCK_CHECKSUM) != 0,
                contentBytes,
                (flags & CONTENT_CHECKSUM) != 0,
                1 << (8 + 2 * sizeCode));
    }
}
