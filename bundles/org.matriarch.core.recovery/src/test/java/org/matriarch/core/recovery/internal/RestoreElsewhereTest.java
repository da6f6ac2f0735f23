package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.server.ServerConfiguration.CopySettings;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.RestoreTransport;
import org.matriarch.spi.transport.TransportException;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

/** Restores through a transport, whose other side is this host. */
final class RestoreElsewhereTest {

    private static final String COMMAND = "ssh postgres@pg";

    private final FixedServers servers = new FixedServers();
    private final RecordingEvents events = new RecordingEvents();
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path directory;

    private Path data;
    private Mirror mirror;
    private RestoreService restores;

    @BeforeEach
    void storeABackup() throws IOException {
        data = directory.resolve("data");
        mirror = new Mirror();
        servers.put(new ServerBuilder("main", directory).build());
        restores = service(mirror);
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(directory.resolve("bin/matriarch-wal-fetch"), "#!/bin/sh\n");
    }

    @Test
    void opensTheHostThatIsAskedFor() {
        RestorePlan plan = restores.plan(request(Optional.of(COMMAND), false, 0));
        Job job = restores.carryOut(plan);

        assertThat(job.error()).isEmpty();
        assertThat(mirror.opened).hasSize(2).allMatch(host -> host.sshCommand().equals(COMMAND));
        assertThat(mirror.closed).hasValue(2);
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(events.events())
                .extracting(event -> event.message())
                .containsExactly("backup restored to 'pg:%s'".formatted(data));
    }

