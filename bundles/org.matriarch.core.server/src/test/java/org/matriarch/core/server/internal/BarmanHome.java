package org.matriarch.core.server.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A host with Barman, as far as its files go. */
final class BarmanHome {

    private final Path root;

    BarmanHome(Path root) {
        this.root = root;
        write("barman.conf", "[barman]\nbarman_home = %s\n".formatted(home()));
    }

    Path conf() {
        return root.resolve("barman.conf");
    }

    Path home() {
        return root.resolve("barman");
    }

    /** Adds lines to the main file. */
    BarmanHome with(String... lines) {
        try {
            Files.writeString(conf(), String.join("\n", lines) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Writes a file below the root. */
    BarmanHome write(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}
