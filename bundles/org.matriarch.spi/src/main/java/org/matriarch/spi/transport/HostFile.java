package org.matriarch.spi.transport;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What is at a path of a host.
 *
 * @param sizeBytes of a file
 * @param mode permission bits, such as 0600
 * @param links by how many names a file is known on its file system; 1 where that cannot be told
 */
public record HostFile(Path path, Kind kind, long sizeBytes, int mode, int links) {

    /** Returns its name within its directory. */
    public String name() {
        return Objects.toString(path.getFileName(), "");
    }

    /** What something is. */
    public enum Kind {
        /** A regular file. */
        FILE,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link. */
        LINK,
        /** Anything else. */
        OTHER
    }
}
