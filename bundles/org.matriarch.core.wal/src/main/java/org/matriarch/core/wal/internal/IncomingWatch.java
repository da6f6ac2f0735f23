package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls whoever waits for files in a directory as soon as one appears. One for all servers, since an operating system lets a
 * user have only a few of its kind. Thread-safe.
 */
final class IncomingWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IncomingWatch.class);

    private final Map<WatchKey, Runnable> listeners = new ConcurrentHashMap<>();

    /** Guarded by this; made when it is first wanted. */
    private @Nullable WatchService service;

    /** Guarded by this. */
    private boolean closed;

    /**
     * Begins to watch a directory. Returns nothing if that cannot be done: whoever asks has to look from time to time.
     *
     * @param listener called on a thread of its own, quick, when a file appears and when the directory disappears
     */
    synchronized @Nullable WatchKey watch(Path directory, Runnable listener) {
        if (closed) {
            return null;
        }
        try {
            WatchKey key = directory.register(service(), StandardWatchEventKinds.ENTRY_CREATE);
            listeners.put(key, listener);
            return key;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("'{}' cannot be watched", directory, e);
            return null;
        }
    }

    /** Watches a directory no longer. */
    void forget(WatchKey key) {
        listeners.remove(key);
        key.cancel();
    }

    /** Ends it all. */
    @Override
    public synchronized void close() {
        closed = true;
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                LOG.debug("unable to end watching", e);
            }
        }
        listeners.clear();
    }

    private WatchService service() throws IOException {
        WatchService open = service;
        if (open == null) {
            open = FileSystems.getDefault().newWatchService();
            service = open;
            WatchService watched = open;
            var thread = new Thread(() -> run(watched), "matriarch-incoming");
            thread.setDaemon(true);
            thread.start();
        }
        return open;
    }

    private void run(WatchService watched) {
        try {
            while (true) {
                WatchKey key = watched.take();
                key.pollEvents(); // whoever is called looks at everything
                boolean valid = key.reset();
                Runnable listener = valid ? listeners.get(key) : listeners.remove(key);
                if (listener != null) {
                    listener.run();
                }
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("incoming directories are watched no longer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
