package org.matriarch.core.catalog.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the statuses of all backups true without anybody asking: at start, when WAL comes, and every half minute.
 *
 * <p>One thread says when, and each server is looked at on a thread of its own, so that a store that hangs holds up nobody
 * else's backups.
 */
@Component(service = CatalogKeeper.class, immediate = true)
public final class CatalogKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogKeeper.class);
    /** What is no trouble: a store that is to come, a server that went, one that another container takes care of. */
    private static final Set<ErrorCode> NOT_OURS =
            Set.of(ErrorCode.STORE_MISSING, ErrorCode.SERVER_UNKNOWN, ErrorCode.REPOSITORY_TAKEN);

    private static final long FIRST_ROUND_MILLIS = 500;
    private static final long ROUND_MILLIS = 30_000;
    private static final long NEXT_DELETION_MILLIS = 2_000;
    private static final long BREATH_MILLIS = 200;
    private static final long STOP_SECONDS = 10;

    private final Servers servers;
    private final CatalogService catalog;
    private final Rechecks rechecks;
    private final long roundMillis;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<BackupId>> brokenDeletions = new ConcurrentHashMap<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService workers;

    /** Begins at once. */
    @Activate
    public CatalogKeeper(@Reference Servers servers, @Reference CatalogService catalog, @Reference Rechecks rechecks) {
        this(servers, catalog, rechecks, ROUND_MILLIS);
    }

    CatalogKeeper(Servers servers, CatalogService catalog, Rechecks rechecks, long roundMillis) {
        this.servers = servers;
        this.catalog = catalog;
        this.rechecks = rechecks;
        this.roundMillis = roundMillis;
        workers = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "matriarch-catalog-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        workers.execute(this::keep);
    }

    @Deactivate
    void stop() {
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a look at the backups did not stop within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        try {
            lookAtAll();
            // Often at first: after a start, configurations and stores come one by one, and what a kill left behind
            // is to be put right as soon as they are there.
            long pauseMillis = Math.min(FIRST_ROUND_MILLIS, roundMillis);
            long waitedMillis = 0;
            while (!Thread.currentThread().isInterrupted()) {
                List<String> unfinished = withBrokenDeletions();
                long waitMillis = unfinished.isEmpty() ? pauseMillis : Math.min(pauseMillis, NEXT_DELETION_MILLIS);
                Optional<String> due = rechecks.await(waitMillis);
                if (due.isPresent()) {
                    look(due.get());
                    // WAL may come many times a second; looking that often would tell nobody more.
                    Thread.sleep(BREATH_MILLIS);
                    continue;
                }
                waitedMillis += waitMillis;
                if (waitedMillis < pauseMillis) {
                    unfinished.forEach(this::look); // one deletion after the other
                } else {
                    lookAtAll();
                    waitedMillis = 0;
                    pauseMillis = Math.min(roundMillis, 2 * pauseMillis);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> withBrokenDeletions() {
        return brokenDeletions.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** One after the other where they answer soon: a command that is given right after a start is not to wait for all. */
    private void lookAtAll() throws InterruptedException {
        for (ServerConfiguration server : servers.servers()) {
            var ended = new CountDownLatch(1);
            look(server.name(), ended::countDown);
            if (!ended.await(BREATH_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.trace("the backups of server '{}' are being looked at still", server.name());
            }
        }
    }

    private void look(String server) {
        look(server, () -> {});
    }

    private void look(String server, Runnable then) {
        if (busy.add(server)) {
            workers.execute(() -> {
                tend(server);
                then.run();
            });
        } else {
            rechecks.request(server); // what came meanwhile may have been missed
            then.run();
        }
    }

    private void tend(String server) {
        try {
            catalog.recheck(server);
            // Only those of an earlier container: a deletion that was cancelled since then rests until it is asked for.
            catalog.deletions()
                    .resume(
                            server,
                            brokenDeletions.computeIfAbsent(
                                    server, name -> catalog.deletions().broken(name)));
            catalog.prepare(server);
        } catch (MatriarchException e) {
            if (NOT_OURS.contains(e.code())) {
                LOG.debug("the backups of server '{}' are not looked at: {}", server, e.summary());
            } else {
                LOG.warn("unable to look at the backups of server '{}': {}", server, e.getMessage());
            }
        } catch (RuntimeException | LinkageError e) { // a plugin's classes may go while it is asked
            LOG.error("unable to look at the backups of server '{}'", server, e);
        } finally {
            busy.remove(server);
        }
    }
}
