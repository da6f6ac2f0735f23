package org.matriarch.core.postgres.internal;

import java.io.IOException;

/** The thread was interrupted while it read; its interrupt flag is still set. */
final class ReadInterruptedException extends IOException {

    private static final long serialVersionUID = 1L;

    ReadInterruptedException() {
        super("interrupted");
    }
}
