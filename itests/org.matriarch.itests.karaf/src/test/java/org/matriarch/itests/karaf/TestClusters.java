package org.matriarch.itests.karaf;

import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.util.ArrayList;
import java.util.List;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.ops4j.pax.exam.Option;

/**
 * Several real PostgreSQL clusters beside the container, which archive as soon as they are told a command.
 *
 * <p>Only what runs outside the container may touch this class: the testkit is not there inside.
 */
final class TestClusters {

    private TestClusters() {}

    /**
     * Starts a cluster for each name, and returns the options that put them under care.
     *
     * @param archiving those whose WAL comes through both channels; that of the others is streamed
     */
    static Option[] underCare(List<String> names, List<String> archiving, int... majors) {
        var options = new ArrayList<Option>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean archives = archiving.contains(name);
            EmbeddedPostgres cluster = start(majors[i], archives);
            String file = "etc/org.matriarch.server-%s.cfg".formatted(name);
            options.add(editConfigurationFilePut(file, "conninfo", cluster.conninfo()));
            options.add(editConfigurationFilePut(file, "slot_name", "busy"));
            options.add(editConfigurationFilePut(file, "create_slot", "auto"));
            options.add(editConfigurationFilePut(file, "archiver", archives ? "on" : "off"));
            options.add(editConfigurationFilePut(file, "compression", "zstd"));
            options.add(systemProperty(BusyCluster.HOST_PREFIX + name)
                    .value(cluster.scratchDirectory().toString()));
        }
        return options.toArray(Option[]::new);
    }

    private static EmbeddedPostgres start(int major, boolean archives) {
        EmbeddedPostgres cluster = EmbeddedPostgres.builder(major)
                .walSegmentMebibytes(1)
                .setting("archive_mode", archives ? "on" : "off")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "matriarch-itest-cluster"));
        return cluster;
    }
}
