package org.matriarch.core.schedule.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.matriarch.api.file.DurableFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which the records of schedules outlive the container: one file per server.
 *
 * <p>A file is replaced whole and synced, so that after a power failure it is the old or the new one. A disk that refuses to
 * write stops no backup. For one thread at a time.
 */
final class RunRecords {

    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);

    private final Path directory;
    private boolean failing;

    RunRecords(Path directory) {
        this.directory = directory;
    }

    /** Returns what is kept of a server; nothing if that cannot be read. */
    Optional<RunRecord> load(String server) {
        try {
            return Optional.of(RunRecordFile.read(Files.readAllBytes(fileOf(server))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn(
                    "unable to read '{}': {}; runs that were missed before are not known",
                    fileOf(server),
                    e.toString());
            return Optional.empty();
        }
    }

    /** Keeps a record, durably when this returns. */
    void keep(String server, RunRecord record) {
        try {
            DurableFile.replace(fileOf(server), RunRecordFile.write(record));
            if (failing) {
                LOG.info("the records of schedules in '{}' are written again", directory);
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn(
                        "unable to write '{}': {}; until it can be written, a restart may begin a run again or report it as"
                                + " missed",
                        fileOf(server),
                        e.toString());
            }
            failing = true;
        }
    }

    /** Forgets a server. */
    void forget(String server) {
        try {
            Files.deleteIfExists(fileOf(server));
        } catch (IOException e) {
            LOG.warn("unable to delete '{}': {}", fileOf(server), e.toString());
        }
    }

    /** A server's name is safe as the name of a file. */
    private Path fileOf(String server) {
        return directory.resolve(server + ".json");
    }
}
