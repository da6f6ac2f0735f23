package org.matriarch.spi.transport;

import java.io.Closeable;
import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Takes the bytes of one file. Closing it before its announced size is reached gives the file up. */
@ProviderType
public interface TransferFile extends Closeable {

    /** Appends bytes; the array may be reused afterwards. */
    void write(byte[] buffer, int offset, int length) throws IOException;
}
