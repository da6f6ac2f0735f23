package org.matriarch.core.backup.internal;

import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;

/** Where the files of one server lie, for the transports that copy them from its host. */
final class CopyOrigin {

    private final ServerConfiguration server;
    private final ServerFacts facts;
    private final String dataDirectory;
    private final int maxRateKib;

    /**
     * Looks at what is known.
     *
     * @param maxRateKib the limit of a tablespace that has none of its own; 0 for no limit
     * @throws MatriarchException if where the files lie is hidden from us
     */
    CopyOrigin(ServerConfiguration server, ServerFacts facts, int maxRateKib) {
        this.server = server;
        this.facts = facts;
        this.maxRateKib = maxRateKib;
        this.dataDirectory = facts.settings().getOrDefault("data_directory", "");
        if (dataDirectory.isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_SETTINGS,
                    "unable to back up server '%s': it does not tell where its data directory is"
                            .formatted(server.name()),
                    "GRANT pg_read_all_settings to the user of conninfo.");
        }
    }

    /** Returns where the data directory and these tablespaces are copied from. */
    CopySource source(List<Tablespace> tablespaces) {
        var areas = new ArrayList<Area>();
        areas.add(new Area(0, dataDirectory, maxRateKib));
        for (Tablespace tablespace : tablespaces) {
            if (tablespace.location().startsWith("/")) { // one in place lies in the data directory
                int rate = server.copy().tablespaceBandwidthLimitKib().getOrDefault(tablespace.name(), maxRateKib);
                areas.add(new Area(tablespace.oid(), tablespace.location(), rate));
            }
        }
        return new CopySource(areas, new OutsideFiles(facts).named());
    }
}
