package org.matriarch.compression.lz4.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.OptionalInt;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Writes and reads LZ4 frames, as {@code lz4} does; levels are those of that program. */
@Component(service = Compressor.class, property = Compressor.PROPERTY_ID + "=" + Lz4Compressor.ID)
public final class Lz4Compressor implements Compressor {

    static final String ID = "lz4";

    private static final byte[] MAGIC = HexFormat.of().parseHex("04224d18");
    private static final int LEAST_HIGH_LEVEL = 3;
    private static final int GREATEST_LEVEL = 12;
    private static final long UNKNOWN_SIZE = -1;

    private final LZ4Factory codecs;
    private final XXHashFactory hashes;

    /** Takes native code where there is some for this machine, and Java where not. */
    @Activate
    public Lz4Compressor() {
        this(LZ4Factory.fastestInstance(), XXHashFactory.fastestInstance());
    }

    Lz4Compressor(LZ4Factory codecs, XXHashFactory hashes) {
        this.codecs = codecs;
        this.hashes = hashes;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public byte[] magic() {
        return MAGIC.clone();
    }

    @Override
    public OptionalInt level(Effort effort) {
        return OptionalInt.of(
                switch (effort) {
                    case LOW -> 1;
                    case MEDIUM -> 6;
                    case HIGH -> 10;
                });
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        return new LZ4FrameOutputStream(
                out,
                BLOCKSIZE.SIZE_1MB,
                UNKNOWN_SIZE,
                ofLevel(level.orElse(1)),
                hashes.hash32(),
                FLG.Bits.BLOCK_INDEPENDENCE,
                FLG.Bits.CONTENT_CHECKSUM);
    }

    @Override
    public InputStream decompress(InputStream in) {
        return new Lz4Frames(in, codecs.safeDecompressor(), hashes);
    }

    private LZ4Compressor ofLevel(int level) {
        if (level < 1 || level > GREATEST_LEVEL) {
            throw new IllegalArgumentException("level %d of lz4 is not from 1 to %d".formatted(level, GREATEST_LEVEL));
        }
        return level < LEAST_HIGH_LEVEL ? codecs.fastCompressor() : codecs.highCompressor(level);
    }
}
