package org.matriarch.core.job.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.matriarch.api.file.DurableFile;
import org.matriarch.api.job.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which jobs outlive the container: one file per job.
 *
 * <p>A file is replaced whole and synced, so that after a power failure it is the old or the new one. A disk that refuses
 * to write stops no job, since the job may be the one that makes room: it is logged once, until writing works again.
 */
final class JobHistory {

    private static final Logger LOG = LoggerFactory.getLogger(JobHistory.class);

    private static final Pattern JOB_FILE = Pattern.compile("(\\d{1,18})\\.json");

    private final Path directory;
    private final AtomicBoolean failing = new AtomicBoolean();

    JobHistory(Path directory) {
        this.directory = directory;
    }

    /** What is kept: the jobs that can be read, and the highest number ever given. */
    record Content(List<Job> jobs, long highestId) {}

    /** Reads everything, passing over files that cannot be read, and clears away what a crash left half written. */
    Content load() {
        var jobs = new ArrayList<Job>();
        long highest = 0;
        try {
            Files.createDirectories(directory);
            for (Path file : files()) {
                var name = JOB_FILE.matcher(directory.relativize(file).toString());
                if (name.matches()) {
                    highest = Math.max(highest, Long.parseLong(name.group(1)));
                    read(file, jobs);
                } else if (file.toString().endsWith(DurableFile.TEMPORARY_SUFFIX)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("unable to read the history of jobs in '{}': {}", directory, e.toString());
        }
        return new Content(List.copyOf(jobs), highest);
    }

    /** Keeps a job as it stands, durably when this returns. */
    void keep(Job job) {
        // An interrupt closes the channel that is being written to. The job was told to stop, not its record.
        boolean interrupted = Thread.interrupted();
        try {
            boolean written = false;
            while (!written) {
                try {
                    DurableFile.replace(fileOf(job.id()), JobFile.write(job));
                    written = true;
                } catch (ClosedByInterruptException | InterruptedIOException e) {
                    interrupted = true;
                    boolean cleared = Thread.interrupted();
                    LOG.trace("writes job {} again after an interrupt ({})", job.id(), cleared);
                }
            }
            if (failing.compareAndSet(true, false)) {
                LOG.info("the history of jobs in '{}' is written again", directory);
            }
        } catch (IOException e) {
            if (failing.compareAndSet(false, true)) {
                LOG.warn(
                        "unable to write job {} to '{}': {}; jobs go on unrecorded", job.id(), directory, e.toString());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Forgets a job. */
    void forget(long id) {
        try {
            Files.deleteIfExists(fileOf(id));
        } catch (IOException e) {
            LOG.debug("unable to delete the record of job {}: {}", id, e.toString());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void read(Path file, List<Job> jobs) {
        try {
            jobs.add(JobFile.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            LOG.warn("unable to read the job in '{}': {}", file, e.getMessage());
        }
    }

    private Path fileOf(long id) {
        return directory.resolve(id + ".json");
    }
}
