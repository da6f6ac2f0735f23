package org.matriarch.jmx.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.MalformedObjectNameException;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalReceivers;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

@Timeout(60)
final class JmxDoorTest {

    private static final Instant TIME = Instant.parse("2026-11-20T12:00:00Z");
    private static final WalFileName SEGMENT = new WalFileName("000000010000000000000002");
    private static final DeletionPlan PLAN = new DeletionPlan("main", List.of(), List.of(SEGMENT), 4096);

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final FixedServers servers = new FixedServers(configuration("main"));
    private final List<Job> jobs = new CopyOnWriteArrayList<>();
    private final List<PluginInfo> plugins = new CopyOnWriteArrayList<>(
            List.of(new PluginInfo("hook runner", "script", "bundle", "1", "ACTIVE", List.of("main"))));
    private final ScriptedServices services = new ScriptedServices()
            .with(Servers.class, servers)
            .on(Jobs.class, "jobs", arguments -> new ArrayList<>(jobs))
            .on(
                    Jobs.class,
                    "findJob",
                    arguments -> jobs.stream()
                            .filter(job -> arguments[0].equals(job.id()))
                            .findFirst())
            .on(Plugins.class, "plugins", arguments -> List.copyOf(plugins));
    private JmxDoor door;

    @BeforeEach
    void open() {
        door = new JmxDoor(services, server, Duration.ofMillis(20));
        door.serverChanged("main");
    }

    @AfterEach
    void close() {
        door.close();

        assertThat(server.queryNames(name("*"), null)).isEmpty();
    }

    @Test
    void followsTheServersThatComeAndGo() {
        servers.put(configuration("other"));
        door.serverChanged("other");
        assertThat(server.queryNames(name("type=Server,*"), null))
                .containsExactlyInAnyOrder(name("type=Server,name=main"), name("type=Server,name=other"));

        servers.remove("main");
        door.serverChanged("main");

        assertThat(server.queryNames(name("server=main,*"), null)).isEmpty();
        assertThat(server.isRegistered(name("type=Backups,server=other"))).isTrue();
    }

    @Test
    void tellsOfEventsAndJobs() throws Exception {
        var told = new CopyOnWriteArrayList<Notification>();
        server.addNotificationListener(name("type=Server,name=main"), (one, handback) -> told.add(one), null, null);
        server.addNotificationListener(name("type=Jobs"), (one, handback) -> told.add(one), null, null);

        door.onEvent(new Event(TIME, Event.Type.WAL_GAP, "main", SEGMENT.value(), "gone"));
        door.onEvent(new Event(TIME, Event.Type.WAL_GAP, "unknown", "", "nobody hears it"));
        await().until(() -> server.isRegistered(name("type=Plugin,kind=hook runner,id=script")));
        jobs.add(job(7, JobState.RUNNING, 10));
        await().until(() -> told.size() == 2);
        jobs.set(0, job(7, JobState.RUNNING, 20));
        await().until(() -> told.size() == 3);
        jobs.set(0, job(7, JobState.DONE, 30));
        await().until(() -> told.size() == 4);

        assertThat(told)
                .extracting(Notification::getType)
                .containsExactly(
                        "matriarch.event", "matriarch.job.state", "matriarch.job.progress", "matriarch.job.state");
        CompositeData event = (CompositeData) told.get(0).getUserData();
        assertThat(event.getAll(new String[] {"time", "type", "server", "subject", "message"}))
                .containsExactly("2026-11-20T12:00:00Z", "WAL_GAP", "main", SEGMENT.value(), "gone");
        assertThat(told.get(3).getMessage()).isEqualTo("job 7, backup:create of 'main', is DONE");
        assertThat(server.getAttribute(name("type=Job,id=7"), "DoneBytes")).isEqualTo(30L);
        assertThat(server.getAttribute(name("type=Jobs"), "Running")).isEqualTo(0);
        TabularData table = (TabularData) server.getAttribute(name("type=Jobs"), "Jobs");
        assertThat(table.get(new Object[] {7L}).get("subject")).isEqualTo("20261120T120000");
    }

    @Test
    void showsTheNewestJobsAndAllThatRun() {
        for (long id = 100; id > 0; id--) {
            jobs.add(job(id, id == 3 ? JobState.RUNNING : JobState.DONE, 0));
        }

        await().until(() -> server.isRegistered(name("type=Job,id=100")));
        assertThat(server.queryNames(name("type=Job,*"), null)).hasSize(51).contains(name("type=Job,id=3"));

        jobs.clear();
        await().until(() -> server.queryNames(name("type=Job,*"), null).isEmpty());
    }

