package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the charge of a repository on behalf of one operation. Whatever writes asks first; what only reads works without, but
 * then trusts nothing that was kept in memory.
 */
final class Custody {

    private static final Logger LOG = LoggerFactory.getLogger(Custody.class);

    private final String server;
    private final boolean active;
    private final Charge charge;
    private final List<Path> directories;
    private final Runnable taken;

    /**
     * @param active whether this container takes care of the server: else it takes charge only to write
     * @param directories what to lock, each once
     * @param taken run when the charge was taken anew
     */
    Custody(String server, boolean active, Charge charge, List<Path> directories, Runnable taken) {
        this.server = server;
        this.active = active;
        this.charge = charge;
        this.directories = directories;
        this.taken = taken;
    }

    /**
     * Takes the charge, or makes sure that it is held still.
     *
     * @throws MatriarchException {@code REPOSITORY_TAKEN} if another process has it
     */
    void require() {
        Optional<String> other;
        try {
            other = charge.tryTake(directories, taken);
        } catch (IOException e) {
            throw StoreFailures.of("lock the repository of server '%s'".formatted(server), e);
        }
        if (other.isPresent()) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_TAKEN,
                    "the repository of server '%s' is in the charge of %s".formatted(server, other.get()),
                    "give the command to that container; when it ends, this one takes charge by itself.");
        }
    }

    /** Takes the charge if nobody else has it; returns whether it is held. */
    boolean isOurs() {
        try {
            return (active || charge.isHeld(directories))
                    && charge.tryTake(directories, taken).isEmpty();
        } catch (IOException e) {
            LOG.debug("the repository of server '{}' can only be read", server, e);
            return false;
        }
    }
}
