package org.matriarch.core.postgres.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The operating system's user that the product runs as, from whom libpq takes its defaults. */
record LocalUser(String name, Path home, Function<String, Optional<String>> variable) {

    /** Returns the user of this process. */
    static LocalUser current() {
        return new LocalUser(
                System.getProperty("user.name"),
                Path.of(System.getProperty("user.home")),
                name -> Optional.ofNullable(System.getenv(name)));
    }

    /** Returns a file of the directory in which libpq looks for certificates. */
    Path certificateFile(String file) {
        return home.resolve(".postgresql").resolve(file);
    }
}
