package org.matriarch.compression.bzip2.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.matriarch.spi.compression.Compressor;
import org.osgi.service.component.annotations.Component;

/** Writes and reads what {@code bzip2} does; a level is the size of a block in units of 100 kB. */
@Component(service = Compressor.class, property = Compressor.PROPERTY_ID + "=" + Bzip2Compressor.ID)
public final class Bzip2Compressor implements Compressor {

    static final String ID = "bzip2";

    private static final int BUFFER_BYTES = 1 << 16;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public byte[] magic() {
        return new byte[] {'B', 'Z', 'h'};
    }

    @Override
    public OptionalInt level(Effort effort) {
        return OptionalInt.of(
                switch (effort) {
                    case LOW -> BZip2CompressorOutputStream.MIN_BLOCKSIZE;
                    case MEDIUM -> 5;
                    case HIGH -> BZip2CompressorOutputStream.MAX_BLOCKSIZE;
                });
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        int chosen = level.orElse(BZip2CompressorOutputStream.MAX_BLOCKSIZE);
        if (chosen < BZip2CompressorOutputStream.MIN_BLOCKSIZE || chosen > BZip2CompressorOutputStream.MAX_BLOCKSIZE) {
            throw new IllegalArgumentException("level %d of bzip2 is not from 1 to 9".formatted(chosen));
        }
        return new BZip2CompressorOutputStream(new BufferedOutputStream(out, BUFFER_BYTES), chosen);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        return new BZip2CompressorInputStream(new BufferedInputStream(in, BUFFER_BYTES), true);
    }
}
