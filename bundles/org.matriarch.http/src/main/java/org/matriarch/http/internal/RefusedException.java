package org.matriarch.http.internal;

import org.jspecify.annotations.Nullable;

/** A request that is answered with an HTTP error. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /** Refuses with an HTTP status and a reason. */
    public RefusedException(int status, String reason) {
        this(status, reason, null);
    }

    /** Refuses with an HTTP status, a reason and how it was noticed. */
    public RefusedException(int status, String reason, @Nullable Exception cause) {
        super(reason, cause);
        this.status = status;
    }

    int status() {
        return status;
    }

    String reason() {
        String reason = getMessage();
        return reason == null ? "" : reason;
    }
}
