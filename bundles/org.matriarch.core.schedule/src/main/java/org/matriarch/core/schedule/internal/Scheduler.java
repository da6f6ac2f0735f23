package org.matriarch.core.schedule.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.event.Events;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.schedule.CronSchedule;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.server.ServersListener;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when: looks each second for backups that are due, and each minute has every server maintained.
 *
 * <p>All of it on one thread, which only begins what others do. Backups go by the clock; rounds go by time that passes, so that
 * nothing that is done to the clock stops them.
 */
@Component(
        service = {ServersListener.class, Scheduler.class},
        immediate = true)
public final class Scheduler implements ServersListener {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private static final long LOOK_MILLIS = 1000;
    private static final long ROUND_MILLIS = 60_000;

    /** After a start, stores and transports come one by one. */
    private static final long FIRST_ROUND_MILLIS = 10_000;

    private final Servers servers;
    private final ServerRuns.Work work;
    private final RunRecords records;
    private final Clock clock;
    private final RandomGenerator random = new Random();
    private final Rounds rounds;
    private final ScheduledExecutorService timer;

    private final Map<String, ServerRuns> runs = new ConcurrentHashMap<>();

    /** By server; of the timer's thread alone, as is {@link #faults}. */
    private final Map<String, Future<?>> ticking = new HashMap<>();

    /** What went wrong unexpectedly, so that it is not said every second. */
    private final Map<String, String> faults = new HashMap<>();

    /** Begins as servers are told to it. */
    @Activate
    public Scheduler(
            BundleContext context,
            @Reference Servers servers,
            @Reference Backups backups,
            @Reference Jobs jobs,
            @Reference Events events,
            @Reference Rounds rounds) {
        this(
                servers,
                new ServerRuns.Work(backups, jobs, events, rounds.charges()),
                rounds,
                baseDirectory(context).resolve("schedule"),
                Clock.system(ZoneId.systemDefault()),
                timer());
        begin();
    }

    /** For one who looks himself; {@code timer} has a single thread. */
    Scheduler(
            Servers servers,
            ServerRuns.Work work,
            Rounds rounds,
            Path directory,
            Clock clock,
            ScheduledExecutorService timer) {
        this.servers = servers;
        this.work = work;
        this.records = new RunRecords(directory);
        this.clock = clock;
        this.rounds = rounds;
        this.timer = timer;
    }

    private static ScheduledExecutorService timer() {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "matriarch-schedule");
            thread.setDaemon(true);
            thread.setContextClassLoader(Scheduler.class.getClassLoader());
            return thread;
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until the end, and logs its own failures
    private void begin() {
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void stop() {
        timer.shutdownNow();
    }

    @Override
    public void serverChanged(String name) {
        try {
            timer.execute(() -> guarded(name, () -> change(name)));
        } catch (RejectedExecutionException e) {
            LOG.debug("the change of server '{}' comes too late", name, e);
        }
    }

    /** Returns the scheduled backups of a server; nothing if it has none. */
    Optional<ServerRuns> runsOf(String server) {
        return Optional.ofNullable(runs.get(server));
    }

    /** Begins every backup that is due. */
    void look() {
        runs.forEach((name, each) -> guarded(name, each::look));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a round reports its own failures
    private void change(String name) {
        Optional<ServerConfiguration> server = servers.findServer(name);
        Optional<CronSchedule> schedule = server.filter(ServerConfiguration::active)
                .flatMap(each -> each.schedule().backups());
        if (schedule.isPresent()) {
            go(server.get(), schedule.get());
        } else {
            if (runs.remove(name) != null) {
                LOG.info("server '{}' is no longer backed up by a schedule", name);
            }
            records.forget(name);
        }
        rounds.forget(name);
        Future<?> before = ticking.remove(name);
        if (before != null) {
            before.cancel(false);
        }
        server.ifPresent(each -> ticking.put(
                name,
                timer.scheduleWithFixedDelay(
                        () -> guarded(name, () -> rounds.begin(name)),
                        FIRST_ROUND_MILLIS + share(name, ROUND_MILLIS),
                        ROUND_MILLIS,
                        TimeUnit.MILLISECONDS)));
    }

    private void go(ServerConfiguration server, CronSchedule schedule) {
        String name = server.name();
        ServerRuns known = runs.get(name);
        boolean news = known == null || !known.schedule().equals(schedule);
        if (known == null) {
            known = new ServerRuns(name, schedule, server.schedule().backupJitter(), work, records, clock, random);
            runs.put(name, known);
        } else {
            known.configure(schedule, server.schedule().backupJitter());
        }
        if (news) {
            LOG.info("server '{}' is backed up by the schedule '{}', next at {}", name, schedule, known.next());
        }
    }

    private void guarded(String name, Runnable action) {
        try {
            action.run();
            faults.remove(name);
        } catch (RuntimeException e) {
            if (!e.toString().equals(faults.put(name, e.toString()))) {
                LOG.error("the schedule of server '{}' met an unexpected error", name, e);
            }
        }
    }

    /** Returns a share of a span that a name always gets, and that other names, however similar, hardly get. */
    static long share(String name, long span) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(UTF_8));
        return (crc.getValue() * span) >>> Integer.SIZE;
    }

    /** Not Karaf's data directory: a clean start wipes that one. */
    private static Path baseDirectory(BundleContext context) {
        String base = context.getProperty("karaf.base");
        return base == null ? context.getDataFile("").toPath() : Path.of(base);
    }
}
