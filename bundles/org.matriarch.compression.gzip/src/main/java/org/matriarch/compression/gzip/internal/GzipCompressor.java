package org.matriarch.compression.gzip.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Component;

/** Writes and reads what {@code gzip} does, with the deflater of the JDK. */
@Component(service = Compressor.class, property = Compressor.PROPERTY_ID + "=" + GzipCompressor.ID)
public final class GzipCompressor implements Compressor {

    static final String ID = "gzip";

    private static final int BUFFER_BYTES = 1 << 16;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public byte[] magic() {
        return new byte[] {0x1f, (byte) 0x8b, Deflater.DEFLATED};
    }

    @Override
    public OptionalInt level(Effort effort) {
        return OptionalInt.of(
                switch (effort) {
                    case LOW -> Deflater.BEST_SPEED;
                    case MEDIUM -> 6;
                    case HIGH -> Deflater.BEST_COMPRESSION;
                });
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        int chosen = level.orElse(Deflater.DEFAULT_COMPRESSION);
        if (level.isPresent() && (chosen < Deflater.BEST_SPEED || chosen > Deflater.BEST_COMPRESSION)) {
            throw new IllegalArgumentException("level %d of gzip is not from 1 to 9".formatted(chosen));
        }
        return new Levelled(out, chosen);
    }

    @Override
    public InputStream decompress(InputStream in) {
        return new GzipMembers(in);
    }

    /** The JDK's stream at a level of choice. */
    private static final class Levelled extends GZIPOutputStream {

        Levelled(OutputStream out, int level) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(level);
        }
    }
}
