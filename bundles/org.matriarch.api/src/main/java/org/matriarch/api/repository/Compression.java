package org.matriarch.api.repository;

import java.io.IOException;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ProviderType;

/** Compresses what leaves the archive, with the compressors that are installed at the moment. Thread-safe. */
@ProviderType
public interface Compression {

    /**
     * Returns a stream that compresses into {@code out} with the codec's default level. Closing it ends the compressed
     * stream and closes {@code out}.
     *
     * @param id as the option {@code compression} names it, such as gzip
     * @throws org.matriarch.api.error.MatriarchException {@code PLUGIN_MISSING}
     */
    OutputStream compress(String id, OutputStream out) throws IOException;
}
