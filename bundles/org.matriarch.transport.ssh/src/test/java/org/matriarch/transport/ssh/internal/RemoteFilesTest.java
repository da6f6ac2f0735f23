package org.matriarch.transport.ssh.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.TransportException;
import org.matriarch.testkit.ssh.SshServer;
import org.matriarch.testkit.transport.HostFilesContract;

/** Files on the other side of a real OpenSSH server. */
final class RemoteFilesTest extends HostFilesContract {

    @TempDir
    private static Path keys;

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private static SshServer ssh;

    @BeforeAll
    static void startSsh() {
        ssh = SshServer.start(keys.resolve("ssh"));
    }

    @AfterAll
    static void stopSsh() {
        ssh.close();
    }

    @Override
    protected HostFiles open(Path destination) throws IOException {
        return open(ssh, 2);
    }

    private static HostFiles open(SshServer server, int connections) throws TransportException {
        return new SshRestoreTransport().open(new CopyHost(server.command(), false), connections);
    }

    /** A connection that breaks while it logs in is no login that was refused: it is tried again. */
    @Test
    void saysOfAConnectionThatIsCutAtAnyMomentThatItBroke() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        int cut = 0;
        for (int attempt = 0; attempt < 60; attempt++) {
            int pauseMillis = 5 * attempt;
            CompletableFuture<Void> cutter = CompletableFuture.runAsync(() -> {
                LockSupport.parkNanos(Duration.ofMillis(pauseMillis).toNanos());
                ssh.cutConnections();
            });
            try (HostFiles files = open(ssh, 1)) {
                files.list(file.getParent());
            } catch (TransportException e) {
                cut++;
                assertThat(e.retryable()).as(e.getMessage()).isTrue();
            }
            cutter.join();
        }
        assertThat(cut).isPositive();
    }

    @Test
    void goesOnAfterItsConnectionsWereCut() throws Exception {
        try (HostFiles files = open(ssh, 1)) {
            HostFiles.Output out = files.create(directory.resolve("half"), 0600);
            ssh.cutConnections();

            assertThatThrownBy(() -> {
                        out.write(ByteBuffer.allocate(1 << 20));
                        out.finish();
                    })
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .cause()
                    .hasMessageStartingWith("MATR-7008: lost the connection to host '127.0.0.1'");
            out.close();
            files.delete(directory.resolve("half"));

            assertThat(directory.resolve("half")).doesNotExist();
        }
    }

    @Test
    void letsManyWorkWithFewConnections() throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try (HostFiles files = open(ssh, 3)) {
            var writers = new ArrayList<Future<?>>();
            for (int i = 0; i < 40; i++) {
                Path file = directory.resolve("file-%d".formatted(i));
                writers.add(threads.submit(() -> {
                    try (HostFiles.Output out = files.create(file, 0600)) {
                        out.write(ByteBuffer.wrap(new byte[200_000]));
                        out.finish();
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }

            assertThat(files.list(directory)).hasSize(40).allMatch(file -> file.sizeBytes() == 200_000);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void readsBackWhereNoProgramMayRun() throws Exception {
        Path file = Files.write(directory.resolve("a 'b' $(touch owned)"), new byte[100_000]);
        try (SshServer strict = SshServer.start(directory.resolve("strict"), "ForceCommand internal-sftp");
                HostFiles files = open(strict, 1);
                HostFiles free = open(ssh, 1)) {
            assertThat(files.sha256(List.of(file, directory.resolve("none"))))
                    .containsOnlyKeys(file)
                    .isEqualTo(free.sha256(List.of(file)));
        }
    }

    @Test
    void saysWhatTheHostRefuses() throws Exception {
        try (HostFiles files = open(ssh, 1)) {
            assertThatThrownBy(() -> files.create(Path.of("/proc/none"), 0600))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .cause()
                    .isInstanceOfSatisfying(
                            MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HOST_FILES))
                    .hasMessageStartingWith("MATR-7010: host '127.0.0.1' refuses '/proc/none': ");
        }
    }

    @Test
    void saysWhatKeepsItOut() throws Exception {
        ssh.makeKey("stranger");

        assertThatThrownBy(() ->
                        new SshRestoreTransport().open(new CopyHost(ssh.command("stranger", "known_hosts"), false), 1))
                .cause()
                .hasMessageStartingWith("MATR-7009: host '127.0.0.1' does not let us in");
        try (SshServer bare = SshServer.start(directory.resolve("bare"), "ForceCommand echo hello")) {
            assertThatThrownBy(() -> open(bare, 1))
                    .cause()
                    .hasMessageContaining("does a start-up file of the shell print something?");
        }
    }
}