    @Test
    void followsThePluginsThatComeAndGo() throws Exception {
        ObjectName runner = name("type=Plugin,kind=hook runner,id=script");
        await().until(() -> server.isRegistered(runner));
        assertThat(server.getAttribute(runner, "State")).isEqualTo("ACTIVE");
        assertThat((String[]) server.getAttribute(runner, "UsedBy")).containsExactly("main");

        plugins.clear();

        await().until(() -> !server.isRegistered(runner));
    }

    @Test
    void takesBackups() throws Exception {
        var given = new ArrayList<BackupOptions>();
        services.on(Backups.class, "create", arguments -> {
            given.add((BackupOptions) arguments[1]);
            return job(8, JobState.QUEUED, 0);
        });

        assertThat(call("Backups", "create")).isEqualTo(8L);
        assertThat(call("Backups", "createNamed", "before upgrade", true)).isEqualTo(8L);

        assertThat(given.get(0)).isEqualTo(BackupOptions.CONFIGURED);
        assertThat(given.get(1).name()).contains("before upgrade");
        assertThat(given.get(1).waitForWal()).isTrue();
    }

    @Test
    void deletesWhatItPlans() throws Exception {
        services.on(BackupCatalog.class, "planDeletion", arguments -> PLAN)
                .on(BackupCatalog.class, "delete", arguments -> job(PLAN == arguments[0] ? 9 : 0, JobState.QUEUED, 0))
                .on(Retention.class, "plan", arguments -> PLAN)
                .on(Retention.class, "apply", arguments -> job(PLAN == arguments[0] ? 10 : 0, JobState.QUEUED, 0));

        CompositeData plan = (CompositeData) call("Backups", "planDeletion", "oldest");

        assertThat((String[]) plan.get("wal")).containsExactly(SEGMENT.value());
        assertThat(plan.get("freedBytes")).isEqualTo(4096L);
        assertThat(call("Backups", "delete", "oldest")).isEqualTo(9L);
        assertThat(call("Backups", "applyRetention")).isEqualTo(10L);
    }

    @Test
    void restoresToTheTargetThatIsMeant() throws Exception {
        var requests = new ArrayList<RestoreRequest>();
        services.on(Restores.class, "plan", arguments -> {
                    requests.add((RestoreRequest) arguments[0]);
                    return null;
                })
                .on(Restores.class, "carryOut", arguments -> job(11, JobState.QUEUED, 0));

        for (String target :
                new String[] {"", "time 2026-11-20T12:00:00Z", "xid 5", "name before", "lsn 0/3000000", "immediate"}) {
            assertThat(call("Backups", "restore", "latest", "/srv/new", target, "promote"))
                    .isEqualTo(11L);
        }

        assertThat(requests)
                .extracting(RestoreRequest::target)
                .containsExactly(
                        new RecoveryTarget.Latest(),
                        new RecoveryTarget.Time(TIME),
                        new RecoveryTarget.Xid(5),
                        new RecoveryTarget.Name("before"),
                        new RecoveryTarget.Position(Lsn.parse("0/3000000")),
                        new RecoveryTarget.Immediate());
        assertThat(requests.get(0).action()).contains(TargetAction.PROMOTE);
        assertThat(requests.get(0).destination()).isEqualTo(Path.of("/srv/new"));
        assertThatThrownBy(() -> call("Backups", "restore", "latest", "/srv/new", "xid five", null))
                .hasMessageContaining("MATR-1003: 'xid five' is no target");
        assertThatThrownBy(() -> call("Backups", "restore", "latest", "/srv/new", "soon", null))
                .hasMessageContaining("MATR-1003: 'soon' is no target");
        assertThatThrownBy(() -> call("Backups", "restore", "latest", "/srv/new", "", "sleep"))
                .hasMessageContaining("MATR-1003: 'sleep' is no action");
        assertThatThrownBy(() -> call("Backups", "restore", "latest", "new", "", ""))
                .hasMessageContaining("MATR-1003: directory 'new' is not absolute");
    }

