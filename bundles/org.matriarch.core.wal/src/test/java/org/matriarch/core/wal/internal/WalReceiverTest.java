package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.ReceiverStatus.State;

final class WalReceiverTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    @TempDir
    private Path home;

    private Sample sample;
    private WalArchiver archiver;
    private WalReceiver receiver;

    @BeforeEach
    void setUp() {
        sample = new Sample(home);
        begin();
    }

    @AfterEach
    void tearDown() {
        sample.disk.repair();
        end();
    }

    @Test
    void archivesWhatItReceives() {
        startStreaming();

        sample.postgres.writeTo(SampleWal.lsn(4).plus(1000));

        await().untilAsserted(() -> assertThat(sample.repository.wal().names())
                .containsExactly(SampleWal.name(1, 1), SampleWal.name(1, 2), SampleWal.name(1, 3)));
        assertThat(sample.repository.wal().content(SampleWal.name(1, 3))).isEqualTo(SampleWal.segment(1, 3));
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).hasSize(3);
    }

    @Test
    void reportsAsFlushedWhatIsInThePartialSegment() throws IOException {
        startStreaming();
        Lsn end = SampleWal.lsn(2).plus(5000);

        sample.postgres.writeTo(end);
        await().until(() -> sample.postgres.flushReported().equals(end));

        byte[] partial =
                Files.readAllBytes(sample.directory.path(SampleWal.name(1, 2).partial()));
        assertThat(partial).hasSize((int) SampleWal.SEGMENT);
        assertThat(Arrays.copyOf(partial, 5000)).isEqualTo(Arrays.copyOf(SampleWal.segment(1, 2), 5000));
        assertThat(receiver.status().state()).isEqualTo(State.STREAMING);
        assertThat(receiver.status().flushed()).contains(end);
    }

    @Test
    void goesOnWithThePartialSegmentAfterRestart() {
        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(2).plus(5000));
        await().until(() ->
                sample.postgres.flushReported().equals(SampleWal.lsn(2).plus(5000)));
        end();
        begin();

        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(3).plus(1));

        await().until(() -> sample.repository.wal().contains(SampleWal.name(1, 2)));
        assertThat(sample.repository.wal().content(SampleWal.name(1, 2))).isEqualTo(SampleWal.segment(1, 2));
    }

    @Test
    void connectsAgainAndSaysSoOnce() {
        startStreaming();

        sample.postgres.goAway(ScriptedServer.unreachable());
        await().until(() -> sample.postgres.connects() >= 3);
        sample.postgres.comeBack();

        await().atMost(Duration.ofSeconds(15)).until(() -> receiver.status().state() == State.STREAMING);
        assertThat(sample.events.events())
                .extracting(Event::type)
                .containsExactly(Event.Type.RECEIVER_UP, Event.Type.RECEIVER_DOWN, Event.Type.RECEIVER_UP);
    }

    @Test
    void followsATimeline() {
        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(3).plus(4000));
        await().until(() ->
                sample.postgres.flushReported().equals(SampleWal.lsn(3).plus(4000)));

        sample.postgres.promote();
        sample.postgres.writeTo(SampleWal.lsn(5));

        WalFileName last = SampleWal.name(1, 3).partial();
        await().untilAsserted(() -> assertThat(sample.repository.wal().names())
                .containsExactlyInAnyOrder(
                        SampleWal.name(1, 1),
                        SampleWal.name(1, 2),
                        last,
                        SampleWal.name(2, 3),
                        SampleWal.name(2, 4),
                        WalFileName.ofHistory(2)));
        assertThat(sample.events.subjects(Event.Type.TIMELINE_SWITCHED)).containsExactly("2");
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED).indexOf("00000002.history"))
                .isLessThan(sample.events
                        .subjects(Event.Type.WAL_ARCHIVED)
                        .indexOf(SampleWal.name(2, 3).value()));
        assertThat(Arrays.copyOf(sample.repository.wal().content(last), 4000))
                .isEqualTo(Arrays.copyOf(SampleWal.segment(1, 3), 4000));
    }

    @Test
    void refusesAnotherSystem() {
        startStreaming();
        end();
        sample.postgres.becomeSystem("42");
        begin();

        receiver.start();

        await().until(() -> receiver.status().state() == State.REFUSED);
        assertThat(receiver.status().error())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith(
                                "MATR-2005: the repository of server 'main' belongs to system 7300000000000000001"));
    }

    @Test
    void refusesToLeaveAGap() {
        sample.repository.wal().add(SampleWal.name(1, 1), SampleWal.segment(1, 1));
        sample.postgres.writeTo(SampleWal.lsn(9));
        sample.postgres.removeBefore(SampleWal.lsn(5));

        receiver.start();

        await().until(() -> receiver.status().state() == State.REFUSED);
        assertThat(sample.events.subjects(Event.Type.WAL_GAP)).hasSize(1);
        assertThat(receiver.status().error())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("MATR-3002: WAL of server 'main' from 0/200000 on timeline 1 is needed")
                        .contains("HINT: take a new backup after wal:receive main reset"));
    }

    @Test
    void beginsWhereTheSlotDoes() {
        sample.postgres.createSlot("matriarch", Optional.of(SampleWal.lsn(2).plus(99)));
        sample.postgres.writeTo(SampleWal.lsn(4).plus(99));

        receiver.start();

        await().until(() -> sample.repository.wal().contains(SampleWal.name(1, 3)));
        assertThat(sample.repository.wal().names()).containsExactly(SampleWal.name(1, 2), SampleWal.name(1, 3));
    }

    @Test
    void beginsOnTheTimelineOfTheSlot() {
        sample.postgres.createSlot("matriarch", Optional.of(SampleWal.lsn(2).plus(99)));
        sample.postgres.writeTo(SampleWal.lsn(3).plus(4000));
        sample.postgres.promote();
        sample.postgres.writeTo(SampleWal.lsn(5));

        receiver.start();

        await().until(() -> sample.repository.wal().contains(SampleWal.name(2, 4)));
        assertThat(sample.repository.wal().names())
                .contains(
                        SampleWal.name(1, 2),
                        SampleWal.name(1, 3).partial(),
                        WalFileName.ofHistory(2),
                        SampleWal.name(2, 3));
    }

    @Test
    void keepsAllThatTheOldPrimarySentBeyondTheSwitch() {
        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(3).plus(5000));
        await().until(() ->
                sample.postgres.flushReported().equals(SampleWal.lsn(3).plus(5000)));
        end();
        sample.postgres.promote(SampleWal.lsn(2).plus(100));
        sample.postgres.writeTo(SampleWal.lsn(4));
        begin();

        receiver.start();

        await().until(() -> sample.repository.wal().contains(SampleWal.name(2, 3)));
        await().until(() ->
                sample.repository.wal().contains(SampleWal.name(1, 3).partial()));
        assertThat(sample.repository.wal().names()).contains(SampleWal.name(1, 2), SampleWal.name(2, 2));
    }

    @Test
    void makesALostSlotAnew() {
        sample.postgres.createSlot("matriarch", Optional.empty());
        sample.postgres.loseSlot(true);

        startStreaming();

        assertThat(sample.postgres.slots().get("matriarch")).isPresent();
    }

    @Test
    void refusesToTouchALostSlotUnasked() {
        end();
        sample = new Sample(
                home, new WalSettings(true, false, Optional.of("matriarch"), false, "matriarch_receive_wal"));
        sample.postgres.createSlot("matriarch", Optional.empty());
        sample.postgres.loseSlot(true);
        begin();

        receiver.start();

        awaitError("MATR-3006: replication slot 'matriarch' of server 'main' has lost the WAL that it should hold");
    }

    @Test
    void refusesALogicalSlot() {
        end();
        sample = new Sample(home, new WalSettings(true, false, Optional.of("logical"), true, "matriarch_receive_wal"));
        sample.postgres.createSlot("logical", Optional.empty());
        begin();

        receiver.start();

        awaitError("MATR-3006: replication slot 'logical' of server 'main' is not a physical one");
    }

    @Test
    void needsNoSlotAndNoSql() {
        end();
        sample = new Sample(home, new WalSettings(true, false, Optional.empty(), true, "matriarch_receive_wal"));
        sample.postgres.refuseSql(ScriptedServer.unreachable());
        begin();
        startStreaming();
        assertThat(sample.postgres.slots()).isEmpty();
        end();
        sample = new Sample(home);
        sample.postgres.refuseSql(ScriptedServer.unreachable());
        begin();

        receiver.start();

        awaitError("MATR-7004: the server says 42704");
    }

    @Test
    void connectsAgainAfterAShutdown() {
        startStreaming();

        sample.postgres.shutDown(true);
        awaitError("MATR-7001: server 'main' ended the stream of WAL");
        sample.postgres.shutDown(false);

        await().until(() -> receiver.status().state() == State.STREAMING);
    }

    @Test
    void comesBackSoonerToAServerThatStarts() {
        sample.postgres.goAway(ScriptedServer.error("57P03"));
        receiver.start();

        await().atMost(Duration.ofSeconds(5)).until(() -> sample.postgres.connects() >= 5);
    }

    @Test
    void survivesItsOwnFaults() {
        sample.postgres.goAway(new IllegalStateException("a bug"));
        receiver.start();
        awaitError("MATR-9001: unable to receive WAL of 'main': java.lang.IllegalStateException: a bug");

        sample.postgres.comeBack();

        await().until(() -> receiver.status().state() == State.STREAMING);
    }

    @Test
    void endsWhileItConnects() {
        sample.postgres.hang();
        receiver.start();
        await().until(() -> sample.postgres.connects() == 1);

        assertThat(receiver.stop(TIMEOUT)).isTrue();
        assertThat(receiver.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void returnsInTimeThoughADiskDoesNotAnswer() throws Exception {
        startStreaming();
        StalledCalls disk = stallInTheReceivingThread();
        try {
            assertThat(stopElsewhere(Duration.ofMillis(300))).isFalse();
        } finally {
            disk.answer();
        }

        assertThat(receiver.stop(TIMEOUT)).isTrue();
        assertThat(receiver.status().state()).isEqualTo(State.STOPPED);
        assertThat(sample.events.subjects(Event.Type.RECEIVER_DOWN)).isEmpty();
    }

    /** The interruption has closed the file while it was synced. */
    @Test
    void losesNothingThatItReportedWhenItIsInterruptedInASync() throws Exception {
        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(1).plus(5000));
        await().until(() ->
                sample.postgres.flushReported().equals(SampleWal.lsn(1).plus(5000)));
        StalledCalls disk = stallInTheReceivingThread();
        Lsn reported = sample.postgres.flushReported();
        assertThat(stopElsewhere(Duration.ofMillis(300))).isFalse();
        disk.answer();
        end();

        assertThat(sample.postgres.flushReported()).isEqualTo(reported);
        byte[] partial =
                Files.readAllBytes(sample.directory.path(SampleWal.name(1, 1).partial()));
        assertThat(Arrays.copyOf(partial, 5000)).isEqualTo(Arrays.copyOf(SampleWal.segment(1, 1), 5000));
        begin();
        startStreaming();
        sample.postgres.writeTo(SampleWal.lsn(3));
        await().until(() -> sample.repository.wal().contains(SampleWal.name(1, 2)));
        assertThat(sample.repository.wal().content(SampleWal.name(1, 1))).isEqualTo(SampleWal.segment(1, 1));
    }

    /** Writes bit by bit until the receiving thread syncs by itself, which it does while the disk is quick. */
    private StalledCalls stallInTheReceivingThread() {
        StalledCalls calls = sample.disk.stallSyncsOf("matriarch-receive");
        var end = new AtomicReference<>(SampleWal.lsn(1).plus(5000));
        await().until(() -> {
            sample.postgres.writeTo(end.updateAndGet(at -> at.plus(10)));
            return calls.hasBegun();
        });
        return calls;
    }

    /** If it is kept, this test must not be. */
    private boolean stopElsewhere(Duration timeout) throws Exception {
        return CompletableFuture.supplyAsync(() -> receiver.stop(timeout)).get(30, TimeUnit.SECONDS);
    }

    private void awaitError(String text) {
        await().untilAsserted(() -> assertThat(receiver.status().error())
                .hasValueSatisfying(error -> assertThat(error).startsWith(text)));
    }

    private void startStreaming() {
        receiver.start();
        await().until(() -> receiver.status().state() == State.STREAMING);
    }

    private void begin() {
        archiver = sample.archiver();
        receiver = new WalReceiver(sample.configuration, sample.services, archiver, Optional.empty());
        archiver.start();
    }

    private void end() {
        assertThat(receiver.stop(TIMEOUT)).isTrue();
        assertThat(archiver.stop(TIMEOUT)).isTrue();
    }
}
