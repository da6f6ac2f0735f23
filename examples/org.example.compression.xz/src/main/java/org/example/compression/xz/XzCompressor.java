package org.example.compression.xz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Component;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** Writes and reads what {@code xz} does. */
@Component(service = Compressor.class, property = Compressor.PROPERTY_ID + "=xz")
public final class XzCompressor implements Compressor {

    /** A higher one takes up to hundreds of MiB of the container's memory for each WAL file that is being compressed. */
    private static final int DEFAULT_LEVEL = 1;

    @Override
    public String id() {
        return "xz";
    }

    @Override
    public byte[] magic() {
        return XZ.HEADER_MAGIC.clone();
    }

    @Override
    public OptionalInt level(Effort effort) {
        return OptionalInt.of(
                switch (effort) {
                    case LOW -> 1;
                    case MEDIUM -> 3;
                    case HIGH -> 5;
                });
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        int chosen = level.orElse(DEFAULT_LEVEL);
        if (chosen < LZMA2Options.PRESET_MIN || chosen > LZMA2Options.PRESET_MAX) {
            throw new IllegalArgumentException("level " + chosen + " of xz is not from 0 to 9");
        }
        return new XZOutputStream(out, new LZMA2Options(chosen), XZ.CHECK_CRC64);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        return new XZInputStream(in);
    }
}