    @Test
    void opensTheHostThatIsConfigured() {
        servers.put(new ServerBuilder("main", directory)
                .copy(new CopySettings(Optional.of("ssh there"), ReuseMode.OFF, true, Map.of(), false))
                .delta(true)
                .build());

        RestorePlan plan = restores.plan(request(Optional.of(RestoreRequest.OF_THE_SERVER), false, 0)
                .settled(Optional.of(RestoreRequest.OF_THE_SERVER), false));

        assertThat(plan.request().remoteSshCommand()).contains("ssh there");
        assertThat(plan.request().isDelta()).isFalse();
        assertThat(mirror.opened).containsExactly(new CopyHost("ssh there", true));
        assertThat(restores.plan(plain(Optional.empty())).request().isDelta()).isTrue();
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> restores.plan(request(Optional.of(RestoreRequest.OF_THE_SERVER), false, 0)))
                .hasMessageStartingWith("MATR-1001: server 'main' has no ssh_command");
        assertThatThrownBy(() -> service(null).plan(request(Optional.of(COMMAND), false, 0)))
                .hasMessageStartingWith(
                        "MATR-8003: unable to restore to another host: no transport for that is installed%nHINT: install it with 'feature:install matriarch-transport-ssh'."
                                .formatted());
    }

    @Test
    void saysWhatTheHostSays() {
        mirror.failures.set(1);
        mirror.retryable = false;
        RestorePlan plan = restores.plan(request(Optional.of(COMMAND), false, 3));

        Job job = restores.carryOut(plan);

        assertThat(job.errorCode()).contains(7010);
        assertThat(job.error().orElseThrow())
                .startsWith("unable to restore backup '20261120T100000' to 'pg:%s': no room".formatted(data));
        assertThat(job.hint()).contains("make some.");
        assertThat(pauses).isEmpty();
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void cleansUpOverAnotherConnectionIfOneIsBroken() {
        mirror.failures.set(1);
        mirror.retryable = false;
        RestorePlan plan = restores.plan(request(Optional.of(COMMAND), false, 0));
        mirror.breakDeletions(1);

        assertThat(restores.carryOut(plan).errorCode()).contains(7010);

        assertThat(data).isEmptyDirectory();
    }

    @Test
    void leavesTheMarkWhereItCannotCleanUp() {
        mirror.failures.set(1);
        mirror.retryable = false;
        RestorePlan plan = restores.plan(request(Optional.of(COMMAND), false, 0));
        mirror.breakDeletions(Integer.MAX_VALUE);

        assertThat(restores.carryOut(plan).errorCode()).contains(7010);

        assertThat(data.resolve(ControlFile.INCOMPLETE_MARK)).exists();
        assertThat(data.resolve("global/pg_control")).doesNotExist();
    }

    @Test
    void countsInUnitsThatFit() {
        assertThat(Sizes.kept(3, 5)).isEqualTo("3 of 5 bytes were there already");
        assertThat(Sizes.kept(1945L << 20, 2L << 30)).isEqualTo("1.9 of 2.0 GiB were there already");
        assertThat(Sizes.kept(0, 5L << 60)).startsWith("0.0 of 5");
    }

    @Test
    void goesOnWhenTheHostIsBack() {
        mirror.failures.set(2);

        Job job = restores.carryOut(restores.plan(request(Optional.of(COMMAND), false, 2)));

        assertThat(job.error()).isEmpty();
        assertThat(pauses).hasSize(2);
        assertThat(data.resolve("base/1/1")).hasContent("table");
    }

    @Test
    void saysHowMuchWasThere() {
        restores.carryOut(restores.plan(request(Optional.of(COMMAND), false, 0)));

        Job job = restores.carryOut(restores.plan(request(Optional.of(COMMAND), true, 0)));

        assertThat(job.error()).isEmpty();
        assertThat(job.progress().step()).isEqualTo("21 of 28 bytes were there already");
        assertThat(job.progress().doneBytes()).isEqualTo(job.progress().totalBytes());
    }

    @Test
    void doesNotTrustAPidFileOfAnotherHost() throws IOException {
        restores.carryOut(restores.plan(request(Optional.of(COMMAND), false, 0)));
        Files.writeString(data.resolve("postmaster.pid"), "999999999\n");

        assertThatThrownBy(() -> restores.plan(request(Optional.of(COMMAND), true, 0)))
                .hasMessageStartingWith(
                        "MATR-5001: unable to restore the data directory to 'pg:%s': it holds a postmaster.pid, so PostgreSQL may be running there"
                                .formatted(data));
    }

    @Test
    void putsTheControlFileBackIfPostgresStartedMeanwhile() throws IOException {
        restores.carryOut(restores.plan(request(Optional.of(COMMAND), false, 0)));
        RestorePlan plan = restores.plan(request(Optional.of(COMMAND), true, 0));
        mirror.onRename = () -> write(data.resolve("postmaster.pid"), "1\n");

        Job job = restores.carryOut(plan);

        assertThat(job.errorCode()).contains(5001);
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(data.resolve(ControlFile.INCOMPLETE_MARK)).doesNotExist();
    }

    @Test
    void warnsOfADoorThatTheHostCannotReach() {
        servers.put(new ServerBuilder("main", directory).getWal(true).build());

        assertThat(restores.plan(request(Optional.of(COMMAND), false, 0)).warnings())
                .anyMatch(warning -> warning.startsWith(
                        "the server will fetch its WAL from http://127.0.0.1:7681, which means another host there"));
        assertThat(restores.plan(plain(Optional.empty())).warnings())
                .noneMatch(warning -> warning.startsWith("the server will fetch"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RestoreService service(@Nullable RestoreTransport transport) throws IOException {
        var wal = Fixtures.archive("000000010000000000000003", "000000010000000000000004");
        var backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n")
                .file(0, "global/pg_control", "control")
                .file(0, "base/1/1", "table")
                .file(0, "postgresql.conf", "port = 1\n")
                .file(16400, "PG_16_202307071/5/1234", "rows");
        return new RestoreService(
                servers,
                new OneRepository(backups),
                new ChosenBackups(Map.of("latest", Fixtures.backup())),
                new ListedWalFiles(wal),
                new RestoreService.Surroundings(
                        DirectJobs.inline(),
                        events,
                        new RecordingHooks(),
                        new MutableClock(Instant.parse("2026-11-21T08:00:00Z")),
                        pauses::add,
                        new FetchClient(directory, () -> new OpenWalDoor(directory, Optional.empty())),
                        transport));
    }

    private RestoreRequest plain(Optional<String> command) {
        RestoreRequest plain = Fixtures.into(data, Map.of("fast", directory.resolve("fast")));
        return retrying(plain, 0, command, Optional.empty());
    }

    private RestoreRequest request(Optional<String> command, boolean delta, int retries) {
        RestoreRequest plain = Fixtures.into(data, Map.of("fast", directory.resolve("fast")));
        return retrying(plain, retries, command, Optional.of(delta));
    }

    private static RestoreRequest retrying(
            RestoreRequest plain, int retries, Optional<String> command, Optional<Boolean> delta) {
        return new RestoreRequest(
                plain.server(),
                plain.backup(),
                plain.destination(),
                plain.target(),
                plain.exclusive(),
                plain.timeline(),
                plain.action(),
                plain.tablespaces(),
                plain.getWal(),
                plain.standbyMode(),
                Optional.of(1),
                plain.bandwidthLimitKib(),
                Optional.of(retries),
                Optional.of(Duration.ofSeconds(7)),
                command,
                delta);
    }

    /** A transport that leads back to this host, and that fails so many times to sync anything. */
    private final class Mirror implements RestoreTransport {

        private final List<CopyHost> opened = new ArrayList<>();
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger brokenDeletions = new AtomicInteger();
        private int toBreak;
        private boolean retryable = true;
        private Runnable onRename = () -> {};

        /** Once it has failed to sync, so many deletions fail, too. */
        void breakDeletions(int many) {
            toBreak = many;
        }

        @Override
        public String id() {
            return "mirror";
        }

        @Override
        public HostFiles open(CopyHost host, int connections) throws TransportException {
            opened.add(host);
            try {
                return new ForwardingFiles(LocalFiles.at(data), Integer.MAX_VALUE) {
                    @Override
                    public String describe(Path path) {
                        return "pg:" + path;
                    }

                    @Override
                    public void sync(Path path) throws IOException {
                        if (failures.getAndDecrement() > 0) {
                            brokenDeletions.set(toBreak);
                            throw new TransportException(
                                    "no room",
                                    retryable,
                                    new MatriarchException(ErrorCode.HOST_FILES, "no room", "make some."));
                        }
                        super.sync(path);
                    }

                    @Override
                    public void delete(Path path) throws IOException {
                        if (brokenDeletions.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new TransportException("the connection is lost", true, null);
                        }
                        super.delete(path);
                    }

                    @Override
                    public void rename(Path from, Path to) throws IOException {
                        super.rename(from, to);
                        Runnable once = onRename;
                        onRename = () -> {};
                        once.run();
                    }

                    @Override
                    public void close() {
                        closed.incrementAndGet();
                        super.close();
                    }
                };
            } catch (IOException e) {
                throw new TransportException("this host is gone", false, e);
            }
        }
    }
}
