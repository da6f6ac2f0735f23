package org.matriarch.testkit.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.matriarch.spi.compression.Compressor;

/** A codec that keeps the contract; a test replaces one of its methods to break it. */
class SampleGzip implements Compressor {

    @Override
    public String id() {
        return "gzip";
    }

    @Override
    public byte[] magic() {
        return new byte[] {0x1f, (byte) 0x8b};
    }

    @Override
    public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
        int chosen = level.orElse(6);
        if (chosen < 1 || chosen > 9) {
            throw new IllegalArgumentException("level %d is not from 1 to 9".formatted(chosen));
        }
        return new Levelled(out, chosen);
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
        return GzipCompressorInputStream.builder()
                .setInputStream(in)
                .setDecompressConcatenated(true)
                .get();
    }

    /** A stream whose level can be set. */
    private static final class Levelled extends GZIPOutputStream {

        Levelled(OutputStream out, int level) throws IOException {
            super(out);
            def.setLevel(level);
        }
    }
}
