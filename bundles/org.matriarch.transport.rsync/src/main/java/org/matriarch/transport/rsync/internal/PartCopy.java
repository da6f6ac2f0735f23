package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.transport.TransferReceiver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies some files of an area with one rsync after another, and gives them to the receiver as they come.
 *
 * <p>rsync copies a file under another name, gives it its mode and time and then renames it. So what lies under its own name
 * is whole; and when rsync begins with one, it is through with the one before.
 */
final class PartCopy {

    private static final Logger LOG = LoggerFactory.getLogger(PartCopy.class);

    /** A file that is cut short while it is read is asked for again; so often in a row, something else is wrong. */
    private static final int ATTEMPTS = 5;

    private final Rsync rsync;
    private final TransferReceiver receiver;
    private final Path target;
    private final int maxRateKib;
    /** The files that have not come yet, by their paths. */
    private final Map<String, RemoteFile> waiting = new LinkedHashMap<>();

    private @Nullable RemoteFile last;

    PartCopy(Rsync rsync, TransferReceiver receiver, Path target, int maxRateKib, List<RemoteFile> files) {
        this.rsync = rsync;
        this.receiver = receiver;
        this.target = target;
        this.maxRateKib = maxRateKib;
        files.forEach(file -> waiting.put(file.path().path(), file));
    }

    /** Copies all; returns those that have vanished. */
    List<RemoteFile> copy() throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<String> sources =
                    waiting.values().stream().map(RemoteFile::source).toList();
            Ended ended = rsync.copy(sources, target, maxRateKib, this::begins);
            for (RemoteFile file : List.copyOf(waiting.values())) {
                take(file);
            }
            if (ended.good() || (waiting.isEmpty() && Failures.isPassing(ended))) {
                waiting.values().forEach(file -> LOG.debug("'{}' vanished before it was copied", file.source()));
                return new ArrayList<>(waiting.values());
            }
            if (attempt == ATTEMPTS || !Failures.isPassing(ended)) {
                throw Failures.of(rsync.host(), ended);
            }
        }
    }

    private void begins(String name) throws IOException {
        if (last != null) {
            take(last);
        }
        last = waiting.get(name);
    }

    private void take(RemoteFile file) throws IOException {
        if (waiting.containsKey(file.path().path()) && receiver.adopt(file.path())) {
            waiting.remove(file.path().path());
        }
    }
}
