package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.matriarch.api.wal.WalDoor;

/** Stands in for a door that is open, with tokens that say whose they are. */
record OpenWalDoor(Path directory, Optional<Path> certificate) implements WalDoor {

    @Override
    public String url() {
        return "http://127.0.0.1:7681";
    }

    @Override
    public Path tokenFile(String server) {
        try {
            return Files.writeString(directory.resolve(server + ".token"), "token of " + server + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
