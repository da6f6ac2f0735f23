package org.matriarch.transport.streaming.internal;

import java.io.IOException;

/** Takes the members of a tar archive one after another. */
interface TarListener {

    /** A member begins. */
    void begin(TarEntry entry) throws IOException;

    /** Bytes of the member that began last; the array is reused afterwards. */
    void content(byte[] buffer, int offset, int length) throws IOException;

    /** The member is complete. */
    void end() throws IOException;
}
