package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.matriarch.testkit.server.FixedServers;

@Timeout(60)
final class WalChecksTest {

    @TempDir
    private Path home;

    private Sample sample;
    private StreamingReceivers receivers;
    private WalChecks checks;

    @BeforeEach
    void setUp() {
        sample = new Sample(home);
        receivers = new StreamingReceivers(new FixedServers(sample.configuration), sample.services);
        checks = new WalChecks(receivers, sample.repository, sample.postgres);
    }

    @AfterEach
    void tearDown() {
        receivers.deactivate();
    }

    @Test
    void findsNothingWrongWithAGoodServer() {
        receivers.serverChanged("main");
        await().until(() -> receivers.status("main").state() == State.STREAMING);
        sample.postgres.writeTo(SampleWal.lsn(3));
        await().until(() -> sample.repository.wal().contains(SampleWal.name(1, 2)));

        assertThat(results().values()).extracting(CheckResult::outcome).containsOnly(Outcome.OK);
        assertThat(results())
                .containsOnlyKeys(
                        "repository lock",
                        "replication slot",
                        "receive-wal running",
                        "WAL archive",
                        "empty streaming directory",
                        "archiver errors",
                        "systemid coherence");
    }

    @Test
    void seesThatNothingRuns() {
        assertFailed("replication slot", "replication slot 'matriarch' does not exist on server 'main'");
        assertFailed("receive-wal running", "STOPPED");
        assertFailed("WAL archive", "no WAL is archived yet");
        assertThat(results().get("systemid coherence").detail()).isEqualTo("no system id stored yet");
    }

    @Test
    void seesABadSlot() {
        sample.postgres.createSlot("matriarch", Optional.of(SampleWal.lsn(1)));
        assertFailed("replication slot", "slot 'matriarch' is not in use, the server keeps WAL for it");
        sample.postgres.loseSlot(true);
        assertFailed("replication slot", "slot 'matriarch' of server 'main' has lost the WAL that it should hold");
        sample.postgres.loseSlot(false);
        sample.postgres.createSlot("logical", Optional.empty());
        CheckResult result =
                result(with(new WalSettings(true, false, Optional.of("logical"), true, "x")), "replication slot");
        assertThat(result.detail()).isEqualTo("replication slot 'logical' of server 'main' is not a physical one");
    }

    @Test
    void leavesOutTheReceiverOfAServerWithout() {
        assertThat(checks.check(with(new WalSettings(false, false, Optional.empty(), true, "x"))))
                .extracting(CheckResult::name)
                .doesNotContain("replication slot", "receive-wal running");
        assertThat(checks.check(with(new WalSettings(true, false, Optional.empty(), true, "x"))))
                .extracting(CheckResult::name)
                .doesNotContain("replication slot");
    }

    @Test
    void seesWhyTheReceiverIsDown() {
        sample.postgres.goAway(ScriptedServer.unreachable());
        receivers.serverChanged("main");
        await().until(() -> receivers.status("main").state() == State.BACKING_OFF);

        assertFailed("receive-wal running", "BACKING_OFF: MATR-7001: server 'main' is away");
        assertFailed("replication slot", "server 'main' is away");
    }

    @Test
    void seesGapsQueuesAndErrors() throws IOException {
        sample.repository.wal().add(SampleWal.name(1, 1), SampleWal.segment(1, 1));
        sample.repository.wal().add(SampleWal.name(1, 4), SampleWal.segment(1, 4));
        Files.createDirectories(home.resolve("streaming"));
        for (int i = 10; i < 21; i++) {
            Files.createFile(sample.directory.path(SampleWal.name(1, i)));
        }
        Files.createDirectories(home.resolve("errors"));
        Files.createFile(home.resolve("errors/a.duplicate"));
        Files.createFile(home.resolve("errors/b.unknown"));

        assertThat(results().get("WAL archive").outcome()).isEqualTo(Outcome.WARNING);
        assertThat(results().get("WAL archive").detail())
                .isEqualTo("1 gap, the last from 000000010000000000000002 to 000000010000000000000003");
        assertThat(results().get("empty streaming directory").detail()).isEqualTo("11 WAL files wait to be archived");
        assertFailed("archiver errors", "duplicates: 1, unknown: 1");
    }

    @Test
    void seesWhyTheQueueDoesNotMove() throws IOException {
        sample.repository
                .faults()
                .armForGood(
                        "wal.store",
                        new MatriarchException(ErrorCode.PLUGIN_MISSING, "compressor 'zstd' is away", "install it."));
        Files.createDirectories(home.resolve("streaming"));
        Files.write(sample.directory.path(SampleWal.name(1, 1)), SampleWal.segment(1, 1));
        receivers.serverChanged("main");

        await().untilAsserted(() ->
                assertFailed("empty streaming directory", "1 WAL file waits: MATR-8003: compressor 'zstd' is away"));
        assertThat(results().get("empty streaming directory").hint()).isEqualTo("install it.");
    }

    @Test
    void looksAtWhatIsHandedOver() throws IOException {
        ServerConfiguration server = with(new WalSettings(false, true, Optional.empty(), true, "x"));
        assertThat(result(server, "incoming WALs directory").outcome()).isEqualTo(Outcome.FAILED);
        receivers.deactivate();
        receivers = new StreamingReceivers(new FixedServers(server), sample.services);
        checks = new WalChecks(receivers, sample.repository, sample.postgres);
        Files.createDirectories(home.resolve("incoming"));
        assertThat(result(server, "incoming WALs directory").detail())
                .isEqualTo("'%s' is not a directory that can be written to".formatted(home.resolve("pushed")));
        Files.createDirectories(home.resolve("pushed"));
        assertThat(result(server, "incoming WALs directory").outcome()).isEqualTo(Outcome.OK);

        for (long i = 1; i < 3; i++) {
            Path file = Files.write(
                    home.resolve("incoming").resolve(SampleWal.name(1, i).value()), new byte[6]);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(IncomingScan.OLD)));
        }
        receivers.serverChanged("main");

        await().untilAsserted(() -> assertThat(
                        result(server, "incoming WALs directory").detail())
                .matches("'00000001000000000000000[12]' is not archived, since it is not whole: it has 6 bytes;"
                        + " and 1 more"));
        assertThat(result(server, "empty incoming directory").outcome()).isEqualTo(Outcome.OK);
    }

    private CheckResult result(ServerConfiguration server, String name) {
        return checks.check(server).stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void seesAnotherSystem() {
        sample.repository.claim(new RepositoryIdentity("42", 16));

        assertFailed("systemid coherence", "the server is system 7300000000000000001, its repository belongs to 42");
    }

    @Test
    void seesDirectoriesThatCannotBeRead() throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("errors"), "a file");

        assertThat(results().get("archiver errors").outcome()).isEqualTo(Outcome.FAILED);
    }

    private ServerConfiguration with(WalSettings wal) {
        return Sample.configuration(home, "host=main", wal);
    }

    private void assertFailed(String name, String detail) {
        CheckResult result = results().get(name);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.detail()).endsWith(detail);
        assertThat(result.hint()).isNotEmpty();
    }

    private Map<String, CheckResult> results() {
        return checks.check(sample.configuration).stream()
                .collect(Collectors.toMap(CheckResult::name, result -> result));
    }
}
