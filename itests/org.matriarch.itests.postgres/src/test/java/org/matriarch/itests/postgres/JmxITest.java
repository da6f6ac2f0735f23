package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Users of each role, through JMX, at the prompt and with bin/matriarch: what they may do, and what not. */
@SuppressWarnings("BanJNDI") // by which every JMX client finds its server; ours
final class JmxITest {

    private static final int MAJOR = 17;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String USERS = """
            vera = see and hear,viewer,ssh
            otto = do it now,operator,ssh
            adam = take it away,admin,manager,viewer,systembundles,ssh
            """;
    private static final Map<String, String> PASSWORDS =
            Map.of("vera", "see and hear", "otto", "do it now", "adam", "take it away", "karaf", "karaf");

    private static EmbeddedPostgres server;
    private static Container container;
    private static Doors doors;
    private static Path key;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder(MAJOR).start();
        container = Container.start();
        key = makeKey(container.data());
        String vera = Files.readString(key.resolveSibling("key.pub")).split(" ", -1)[1];
        doors = Doors.open(container, USERS, "vera = %s,viewer,ssh%n".formatted(vera));
        container.care("main", server, "bandwidth_limit = 6000");
        await("JMX").pollInterval(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> canConnect("adam"));
    }

    @AfterAll
    static void stop() {
        container.close();
        server.close();
    }

    @Test
    void letsNobodyInBeforeThereIsAUser() throws IOException {
        try (Container fresh = Container.start()) {
            isHidden(fresh, "etc/users.properties");
            isHidden(fresh, "data/matriarch.token");
            assertThat(fresh.runAs("karaf", "karaf", "server:list").error())
                    .startsWith("MATR-1007: the container refused user 'karaf'");
            Doors fixed = Doors.open(fresh, "", "");
            await("prompt")
                    .atMost(PATIENCE)
                    .until(() -> ssh(fixed, "karaf", "server:list").error().contains("Permission denied"));
            await("JMX")
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThatThrownBy(() -> connect(fixed, "karaf")).isInstanceOf(SecurityException.class));

            isHidden(fresh, "etc/host.key");
            assertThat(ListeningSockets.addresses(fresh.pid())).hasSizeGreaterThan(3);
            assertThat(ListeningSockets.beyondLoopback(fresh.pid())).isEmpty();
        }
    }

    @Test
    void backsUpForAnOperatorWhoWatches() throws Exception {
        try (JMXConnector client = connect(doors, "otto")) {
            MBeanServerConnection connection = client.getMBeanServerConnection();
            var told = new CopyOnWriteArrayList<Notification>();
            connection.addNotificationListener(
                    name("type=Server,name=main"), (event, handback) -> told.add(event), null, null);
            connection.addNotificationListener(name("type=Jobs"), (event, handback) -> told.add(event), null, null);
            assertThat(connection.queryNames(name("type=Server,*"), null))
                    .containsExactly(name("type=Server,name=main"));
            assertThat(connection.getAttribute(name("type=Server,name=main"), "Reachable"))
                    .isEqualTo(true);

            long job = (long) connection.invoke(name("type=Backups,server=main"), "create", null, null);
            Set<Long> seen = new TreeSet<>();
            await("end of the job")
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(PATIENCE)
                    .until(() -> {
                        CompositeData now = show(connection, job);
                        seen.add((long) now.get("doneBytes"));
                        return "DONE".equals(now.get("state"));
                    });
            String backup = (String) show(connection, job).get("subject");
            connection.invoke(
                    name("type=Server,name=main"), "switchWal", new Object[] {true}, new String[] {"java.lang.Boolean"
                    });

            assertThat(seen).hasSizeGreaterThan(2); // seen to go on
            assertThat(connection.getAttribute(name("type=Job,id=" + job), "State"))
                    .isEqualTo("DONE");
            await("backup in the catalogue").atMost(PATIENCE).until(() -> {
                TabularData backups =
                        (TabularData) connection.getAttribute(name("type=Backups,server=main"), "Backups");
                CompositeData found = backups.get(new Object[] {backup});
                return found != null && "DONE".equals(found.get("status"));
            });
            await("notifications")
                    .atMost(PATIENCE)
                    .until(() -> told.stream()
                            .map(JmxITest::summary)
                            .collect(Collectors.toSet())
                            .containsAll(List.of(
                                    "matriarch.job.state RUNNING",
                                    "matriarch.job.progress RUNNING",
                                    "matriarch.job.state DONE",
                                    "matriarch.event BACKUP_DONE")));
            refuses(connection, "MATR-1006: delete needs the role 'admin', and user 'otto' has 'operator'", "delete");
            assertThat(container.ok("backup:list", "main", "--minimal").out()).contains(backup);
        }
    }

    @Test
    void letsAViewerLookByJmx() throws Exception {
        container.backUp("main");
        try (JMXConnector client = connect(doors, "vera")) {
            MBeanServerConnection connection = client.getMBeanServerConnection();

            CompositeData[] backups =
                    (CompositeData[]) connection.invoke(name("type=Backups,server=main"), "list", null, null);

            assertThat(backups).isNotEmpty();
            assertThat(connection.getAttribute(name("type=WalArchive,server=main"), "Files"))
                    .isNotNull();
            refuses(connection, "MATR-1006: create needs the role 'operator', and user 'vera' has 'viewer'", "create");
            refuses(connection, "MATR-1006: delete needs the role 'admin', and user 'vera' has 'viewer'", "delete");
            assertThatThrownBy(() -> connection.createMBean("javax.management.loading.MLet", name("type=Evil")))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> connection.invoke(
                            new ObjectName("org.apache.karaf:type=config,name=root"),
                            "listProperties",
                            new Object[] {"org.matriarch"},
                            new String[] {"java.lang.String"}))
                    .isInstanceOf(SecurityException.class);
        }
        try (JMXConnector client = connect(doors, "adam")) {
            assertThatThrownBy(() -> client.getMBeanServerConnection()
                            .invoke(
                                    name("type=Backups,server=main"),
                                    "delete",
                                    new Object[] {"19700101T000000"},
                                    new String[] {"java.lang.String"}))
                    .hasMessageStartingWith("MATR-4003: ")
                    .hasMessageContaining("\nHINT: ");
        }
    }

    @Test
    void letsAViewerLookAtThePrompt() {
        String backup = container.backUp("main");

        assertThat(ssh(doors, "vera", "backup:list main --minimal").out()).contains(backup);
        assertThat(ssh(doors, "vera", "backup:delete main " + backup).exitCode())
                .isEqualTo(1);

        assertThat(container.ok("backup:list", "main", "--minimal").out()).contains(backup);
        Container.Result terminal = sshOnTerminal("vera", "backup:delete main " + backup);
        assertThat(terminal.out() + terminal.error()).contains("MATR-1006: backup:delete needs the role 'admin'");
        Path stolen = container.data().resolve("stolen");
        for (String way : List.of(
                "shell:cat etc/users.properties",
                "config:list",
                "log:display",
                "echo (([] getClass) getName)",
                "server:list > " + stolen,
                "shell:source " + stolen)) {
            Container.Result refused = ssh(doors, "vera", way);
            assertThat(refused.exitCode()).as(way).isNotZero();
            assertThat(refused.out()).as(way).doesNotContain("ArrayList", "otto");
        }
        assertThat(stolen).doesNotExist();
    }

    @Test
    void letsUsersRunCommandsByTheirRole() {
        String backup = container.backUp("main");

        assertThat(as("vera", "backup:list", "main", "--minimal").out()).contains(backup);
        assertThat(as("vera", "backup:delete", "main", backup, "--dry-run").exitCode())
                .isZero();
        assertThat(as("vera", "backup:delete", "main", backup).error())
                .startsWith("MATR-1006: backup:delete needs the role 'admin', and user 'vera' has 'viewer'");
        assertThat(as("vera", "wal:switch", "main").error()).startsWith("MATR-1006: wal:switch needs");
        assertThat(as("otto", "wal:switch", "main").exitCode()).isZero();
        assertThat(as("otto", "retention:apply", "main").error()).startsWith("MATR-1006: retention:apply needs");
        assertThat(container.runAs("otto", "wrong", "server:list").error()).startsWith("MATR-1007: ");
        assertThat(as("adam", "backup:delete", "main", backup).exitCode()).isZero();

        assertThat(container.ok("backup:list", "main", "--minimal").out()).doesNotContain(backup);
    }

    private static void isHidden(Container of, String file) throws IOException {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(of.data().resolve(file))))
                .as(file)
                .endsWith("------");
    }

    private static Container.Result as(String user, String... words) {
        return container.runAs(user, PASSWORDS.get(user), words);
    }

    private static void refuses(MBeanServerConnection connection, String message, String operation) throws Exception {
        boolean takesBackup = !operation.equals("create");
        assertThatThrownBy(() -> connection.invoke(
                        name("type=Backups,server=main"),
                        operation,
                        takesBackup ? new Object[] {"latest"} : null,
                        takesBackup ? new String[] {"java.lang.String"} : null))
                .hasMessageStartingWith(message);
    }

    private static CompositeData show(MBeanServerConnection connection, long job) throws Exception {
        return (CompositeData)
                connection.invoke(name("type=Jobs"), "show", new Object[] {job}, new String[] {"java.lang.Long"});
    }

    private static String summary(Notification notification) {
        CompositeData data = (CompositeData) notification.getUserData();
        return notification.getType() + " " + data.get(data.containsKey("state") ? "state" : "type");
    }

    private static JMXConnector connect(Doors to, String user) throws IOException {
        var url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/karaf-root".formatted(to.jmx()));
        return JMXConnectorFactory.connect(
                url, Map.of(JMXConnector.CREDENTIALS, new String[] {user, PASSWORDS.get(user)}));
    }

    private static boolean canConnect(String user) {
        try (JMXConnector client = connect(doors, user)) {
            return client.getConnectionId() != null;
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    private static ObjectName name(String properties) throws Exception {
        return new ObjectName("org.matriarch:" + properties);
    }

    private static Container.Result ssh(Doors to, String user, String command) {
        return ssh(to, user, List.of(command), "");
    }

    /** At a prompt; a command that is called without one cannot say anything on standard error. */
    private static Container.Result sshOnTerminal(String user, String command) {
        return ssh(doors, user, List.of("-tt"), command + "\nlogout\n");
    }

    private static Container.Result ssh(Doors to, String user, List<String> rest, String input) {
        var line = new ArrayList<String>(List.of("ssh", "-F", "none", "-p", "" + to.ssh(), "-i", key.toString()));
        for (String option : List.of(
                "BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")) {
            line.addAll(List.of("-o", option));
        }
        boolean options = rest.get(0).startsWith("-");
        if (options) {
            line.addAll(rest);
        }
        line.add(user + "@127.0.0.1");
        if (!options) {
            line.addAll(rest);
        }
        try {
            Path out = Files.createTempFile(key.getParent(), "out", ".txt");
            Path error = Files.createTempFile(key.getParent(), "error", ".txt");
            Process running = new ProcessBuilder(line)
                    .redirectOutput(out.toFile())
                    .redirectError(error.toFile())
                    .start();
            try (Writer writer = running.outputWriter(StandardCharsets.UTF_8)) {
                writer.write(input);
            }
            assertThat(running.waitFor(2, TimeUnit.MINUTES)).as(line.toString()).isTrue();
            return new Container.Result(running.exitValue(), Files.readString(out), Files.readString(error));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** RSA: Karaf knows no newer kind for its users. */
    private static Path makeKey(Path directory) throws Exception {
        Path made = Files.createDirectory(directory.resolve("keys")).resolve("key");
        Process generator = new ProcessBuilder(
                        "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", made.toString())
                .inheritIO()
                .start();
        assertThat(generator.waitFor()).isZero();
        return made;
    }
}
