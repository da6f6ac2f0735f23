package org.matriarch.transport.ssh.internal;

import com.jcraft.jsch.Logger;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what JSch only logs: it takes a connection that breaks while it logs in for a login that was refused, and says so.
 * Thread-safe.
 */
final class ConnectLog implements Logger {

    private volatile @Nullable IOException broken;

    @Override
    public boolean isEnabled(int level) {
        return level >= WARN;
    }

    @Override
    public void log(int level, String message) {
        // What was thrown is all that is asked for.
    }

    @Override
    public void log(int level, String message, Throwable cause) {
        if (cause instanceof IOException e) {
            broken = e;
        }
    }

    /** Returns what broke the connection, if anything did. */
    Optional<IOException> broken() {
        return Optional.ofNullable(broken);
    }
}
