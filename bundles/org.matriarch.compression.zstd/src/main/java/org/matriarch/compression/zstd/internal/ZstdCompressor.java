package org.matriarch.compression.zstd.internal;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Writes and reads what {@code zstd} does.
 *
 * <p>The native library belongs to the bundle of zstd-jni, which stays while this one is exchanged: Java loads a native
 * library for one class loader only.
 */
@Component(service = Compressor.class, property = Compressor.PROPERTY_ID + "=" + ZstdCompressor.ID)
public final class ZstdCompressor implements Compressor {

    static final String ID = "zstd";

    private static final byte[] MAGIC = HexFormat.of().parseHex("28b52ffd");

    private final int leastLevel;
    private final int greatestLevel;

    /** Loads the native library, so that a machine without one is noticed when the bundle starts. */
    @Activate
    public ZstdCompressor() {
        this.leastLevel = Zstd.minCompressionLevel();
        this.greatestLevel = Zstd.maxCompressionLevel();
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
                    case MEDIUM -> 4;
                    case HIGH -> 9;
                });
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        int chosen = level.orElse(Zstd.defaultCompressionLevel());
        if (chosen < leastLevel || chosen > greatestLevel) {
            throw new IllegalArgumentException(
                    "level %d of zstd is not from %d to %d".formatted(chosen, leastLevel, greatestLevel));
        }
        var compressed = new ZstdOutputStreamNoFinalizer(out, RecyclingBufferPool.INSTANCE, chosen);
        try {
            compressed.setChecksum(true); // the format is without one unless it is asked for
            return compressed;
        } catch (IOException e) {
            compressed.close();
            throw e;
        }
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        var peeked = new PushbackInputStream(in, 1);
        int first = peeked.read();
        if (first < 0) {
            throw new EOFException("zstd stream is empty"); // the library takes it for a whole one
        }
        peeked.unread(first);
        return new ZstdInputStreamNoFinalizer(peeked, RecyclingBufferPool.INSTANCE);
    }
}
