package org.matriarch.spi.transport;

import java.util.List;

/**
 * Where the files of a backup lie on the server's host.
 *
 * @param areas the data directory first, then the tablespaces
 * @param configurationFiles absolute paths of configuration files that lie outside the data directory; in the backup they
 *     lie in its top
 */
public record CopySource(List<Area> areas, List<String> configurationFiles) {

    /** Keeps its own copies. */
    public CopySource {
        areas = List.copyOf(areas);
        configurationFiles = List.copyOf(configurationFiles);
    }

    /**
     * A directory to be copied.
     *
     * @param oid of the tablespace, 0 for the data directory
     * @param directory absolute path on the server's host
     * @param maxRateKib how fast it is copied at most, in KiB per second; 0 for no limit
     */
    public record Area(long oid, String directory, int maxRateKib) {}
}
