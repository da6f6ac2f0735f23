package org.matriarch.transport.rsync.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;
import org.matriarch.testkit.transport.BackupTransportContract;
import org.matriarch.testkit.transport.CopyingRequest;
import org.matriarch.testkit.transport.RecordingReceiver;

/** The transport against PostgreSQL, OpenSSH and rsync themselves. */
class RealServerTest extends BackupTransportContract {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private SshServer ssh;

    @BeforeEach
    void startSsh() {
        ssh = SshServer.start(directory.resolve("ssh"));
    }

    @AfterEach
    void stopSsh() {
        ssh.close();
    }

    @Override
    protected BackupTransport transport() {
        return new RsyncTransport();
    }

    @Override
    protected TransferRequest request(EmbeddedPostgres server, BaseBackupOptions options, TransferReceiver receiver) {
        return new CopyingRequest(server, ssh.command(), 2, options, receiver);
    }

    @Test
    void copiesNamesThatMeanSomethingElsewhere() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Path top = Path.of(server.query("SHOW data_directory"));
            List<String> names = List.of(
                    "a b",
                    "it's",
                    "\"x\"",
                    "$(touch owned)",
                    "a*",
                    "a?b[c]",
                    "back\\slash",
                    "ä",
                    "-n",
                    "x -> y",
                    ".",
                    "new\nline\r",
                    "\\#101",
                    "; touch owned",
                    "pg_internal.initial",
                    "a:b");
            for (String name : names) {
                Files.writeString(
                        Files.createDirectory(top.resolve("dir " + name)).resolve("f" + name), name);
            }
            ServerUser.own(top);
            var receiver = receiver();

            transfer(server, receiver);

