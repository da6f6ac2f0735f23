package org.matriarch.compression.lz4.internal;

import java.io.IOException;

/** Decodes an LZ4 block that may refer to bytes in front of it, which the library cannot. */
final class LinkedBlock {

    private static final int LEAST_MATCH = 4;
    private static final int LONGER = 15;

    private final byte[] block;
    private final int blockEnd;
    private final byte[] content;
    private final int contentEnd;
    private int in;
    private int out;

    private LinkedBlock(byte[] block, int blockEnd, byte[] content, int contentBegin, int contentEnd) {
        this.block = block;
        this.blockEnd = blockEnd;
        this.content = content;
        this.contentEnd = contentEnd;
        this.out = contentBegin;
    }

    /**
     * Decodes the first {@code blockEnd} bytes of {@code block} to {@code content}, from {@code contentBegin} on.
     *
     * @return where what was decoded ends
     * @throws IOException if the block is damaged, or needs more room than up to {@code contentEnd}
     */
    static int decode(byte[] block, int blockEnd, byte[] content, int contentBegin, int contentEnd) throws IOException {
        return new LinkedBlock(block, blockEnd, content, contentBegin, contentEnd).decode();
    }

    private int decode() throws IOException {
        while (true) {
            int token = next();
            literals(length(token >> 4));
            if (in == blockEnd) {
                return out; // the last sequence has literals only
            }
            int distance = next() | next() << 8;
            match(distance, length(token & LONGER) + LEAST_MATCH);
        }
    }

    private void literals(int length) throws IOException {
        require(length <= blockEnd - in && length <= contentEnd - out);
        System.arraycopy(block, in, content, out, length);
        in += length;
        out += length;
    }

    private void match(int distance, int length) throws IOException {
        require(distance > 0 && distance <= out && length <= contentEnd - out);
        if (distance >= length) {
            System.arraycopy(content, out - distance, content, out, length);
            out += length;
            return;
        }
        for (int i = 0; i < length; i++) { // it repeats what it writes
            content[out] = content[out - distance];
            out++;
        }
    }

    private int length(int first) throws IOException {
        int length = first;
        int more = first == LONGER ? 255 : 0;
        while (more == 255) {
            more = next();
            length += more;
            require(length <= content.length);
        }
        return length;
    }

    private int next() throws IOException {
        require(in < blockEnd);
        return block[in++] & 0xff;
    }

    private static void require(boolean sound) throws IOException {
        if (!sound) {
            throw new IOException("lz4 stream is damaged: a block goes beyond its bounds");
        }
    }
}
