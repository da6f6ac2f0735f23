package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
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

        await().untilAsserted(() -> assertThat(sample.repository.names())
                .containsExactly(SampleWal.name(1, 1), SampleWal.name(1, 2), SampleWal.name(1, 3)));
        assertThat(sample.repository.content(SampleWal.name(1, 3))).isEqualTo(SampleWal.segment(1, 3));
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

        await().until(() -> sample.repository.contains(SampleWal.name(1, 2)));
        assertThat(sample.repository.content(SampleWal.name(1, 2))).isEqualTo(SampleWal.segment(1, 2));
    }

    @Test
    void connectsAgainAndSaysSoOnce() {
        startStreaming();

        sample.postgres.goAway(ScriptedServer.unreachable());
        await().until(() -> sample.postgres.connects() >= 3);
        sample.postgres.comeBack();

        await().atMost(Duration.ofSeconds(15)).until(() -> receiver.status().state() == State.STREAMING);
        assertThat(sample.events.types())
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
        await().untilAsserted(() -> assertThat(sample.repository.names())
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
        assertThat(Arrays.copyOf(sample.repository.content(last), 4000))
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
                .hasValueSatisfying(
                        text -> assertThat(text).startsWith("MATR-2005: the repository is of another system"));
    }

    @Test
    void refusesToLeaveAGap() {
        sample.repository.put(SampleWal.name(1, 1), SampleWal.segment(1, 1));
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
