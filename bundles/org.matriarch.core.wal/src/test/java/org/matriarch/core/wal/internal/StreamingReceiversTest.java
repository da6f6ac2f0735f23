package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.matriarch.testkit.server.FixedServers;

@Timeout(60)
final class StreamingReceiversTest {

    private static final WalSettings MANUAL =
            new WalSettings(true, false, Optional.of("matriarch"), false, "matriarch_receive_wal");

    @TempDir
    private Path home;

    private Sample sample;
    private FixedServers servers;
    private StreamingReceivers receivers;

    @BeforeEach
    void setUp() {
        sample = new Sample(home);
        servers = new FixedServers(sample.configuration);
        receivers = new StreamingReceivers(servers, sample.services);
    }

    @AfterEach
    void tearDown() {
        sample.disk.repair();
        receivers.deactivate();
    }

    @Test
    void receivesForAServerThatComes() {
        receivers.serverChanged("main");

        awaitState(State.STREAMING);
        assertThat(sample.postgres.slots()).containsKey("matriarch");
    }

    @Test
    void staysStoppedAcrossRestarts() {
        receivers.serverChanged("main");
        awaitState(State.STREAMING);

        assertThat(receivers.stop("main").state()).isEqualTo(State.STOPPED);
        assertRefused(() -> receivers.stop("main"), "MATR-3005: the receiver of server 'main' is not running");
        restart();
        receivers.serverChanged("main");

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("matriarch-archive-main")));
        assertThat(receivers.status("main").state()).isEqualTo(State.STOPPED);
        assertThat(receivers.start("main").state()).isNotEqualTo(State.STOPPED);
        awaitState(State.STREAMING);
        assertRefused(() -> receivers.start("main"), "MATR-3005: the receiver of server 'main' is running already");
    }

    @Test
    void hurriesAReceiverThatWaits() {
        sample.postgres.goAway(ScriptedServer.unreachable());
        receivers.serverChanged("main");
        await().atMost(Duration.ofSeconds(20)).until(() -> sample.postgres.connects() >= 4);
        awaitState(State.BACKING_OFF);
        sample.postgres.comeBack();

        receivers.start("main");

        awaitState(State.STREAMING);
    }

    @Test
    void restartsOnlyForWhatMatters() {
        receivers.serverChanged("main");
        awaitState(State.STREAMING);
        ServerConfiguration old = sample.configuration;

        servers.put(new ServerConfiguration(
                "main",
                "another description",
                true,
                old.conninfo(),
                old.streamingConninfo(),
                home,
                old.repository(),
                old.backup(),
                old.copy(),
                old.wal(),
                old.restore(),
                old.hooks(),
                old.schedule(),
                old.monitoring()));
        receivers.serverChanged("main");
        servers.put(Sample.configuration(home, "host=other", old.wal()));
        receivers.serverChanged("main");

        await().until(() -> sample.postgres.connects() == 2);
        awaitState(State.STREAMING);
        assertThat(sample.postgres.connects()).isEqualTo(2);
    }

    @Test
    void endsWhenTheServerGoes() {
        receivers.serverChanged("main");
        receivers.serverChanged("unknown");
        awaitState(State.STREAMING);

        servers.put(Sample.configuration(
                home, "host=main", new WalSettings(false, false, Optional.empty(), false, "matriarch_receive_wal")));
        receivers.serverChanged("main");

        awaitState(State.STOPPED);
        assertRefused(
                () -> receivers.start("main"),
                "MATR-3005: the receiver of server 'main' is switched off by its configuration");
        servers.remove("main");
        receivers.serverChanged("main");
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("matriarch-archive-main")));
    }

    @Test
    void saysWhatIsNotSetUp() {
        assertThat(receivers.status("main").state()).isEqualTo(State.STOPPED);
        assertThat(receivers.archiveProblem("main")).isEmpty();
        assertRefused(() -> receivers.stop("main"), "MATR-3005: the receiver of server 'main' is not set up");
        assertRefused(() -> receivers.status("other"), "MATR-1002: no server 'other'");
    }

    @Test
    void needsTheSlotThatNobodyMayCreate() {
        servers.put(Sample.configuration(home, "host=main", MANUAL));
        receivers.serverChanged("main");
        awaitState(State.BACKING_OFF);
        assertThat(receivers.status("main").error())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("MATR-3006: replication slot 'matriarch' does not exist on server 'main'")
                        .contains("HINT: run wal:receive main --create-slot"));

        assertThat(receivers.createSlot("main")).isEqualTo("matriarch");

        awaitState(State.STREAMING);
        assertRefused(() -> receivers.createSlot("main"), "MATR-3006: replication slot 'matriarch' exists on server");
        assertRefused(() -> receivers.dropSlot("main"), "MATR-3005: the receiver of server 'main' is running");
        receivers.stop("main");
        assertThat(receivers.dropSlot("main")).isEqualTo("matriarch");
        assertThat(sample.postgres.slots()).isEmpty();
    }

    @Test
    void needsANameForASlot() {
        servers.put(Sample.configuration(
                home, "host=main", new WalSettings(true, false, Optional.empty(), false, "matriarch_receive_wal")));

        assertRefused(() -> receivers.createSlot("main"), "MATR-3006: no replication slot is configured");
        servers.put(Sample.configuration(home, "host=main", MANUAL));
        assertThat(receivers.createSlot("main")).isEqualTo("matriarch");
        assertThat(receivers.dropSlot("main")).isEqualTo("matriarch");
    }

    @Test
    void resetGivesUpWhatIsGone() {
        sample.repository.wal().add(SampleWal.name(1, 1), SampleWal.segment(1, 1));
        sample.postgres.writeTo(SampleWal.lsn(9).plus(10));
        sample.postgres.removeBefore(SampleWal.lsn(5));
        receivers.serverChanged("main");
        awaitState(State.REFUSED);

        receivers.reset("main");
        awaitState(State.STREAMING);
        sample.postgres.writeTo(SampleWal.lsn(10));

        await().until(() -> sample.repository.wal().contains(SampleWal.name(1, 9)));
        assertThat(sample.events.subjects(Event.Type.WAL_GAP)).hasSize(1);
        assertRefused(() -> receivers.reset("main"), "MATR-3005: the receiver of server 'main' is running");
        receivers.stop("main");
        assertThat(receivers.reset("main").state()).isEqualTo(State.STOPPED);
    }

    @Test
    void startsOneThatRefused() {
        sample.postgres.becomeSystem("42");
        receivers.serverChanged("main");
        awaitState(State.STREAMING);
        receivers.stop("main");
        sample.postgres.becomeSystem("43");
        receivers.start("main");
        awaitState(State.REFUSED);
        sample.postgres.becomeSystem("42");

        receivers.start("main");

        awaitState(State.STREAMING);
    }

    @Test
    void goesOnWhenTheDiskDoes() {
        receivers.serverChanged("main");
        awaitState(State.STREAMING);
        sample.disk.failAfter(0, "No space left on device");
        sample.postgres.writeTo(SampleWal.lsn(3));
        awaitState(State.BACKING_OFF);
        assertThat(receivers.status("main").error())
                .hasValueSatisfying(text -> assertThat(text).startsWith("MATR-2003: unable to receive WAL of 'main'"));
        assertRefused(() -> receivers.stop("main"), "MATR-2003: unable to keep the state of the receiver");

        sample.disk.repair();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> sample.repository.wal().contains(SampleWal.name(1, 2)));
        awaitState(State.STREAMING);
    }

    @Test
    void cutsAServerThatDoesNotAnswer() {
        receivers.serverChanged("main");
        awaitState(State.STREAMING);
        sample.postgres.ignoreStops(true);

        assertThat(receivers.stop("main").state()).isEqualTo(State.STOPPED);
    }

    @Test
    void followsOnceItsStateCanBeRead() throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("receiver.state"), "reset.timeline=x\nreset.position=0/1000000\n");
        receivers.serverChanged("main");
        await().until(() -> receivers.archiveProblem("main").isEmpty());

        Files.writeString(home.resolve("receiver.state"), "stopped=false\n");

        await().atMost(Duration.ofSeconds(15))
                .until(() -> receivers.status("main").state() == State.STREAMING);
    }

    @Test
    void comesToAnEnd() {
        receivers.serverChanged("main");
        awaitState(State.STREAMING);

        receivers.deactivate();
        receivers.serverChanged("main");

        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.matches("matriarch-(receive|flush|prepare|archive)-main")))
                .isEmpty();
    }

    private void awaitState(State state) {
        await().untilAsserted(() -> assertThat(receivers.status("main").state()).isEqualTo(state));
    }

    private void restart() {
        receivers.deactivate();
        receivers = new StreamingReceivers(servers, sample.services);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(MatriarchException.class).hasMessageStartingWith(message);
    }
}
