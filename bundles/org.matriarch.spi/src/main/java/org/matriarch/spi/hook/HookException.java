package org.matriarch.spi.hook;

import org.jspecify.annotations.Nullable;

/** A hook could not be run at all. */
public class HookException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Names the hook and why it could not be run. */
    public HookException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
