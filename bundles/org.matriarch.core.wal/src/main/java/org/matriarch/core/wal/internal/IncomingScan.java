package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.WalFileName;

/**
 * Tells which files in {@code incoming/} are whole. Used by one thread.
 *
 * <p>rsync gives a file its name when it is whole; scp and cp write under the final name. So a file counts as whole when its
 * size is what its header says and it has been left alone for a moment. One that is not whole stays where it is for a while,
 * since whoever writes it would otherwise go on with a file that is archived nowhere.
 */
final class IncomingScan {

    /** How long a file has to be left alone. */
    static final Duration QUIET = Duration.ofSeconds(2);

    /** A file that was written that long ago needs no second look. Longer than clocks of file servers are apart. */
    static final Duration OLD = Duration.ofMinutes(1);

    /** How long somebody may pause in the middle of a file. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final IncomingDirectory directory;
    private final Clock clock;
    private Map<String, Sight> sights = Map.of();

    IncomingScan(IncomingDirectory directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** How a file looked, and since when it has. */
    private record Sight(IncomingDirectory.Mark mark, Instant since) {}

    /** Why something is not taken. */
    record Doubt(String name, String why) {}

    /**
     * What a look found.
     *
     * @param whole the files to archive
     * @param junk what will never be one
     * @param waiting what may still become one
     * @param young whether something only has to be looked at again in a moment
     */
    record Found(List<WalFileName> whole, List<Doubt> junk, List<Doubt> waiting, boolean young) {}

    /** Looks at everything in the directory. */
    Found look() throws IOException {
        Instant now = clock.instant();
        var next = new HashMap<String, Sight>();
        var found = new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), false);
        boolean young = false;
        for (IncomingDirectory.Entry entry : directory.entries()) {
            Optional<WalFileName> name = WalFileName.find(entry.name());
            Sight sight = sight(entry, now);
            if (!isQuiet(entry, sight, now)) {
                next.put(entry.name(), sight);
                young = true;
                continue;
            }
            Optional<String> doubt = doubt(entry, name.orElse(null));
            if (doubt.isEmpty()) {
                found.whole().add(name.orElseThrow());
            } else if (isHopeless(entry, name.isPresent()) || isPast(sight.since(), now, PATIENCE)) {
                found.junk().add(new Doubt(entry.name(), doubt.get()));
            } else {
                next.put(entry.name(), sight);
                found.waiting().add(new Doubt(entry.name(), doubt.get()));
            }
        }
        sights = next;
        return new Found(found.whole(), found.junk(), found.waiting(), young);
    }

    private Sight sight(IncomingDirectory.Entry entry, Instant now) {
        Sight before = sights.get(entry.name());
        return before != null && before.mark().equals(entry.mark()) ? before : new Sight(entry.mark(), now);
    }

    private static boolean isQuiet(IncomingDirectory.Entry entry, Sight sight, Instant now) {
        return isPast(sight.since(), now, QUIET)
                || isPast(entry.attributes().lastModifiedTime().toInstant(), now, OLD);
    }

    /** A clock that was set back must not make a file wait until it has caught up. */
    private static boolean isPast(Instant since, Instant now, Duration duration) {
        return Duration.between(since, now).abs().compareTo(duration) >= 0;
    }

    /** Under the name of a WAL file nobody makes a directory or a link by and by. */
    private static boolean isHopeless(IncomingDirectory.Entry entry, boolean named) {
        return named && !entry.attributes().isRegularFile();
    }

    private Optional<String> doubt(IncomingDirectory.Entry entry, @Nullable WalFileName name) throws IOException {
        if (entry.attributes().isSymbolicLink()) {
            return Optional.of("it is a symbolic link");
        }
        if (!entry.attributes().isRegularFile()) {
            return Optional.of(entry.attributes().isDirectory() ? "it is a directory" : "it is not a file");
        }
        if (name == null) {
            return Optional.of("it is not the name of a WAL file");
        }
        try {
            return WalContent.isWhole(name, directory.path(name))
                    ? Optional.empty()
                    : Optional.of("it is not whole: it has %d bytes"
                            .formatted(entry.attributes().size()));
        } catch (NoSuchFileException e) {
            return Optional.of("it was taken away");
        }
    }
}
