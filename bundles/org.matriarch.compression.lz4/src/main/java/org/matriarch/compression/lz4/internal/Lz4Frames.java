package org.matriarch.compression.lz4.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/**
 * Yields the content of all frames of a stream, one after the other. Used by one thread.
 *
 * <p>The stream of the library does not read frames whose blocks are linked, which is what Barman writes.
 */
final class Lz4Frames extends InputStream {

    private static final int MAGIC = 0x184d2204;
    private static final int SKIPPABLE_MAGIC = 0x184d2a50;
    private static final int SKIPPABLE_MASK = 0xffff_fff0;
    private static final int STORED = 0x8000_0000;

    /** How far back a block may refer. */
    private static final int WINDOW_BYTES = 1 << 16;

    private final LittleEndianInput in;
    private final LZ4SafeDecompressor decompressor;
    private final StreamingXXHash32 contentHash;
    private @Nullable FrameHeader frame;
    private boolean anyFrame;
    private long contentBytes;
    private byte[] compressed = new byte[0];

    /** The block that is read, with the end of those before it in front. */
    private byte[] content = new byte[0];

    private int position;
    private int limit;

    Lz4Frames(InputStream in, LZ4SafeDecompressor decompressor, XXHashFactory hashes) {
        this.in = new LittleEndianInput(in, hashes.hash32());
        this.decompressor = decompressor;
        this.contentHash = hashes.newStreamingHash32(0);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == limit) {
            FrameHeader current = frame == null ? nextFrame() : frame;
            if (current == null) {
                return -1;
            }
            nextBlock(current);
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(content, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        contentHash.close();
        in.close();
    }

    /** Returns the header of the next frame; null if the stream is over where one may be over. */
    private @Nullable FrameHeader nextFrame() throws IOException {
        OptionalInt magic = in.nextIntIfAny();
        while (magic.isPresent() && (magic.getAsInt() & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
            in.skip(in.nextInt() & 0xffff_ffffL);
            magic = in.nextIntIfAny();
        }
        if (magic.isEmpty() && anyFrame) {
            return null;
        }
        if (magic.isEmpty() || magic.getAsInt() != MAGIC) {
            throw new IOException(anyFrame ? "lz4 stream is followed by something else" : "not an lz4 stream");
        }
        FrameHeader header = FrameHeader.read(in);
        frame = header;
        anyFrame = true;
        contentHash.reset();
        contentBytes = 0;
        position = 0;
        limit = 0;
        return header;
    }

    private void nextBlock(FrameHeader current) throws IOException {
        int head = in.nextInt();
        if (head == 0) {
            endFrame(current);
            return;
        }
        int length = head & ~STORED;
        if (length > current.maxBlockBytes()) {
            throw new IOException("lz4 stream is damaged: a block of %d bytes, %d are the most"
                    .formatted(length, current.maxBlockBytes()));
        }
        compressed = grown(compressed, length);
        in.read(compressed, 0, length);
        if (current.blockChecksums() && in.nextInt() != in.hash(compressed, 0, length)) {
            throw new IOException("lz4 stream is damaged: a block has another checksum than it says");
        }
        makeRoom(current);
        if (head == length) {
            limit += decode(length, current);
        } else {
            System.arraycopy(compressed, 0, content, limit, length);
            limit += length;
        }
        contentHash.update(content, position, limit - position);
        contentBytes += limit - position;
    }

    /** Keeps what the next block may refer to, and puts the block behind it. */
    private void makeRoom(FrameHeader current) {
        int kept = current.linked() ? Math.min(limit, WINDOW_BYTES) : 0;
        byte[] before = content;
        content = grown(content, WINDOW_BYTES + current.maxBlockBytes());
        System.arraycopy(before, limit - kept, content, 0, kept);
        position = kept;
        limit = kept;
    }

    private int decode(int length, FrameHeader current) throws IOException {
        int end = position + current.maxBlockBytes();
        if (current.linked()) {
            return LinkedBlock.decode(compressed, length, content, position, end) - position;
        }
        try {
            return decompressor.decompress(compressed, 0, length, content, position, current.maxBlockBytes());
        } catch (LZ4Exception e) {
            throw new IOException("lz4 stream is damaged: " + e.getMessage(), e);
        }
    }

    private void endFrame(FrameHeader current) throws IOException {
        frame = null;
        if (current.contentChecksum() && in.nextInt() != contentHash.getValue()) {
            throw new IOException("lz4 stream is damaged: its content has another checksum than it says");
        }
        if (current.contentBytes().orElse(contentBytes) != contentBytes) {
            throw new IOException("lz4 stream is damaged: its content has %d bytes instead of %d"
                    .formatted(contentBytes, current.contentBytes().orElse(contentBytes)));
        }
    }

    private static byte[] grown(byte[] buffer, int length) {
        return buffer.length < length ? new byte[length] : buffer;
    }
}
