package org.matriarch.core.postgres.internal;

import java.io.IOException;

/** The server sent what the protocol does not allow at this point. */
final class WireProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    WireProtocolException(String message) {
        super(message);
    }
}
