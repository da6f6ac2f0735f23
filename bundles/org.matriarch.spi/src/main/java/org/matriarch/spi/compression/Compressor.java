package org.matriarch.spi.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A stream codec whose output begins with a magic number, so that what it wrote is recognised whatever the configuration
 * says by then. Stateless and thread-safe; each stream is used by one thread.
 */
@ConsumerType
public interface Compressor {

    /** Service property that carries {@link #id}. */
    String PROPERTY_ID = "matriarch.compressor.id";

    /** How hard a codec is to work, for whoever does not know its levels: the words of {@code compression_level}. */
    enum Effort {
        /** Fast rather than small. */
        LOW,
        /** Between the two. */
        MEDIUM,
        /** As small as is worth the time. */
        HIGH
    }

    /** Returns the value of {@code compression} that means this codec. */
    String id();

    /** Returns the bytes that every compressed stream begins with: at least two. */
    byte[] magic();

    /**
     * Returns what a word means on the codec's own scale; empty for its default, which is what every word means to a codec
     * that does not say otherwise.
     *
     * @return a level that {@link #compress} takes
     */
    default OptionalInt level(Effort effort) {
        return OptionalInt.empty();
    }

    /**
     * Returns a stream that compresses into {@code out}. Closing it ends the compressed stream and closes {@code out}.
     *
     * @param level on the codec's own scale; empty for its default
     * @throws IllegalArgumentException if the level is out of range, naming the range
     */
    OutputStream compress(OutputStream out, OptionalInt level) throws IOException;

    /**
     * Returns a stream that yields what was compressed, by this or by another program for the format. Compressed streams
     * that follow one another are read as one. Closing it closes {@code in}, whether all was read or not.
     *
     * <p>It throws {@link IOException} if what was compressed is damaged, ends early or is followed by something else:
     * never does it end as if all was well.
     */
    InputStream decompress(InputStream in) throws IOException;
}