    @Test
    void looksIntoTheArchive() throws Exception {
        services.on(
                        WalFiles.class,
                        "list",
                        arguments -> new WalListing(
                                List.of(new WalEntry(SEGMENT, 100, TIME, Optional.empty())),
                                List.of(new WalListing.Gap(SEGMENT, SEGMENT, 1)),
                                List.of(SEGMENT)))
                .on(WalFiles.class, "missing", arguments -> List.of(SEGMENT))
                .on(WalFiles.class, "switchWal", arguments -> new WalSwitch("main", Optional.of(SEGMENT)));

        assertThat(((CompositeData[]) call("WalArchive", "list", null, SEGMENT.value()))[0].get("name"))
                .isEqualTo(SEGMENT.value());
        assertThat(((CompositeData[]) call("WalArchive", "findGaps", null, null))[0].get("segments"))
                .isEqualTo(1L);
        assertThat((String[]) call("WalArchive", "listWaiting")).containsExactly(SEGMENT.value());
        assertThat((String[]) call("WalArchive", "checkRange", SEGMENT.value(), SEGMENT.value()))
                .containsExactly(SEGMENT.value());
        assertThatThrownBy(() -> call("WalArchive", "list", "nonsense", null))
                .hasMessageContaining("MATR-1004: 'nonsense' is not the name of a WAL file");
        assertThat(server.invoke(name("type=Server,name=main"), "switchWal", new Object[] {true}, null))
                .isEqualTo(SEGMENT.value());
    }

    @Test
    void rulesTheReceiver() throws Exception {
        for (String method : new String[] {"start", "stop", "reset", "status"}) {
            services.on(WalReceivers.class, method, arguments -> receiver());
        }
        services.on(WalReceivers.class, "createSlot", arguments -> "matriarch")
                .on(WalReceivers.class, "dropSlot", arguments -> "matriarch");

        for (String operation : new String[] {"start", "stop", "reset"}) {
            assertThat(((CompositeData) call("Receiver", operation)).get("state"))
                    .isEqualTo("STREAMING");
        }
        assertThat(call("Receiver", "createSlot")).isEqualTo("matriarch");
        assertThat(call("Receiver", "dropSlot")).isEqualTo("matriarch");
        assertThat(server.getAttribute(name("type=Receiver,server=main"), "FlushedLsn"))
                .isEqualTo("0/3000000");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> server.getAttribute(name("type=Backups,server=main"), "Backups"))
                .hasMessageContaining("MATR-8003: no BackupCatalog");
        assertThatThrownBy(() -> server.getAttribute(name("type=Server,name=main"), "Reachable"))
                .hasMessageContaining("MATR-8003: no ServerStatuses");
        assertThatThrownBy(() -> server.invoke(name("type=Jobs"), "show", new Object[] {5L}, null))
                .hasMessageContaining("MATR-8001: no job has the number 5");
        assertThatThrownBy(() -> call("Backups", "keep", "latest", "forever"))
                .hasMessageContaining("MATR-1003: 'forever' is no target");
    }

    @Test
    void saysOnceThatAConnectorIsNotOpen() throws Exception {
        JMXConnectorServer connector = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1"), Map.of(), null);
        server.registerMBean(connector, new ObjectName("connector:name=rmi"));
        var look = new ClosedConnectors(server);

        List<String> lines = LogLines.of(() -> {
            look.run();
            look.run();
            connector.start();
            look.run();
            connector.stop();
            look.run();
        });

        assertThat(lines)
                .hasSize(2)
                .allMatch(line -> line.contains("MATR-9003: the JMX connector 'connector:name=rmi' is"));
    }

    @Test
    void goesOnWhenABundleWasAway() {
        var looks = new AtomicInteger();
        services.on(Jobs.class, "jobs", arguments -> switch (looks.incrementAndGet()) {
            case 1 -> throw new MatriarchException(ErrorCode.PLUGIN_MISSING, "no Jobs", "wait.");
            case 2 -> throw new IllegalStateException("a bug");
            default -> List.of(job(1, JobState.RUNNING, 0));
        });

        await().until(() -> server.isRegistered(name("type=Job,id=1")));
    }

    private Object call(String type, String operation, Object... arguments) throws Exception {
        return server.invoke(name("type=%s,server=main".formatted(type)), operation, arguments, null);
    }

    private static ObjectName name(String properties) {
        try {
            return new ObjectName("org.matriarch:" + properties);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(properties, e);
        }
    }

    private static ServerConfiguration configuration(String name) {
        return new ServerBuilder(name, Path.of("/srv")).build();
    }

    private static Job job(long id, JobState state, long done) {
        return new Job(
                id,
                "backup:create",
                "main",
                "20261120T120000",
                state,
                new Progress(done, 30, "copying"),
                TIME,
                Optional.of(TIME),
                state.isEnded() ? Optional.of(TIME) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ReceiverStatus receiver() {
        Optional<Lsn> lsn = Optional.of(Lsn.parse("0/3000000"));
        return new ReceiverStatus("main", ReceiverStatus.State.STREAMING, TIME, 1, lsn, lsn, lsn, Optional.empty());
    }
}