            for (String name : names) {
                if (!name.startsWith("pg_internal.init")) {
                    assertThat(receiver.files())
                            .hasEntrySatisfying(
                                    BackupPath.ofData("dir %s/f%s".formatted(name, name)),
                                    content -> assertThat(content).asString().isEqualTo(name));
                }
            }
            assertThat(top.resolve("owned")).doesNotExist();
        }
    }

    @Test
    void followsLinksAndLeavesOutWhatIsNoFile() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Path top = Path.of(server.query("SHOW data_directory"));
            Path outside = Files.createDirectory(directory.resolve("out side"));
            Files.createDirectories(outside.resolve("deep/deeper"));
            Files.writeString(outside.resolve("deep/deeper/file"), "deep");
            Files.createSymbolicLink(outside.resolve("deep/again"), Path.of("deeper"));
            Files.createSymbolicLink(top.resolve("a link"), outside);
            Files.createSymbolicLink(top.resolve("file link"), outside.resolve("deep/deeper/file"));
            Files.createSymbolicLink(top.resolve("nowhere"), Path.of("gone"));
            run("mkfifo", top.resolve("pipe").toString());
            ServerUser.own(top);
            ServerUser.own(outside);
            var receiver = receiver();

            transfer(server, receiver);

            assertThat(receiver.faults()).isEmpty();
            for (String path : List.of("a link/deep/deeper/file", "a link/deep/again/file", "file link")) {
                assertThat(receiver.files())
                        .hasEntrySatisfying(
                                BackupPath.ofData(path),
                                content -> assertThat(content).asString().isEqualTo("deep"));
            }
            assertThat(receiver.directories())
                    .contains(BackupPath.ofData("a link"), BackupPath.ofData("a link/deep/again"));
            assertThat(receiver.files()).doesNotContainKeys(BackupPath.ofData("nowhere"), BackupPath.ofData("pipe"));
        }
    }

    @Test
    void keepsModesAndTimes() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Path top = Path.of(server.query("SHOW data_directory"));
            Path file = Files.writeString(top.resolve("mine"), "x");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x---"));
            Instant time = Instant.parse("2020-02-29T23:59:59Z");
            Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.from(time));
            ServerUser.own(top);
            var receiver = receiver();

            transfer(server, receiver);

            assertThat(receiver.permissions(BackupPath.ofData("mine"))).contains(0650);
            assertThat(Files.getLastModifiedTime(directory.resolve("received/0/mine"))
                            .toInstant())
                    .isEqualTo(time);
        }
    }

    @Test
    void copiesEachFileOnceAlthoughManyComeAndGo() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(18).start()) {
            var stop = new AtomicReference<>(false);
            CompletableFuture<Void> churn = CompletableFuture.runAsync(() -> {
                for (int i = 0; !stop.get(); i++) {
                    server.execute("CREATE TABLE churn AS SELECT n, repeat('x', 300) FROM generate_series(1, 3000) n");
                    server.execute(i % 2 == 0 ? "DROP TABLE churn" : "TRUNCATE churn; DROP TABLE churn");
                }
            });
            var receiver = receiver();

            transfer(server, receiver);
            stop.set(true);
            churn.join();

            assertThat(receiver.faults()).isEmpty();
            assertThat(receiver.files())
                    .containsKeys(BackupPath.ofData("global/pg_control"), BackupPath.ofData("PG_VERSION"));
        }
    }

    @Test
    void endsItsProgramsWhenItIsInterrupted() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
            var receiver = receiver();
            var request = new CopyingRequest(
                    server, ssh.command(), 2, new BaseBackupOptions("stopped", true, 1024), receiver);
            var outcome = new AtomicReference<Exception>();
            Set<Long> before = children();
            var thread = new Thread(() -> {
                try {
                    transport().transfer(request, receiver);
                } catch (IOException | InterruptedException e) {
                    outcome.set(e);
                }
            });
            thread.start();
            await("files").atMost(PATIENCE).until(() -> temporaries(directory.resolve("received")) > 0);

            thread.interrupt();
            thread.join(PATIENCE.toMillis());

            assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
            assertThat(temporaries(directory.resolve("received"))).isZero();
            await("ssh, which sees that rsync has gone").atMost(PATIENCE).until(() -> before.containsAll(children()));
            assertThat(receiver.files()).doesNotContainKey(BackupPath.ofData("global/pg_control"));
        }
    }

    @Test
    void saysThatTheConnectionBroke() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
            var receiver = receiver();
            var request =
                    new CopyingRequest(server, ssh.command(), 2, new BaseBackupOptions("cut", true, 1024), receiver);
            CompletableFuture<Void> cut = CompletableFuture.runAsync(() -> {
                await("files").atMost(PATIENCE).until(() -> temporaries(directory.resolve("received")) > 0);
                ssh.cutConnections();
            });

            assertThatThrownBy(() -> transport().transfer(request, receiver))
                    .cause()
                    .isInstanceOfSatisfying(MatriarchException.class, e -> {
                        assertThat(e.getMessage()).startsWith("MATR-7008: the connection to host '127.0.0.1' broke: ");
                        assertThat(e.code().retryable()).isTrue();
                    });
            cut.join();
        }
    }

    @Test
    void refusesAFileThatItMayNotRead() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start();
                SshServer other = SshServer.start(directory.resolve("other"), steppingDown())) {
            Path top = Path.of(server.query("SHOW data_directory"));
            Path secret = Files.writeString(top.resolve("base/se cret"), "x");
            Files.setPosixFilePermissions(secret, Set.of());
            var receiver = receiver();
            var request = new CopyingRequest(
                    server, other.command(), 2, new BaseBackupOptions("unreadable", true, 0), receiver);

            assertThatThrownBy(() -> transport().transfer(request, receiver))
                    .cause()
                    .hasMessage(("MATR-7010: host '127.0.0.1' does not let us read '%s'%nHINT: let 'ssh_command' log in"
                                    + " as the user that PostgreSQL runs as.")
                            .formatted(secret));
        }
    }

    @Test
    void saysWhatKeepsItOut() throws IOException {
        ssh.makeKey("stranger");
        ssh.makeKey("other");
        String foreign = Files.readString(directory.resolve("ssh/other.pub"));
        Files.writeString(directory.resolve("ssh/changed"), "[127.0.0.1]:%d %s".formatted(ssh.port(), foreign));

        assertRefused(ssh.command("stranger", "known_hosts"), "MATR-7009: host '127.0.0.1' does not let us in");
        assertRefused(ssh.command("key", "nothing"), "MATR-7009", "its key is not known here");
        assertRefused(ssh.command("key", "changed"), "MATR-7009", "its key is not the one that is known here");
        assertRefused(ssh.command("missing", "known_hosts"), "MATR-7009: host '127.0.0.1' does not let us in");
        assertRefused("ssh -p many postgres@pg", "MATR-1001: unable to start the program of 'ssh_command': Bad port");
        assertRefused("nossh postgres@pg", "MATR-1001: unable to start the program of 'ssh_command': Failed to exec");
        assertRefused("ssh pg ls", "MATR-1001: unable to read ssh_command 'ssh pg ls': 'ls' follows the host");
        ssh.stop();
        assertRefused(ssh.command(), "MATR-7008: unable to connect to host '127.0.0.1'", "Connection refused");
    }

    @Test
    void saysWhatTheHostLacks() {
        try (SshServer bare = SshServer.start(
                        directory.resolve("bare"),
                        "ForceCommand env PATH=/nowhere /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
                SshServer chatty = SshServer.start(
                        directory.resolve("chatty"), "ForceCommand echo Welcome; eval \"$SSH_ORIGINAL_COMMAND\"")) {
            assertRefused(bare.command(), "MATR-7011: host '127.0.0.1' has no rsync: ", "HINT: install rsync there");
            assertRefused(chatty.command(), "MATR-7011: a login on host '127.0.0.1' prints something");
        }
    }

    private void assertRefused(String command, String... words) {
        var receiver = receiver();
        var request = new CopyingRequest(null, command, 1, new BaseBackupOptions("refused", true, 0), receiver);

        assertThatThrownBy(() -> transport().transfer(request, receiver))
                .cause()
                .isInstanceOfSatisfying(
                        MatriarchException.class,
                        e -> assertThat(e.getMessage()).contains(words));
    }

    /** Whoever may read everything proves nothing about what may not be read. */
    static String steppingDown() {
        return System.getProperty("user.name").equals("root")
                ? "ForceCommand setpriv --reuid=65534 --regid=65534 --clear-groups -- /bin/sh -c \"$SSH_ORIGINAL_COMMAND\""
                : "";
    }

    private RecordingReceiver receiver() {
        return new RecordingReceiver(directory.resolve("received"));
    }

    private void transfer(EmbeddedPostgres server, RecordingReceiver receiver) throws Exception {
        transport().transfer(request(server, new BaseBackupOptions("test", true, 0), receiver), receiver);
    }

    private static Set<Long> children() {
        var ids = new HashSet<Long>();
        ProcessHandle.current()
                .descendants()
                .filter(each -> each.info().command().orElse("").matches(".*/(rsync|ssh|sh|dash|bash)"))
                .forEach(each -> ids.add(each.pid()));
        return ids;
    }

    /** Returns how many files rsync is at. */
    private static long temporaries(Path top) throws IOException {
        if (!Files.exists(top)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(top)) {
            return files.filter(file -> file.getFileName().toString().matches("\\..+\\.\\w{6}"))
                    .count();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
