package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;

@Timeout(60)
final class SegmentWriterTest {

    private static final ReceiveStart START = new ReceiveStart(1, SampleWal.lsn(1));

    private static final Duration ANY_DISK_IS_QUICK = Duration.ofDays(1);
    private static final Duration NO_DISK_IS_QUICK = Duration.ZERO;

    @TempDir
    private Path home;

    private final FaultyDisk disk = new FaultyDisk();
    private final List<WalFileName> completed = new CopyOnWriteArrayList<>();
    private final AtomicInteger reports = new AtomicInteger();

    @Test
    void completesSegmentsInOrder() throws IOException {
        StreamingDirectory directory = directory();
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer)) {
            send(writer, SampleWal.lsn(1), SampleWal.lsn(12).plus(77));
            writer.drained();
            await().until(() -> writer.flushed().equals(SampleWal.lsn(12).plus(77)));

            assertThat(completed).hasSize(11).isSorted().first().isEqualTo(SampleWal.name(1, 1));
            assertThat(reports.get()).isGreaterThanOrEqualTo(12);
            assertThat(Files.readAllBytes(directory.path(SampleWal.name(1, 7)))).isEqualTo(SampleWal.segment(1, 7));
            writer.finish();
        }
        assertThat(directory.names()).hasSize(12);
        assertThat(Files.exists(directory.temporary("next-segment"))).isFalse();
    }

    @Test
    void refusesWalThatDoesNotFollow() throws IOException {
        StreamingDirectory directory = directory();
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer)) {
            assertThatThrownBy(() -> writer.received(SampleWal.lsn(2), new byte[1], 0, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the server sent WAL from 0/200000, expected was 0/100000");
        }
    }

    @Test
    void keepsTheBytesOfAnEarlierWriterUntilTheyAreSentAgain() throws IOException {
        StreamingDirectory directory = directory();
        byte[] before = Arrays.copyOf(SampleWal.segment(1, 1), 9000);
        Files.write(directory.path(SampleWal.name(1, 1).partial()), before);

        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer)) {
            send(writer, SampleWal.lsn(1), SampleWal.lsn(1).plus(10));
            writer.finish();
        }

        byte[] after = Files.readAllBytes(directory.path(SampleWal.name(1, 1).partial()));
        assertThat(after).hasSize((int) SampleWal.SEGMENT);
        assertThat(Arrays.copyOf(after, 9000)).isEqualTo(before);
    }

    @Test
    void countsOnlyWhatIsSynced() throws IOException {
        StreamingDirectory directory = directory();
        var slow = new AtomicBoolean();
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer)) {
            send(writer, SampleWal.lsn(1), SampleWal.lsn(1).plus(10));
            writer.drained();
            await().until(() -> writer.flushed().equals(SampleWal.lsn(1).plus(10)));
            slow.set(true);
            disk.slowWhile(slow::get);

            writer.serverAt(SampleWal.lsn(2));
            send(writer, SampleWal.lsn(1).plus(10), SampleWal.lsn(1).plus(500));
            writer.drained();

            assertThat(writer.written()).isEqualTo(SampleWal.lsn(1).plus(500));
            assertThat(writer.flushed()).isEqualTo(SampleWal.lsn(1).plus(10));
            slow.set(false);
            await().until(() -> writer.flushed().equals(SampleWal.lsn(1).plus(500)));
        }
    }

    @Test
    void answersTheServerWhileItWaitsForTheDisk() throws IOException {
        StreamingDirectory directory = directory();
        var slow = new AtomicBoolean(true);
        disk.slowWhile(slow::get);
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer)) {
            var receiving = new Thread(() -> quietly(() -> send(writer, SampleWal.lsn(1), SampleWal.lsn(3))));
            receiving.start();

            await().until(() -> reports.get() >= 2);

            slow.set(false);
            await().until(() -> writer.flushed().equals(SampleWal.lsn(3)));
        }
    }

    @Test
    void syncsInTheReceivingThreadIfThatHasNothingElseToDo() throws IOException {
        StreamingDirectory directory = directory();
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer, ANY_DISK_IS_QUICK)) {
            for (Lsn at = SampleWal.lsn(1); at.isBefore(SampleWal.lsn(1).plus(500)); at = at.plus(100)) {
                writer.serverAt(at.plus(100));
                send(writer, at, at.plus(100));
                int reported = reports.get();
                int synced = disk.syncsBy(Thread.currentThread());
                writer.drained();

                assertThat(writer.flushed()).isEqualTo(at.plus(100));
                assertThat(reports.get()).isGreaterThan(reported);
                assertThat(disk.syncsBy(Thread.currentThread())).isEqualTo(synced + 1);
            }
        }
    }

    @Test
    void handsSyncingOverWhileTheDiskIsSlow() throws IOException {
        assertHandsOver(NO_DISK_IS_QUICK, writer -> {});
    }

    @Test
    void handsSyncingOverWhileTheServerHasMore() throws IOException {
        assertHandsOver(ANY_DISK_IS_QUICK, writer -> writer.serverAt(SampleWal.lsn(2)));
    }

    @Test
    void handsSyncingOverWhenItIsToStop() throws IOException {
        assertHandsOver(ANY_DISK_IS_QUICK, SegmentWriter::stop);
    }

    private void assertHandsOver(Duration quickSync, Consumer<SegmentWriter> reason) throws IOException {
        StreamingDirectory directory = directory();
        Lsn start = SampleWal.lsn(1);
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer, quickSync)) {
            sync(writer, start, start.plus(100));
            assertThat(disk.syncsBy(Thread.currentThread())).isEqualTo(1);
            reason.accept(writer);

            sync(writer, start.plus(100), start.plus(200));

            assertThat(disk.syncsBy(Thread.currentThread())).isEqualTo(1);
        }
    }

    @Test
    void handsSyncingOverWhileAnOlderSegmentWaits() throws IOException {
        StreamingDirectory directory = directory();
        var slow = new AtomicBoolean(true);
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer, ANY_DISK_IS_QUICK)) {
            sync(writer, SampleWal.lsn(1), SampleWal.lsn(1).plus(1));
            send(writer, SampleWal.lsn(1).plus(1), SampleWal.lsn(2).plus(-1));
            disk.slowWhile(() -> slow.get() && Thread.currentThread().getName().startsWith("matriarch-flush"));
            send(writer, SampleWal.lsn(2).plus(-1), SampleWal.lsn(2).plus(10));
            writer.drained();

            assertThat(writer.flushed()).isEqualTo(SampleWal.lsn(1).plus(1));
            slow.set(false);
            await().until(() -> writer.flushed().equals(SampleWal.lsn(2).plus(10)));
            assertThat(completed).containsExactly(SampleWal.name(1, 1));
        }
    }

    @Test
    void answersTheServerWhileTheReceivingThreadSyncs() throws Exception {
        StreamingDirectory directory = directory();
        Lsn end = SampleWal.lsn(1).plus(10);
        var slow = new AtomicBoolean(true);
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer, ANY_DISK_IS_QUICK)) {
            send(writer, SampleWal.lsn(1), end);
            disk.slowWhile(slow::get);
            var receiving = new Thread(() -> quietly(writer::drained));
            var finishing = new Thread(() -> quietly(writer::finish));
            try {
                receiving.start();
                await().until(() -> reports.get() >= 2);
                assertThat(disk.syncsBy(receiving)).isEqualTo(1);
                assertThat(writer.flushed()).isEqualTo(SampleWal.lsn(1));

                // The flusher has something to do by now, and must wait for its turn.
                finishing.start();
                await().until(() -> finishing.getState() == Thread.State.WAITING);
                int before = reports.get();
                await().until(() -> reports.get() >= before + 2);
                assertThat(writer.flushed()).isEqualTo(SampleWal.lsn(1));
            } finally {
                slow.set(false);
            }
            finishing.join();
            receiving.join();
            assertThat(writer.flushed()).isEqualTo(end);
        }
    }

    /** A kernel reports a failed sync once; the next one succeeds though bytes are lost. */
    @Test
    void syncsNeverAgainAfterItFailedInTheReceivingThread() throws IOException {
        StreamingDirectory directory = directory();
        Lsn held = SampleWal.lsn(1).plus(10);
        try (SegmentPreparer preparer = preparer(directory)) {
            SegmentWriter writer = writer(directory, preparer, ANY_DISK_IS_QUICK);
            sync(writer, SampleWal.lsn(1), held);
            send(writer, held, held.plus(10));
            disk.failMySyncOnce();
            assertThatThrownBy(writer::drained).hasMessage("Input/output error");
            assertThat(disk.syncsBy(Thread.currentThread())).isEqualTo(2);

            assertThat(writer.stopRequested()).isTrue();
            assertThatThrownBy(writer::drained).hasMessage("Input/output error");
            assertThatThrownBy(() -> send(writer, held.plus(10), held.plus(20))).hasMessage("Input/output error");
            assertThatThrownBy(writer::finish).hasMessage("Input/output error");
            writer.close();
            assertThat(writer.flushed()).isEqualTo(held);
        }
    }

    /** Fails at each operation in turn; whatever was reported must be in the files, and a new writer must go on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reportsNothingThatAFailureCouldTakeBack(boolean quick) throws IOException {
        Duration quickSync = quick ? ANY_DISK_IS_QUICK : NO_DISK_IS_QUICK;
        Lsn end = SampleWal.lsn(3).plus(1234);
        for (int step = 0; step < 40; step++) {
            StreamingDirectory directory = new StreamingDirectory(home.resolve("step" + step), disk);
            directory.prepare();
            Lsn flushed = receiveFailing(directory, step, end, quickSync);
            disk.repair();

            assertHeld(directory, flushed);
            ReceiveStart again = ReceiveStart.after(TimelineHistory.first(1), holdings(directory), SampleWal.SEGMENT)
                    .orElse(START);
            try (SegmentPreparer preparer = preparer(directory);
                    SegmentWriter writer = writer(directory, preparer, again)) {
                send(writer, again.position(), end);
                writer.finish();
            }
            assertHeld(directory, end);
        }
    }

    private Lsn receiveFailing(StreamingDirectory directory, int step, Lsn end, Duration quickSync) throws IOException {
        disk.failAfter(step);
        Lsn flushed = START.position();
        try (SegmentPreparer preparer = preparer(directory);
                SegmentWriter writer = writer(directory, preparer, quickSync)) {
            try {
                for (Lsn at = START.position(); at.isBefore(end); at = at.plus(200_000)) {
                    Lsn next = end.minus(at) < 200_000 ? end : at.plus(200_000);
                    send(writer, at, next);
                    writer.drained();
                    // Thus the receiving thread finds nobody else syncing.
                    await().until(() -> writer.flushed().equals(next) || writer.stopRequested());
                }
                writer.finish();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("Input/output error");
                await().until(() -> writer.stopRequested() || disk.operations() > 0);
            }
            flushed = writer.flushed();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("Input/output error");
        }
        return flushed;
    }

    private static ReceiveStart.Holdings holdings(StreamingDirectory directory) throws IOException {
        List<WalFileName> names = directory.names();
        return new ReceiveStart.Holdings(
                names.stream().filter(WalFileName::isSegment).toList(),
                names.stream().filter(name -> !name.isSegment()).toList(),
                Optional.empty());
    }

    private static void assertHeld(StreamingDirectory directory, Lsn end) throws IOException {
        for (Lsn at = START.position(); at.isBefore(end); at = at.plus(SampleWal.SEGMENT)) {
            long number = at.value() / SampleWal.SEGMENT;
            WalFileName name = SampleWal.name(1, number);
            int length = (int) Math.min(SampleWal.SEGMENT, end.minus(at));
            Path file = directory.path(directory.contains(name) ? name : name.partial());
            assertThat(Arrays.copyOf(Files.readAllBytes(file), length))
                    .isEqualTo(Arrays.copyOf(SampleWal.segment(1, number), length));
        }
    }

    private StreamingDirectory directory() throws IOException {
        var directory = new StreamingDirectory(home, disk);
        directory.prepare();
        return directory;
    }

    private static SegmentPreparer preparer(StreamingDirectory directory) {
        return new SegmentPreparer("main", directory, SampleWal.SEGMENT);
    }

    private SegmentWriter writer(StreamingDirectory directory, SegmentPreparer preparer) {
        return writer(directory, preparer, START);
    }

    private SegmentWriter writer(StreamingDirectory directory, SegmentPreparer preparer, ReceiveStart start) {
        return begun(new SegmentWriter("main", directory, preparer, start, SampleWal.SEGMENT, listener()));
    }

    private SegmentWriter writer(StreamingDirectory directory, SegmentPreparer preparer, Duration quickSync) {
        return begun(new SegmentWriter("main", directory, preparer, START, SampleWal.SEGMENT, listener(), quickSync));
    }

    private SegmentWriter.Listener listener() {
        return new SegmentWriter.Listener() {
            @Override
            public void streaming() {}

            @Override
            public void completed(WalFileName segment) {
                completed.add(segment);
            }
        };
    }

    private SegmentWriter begun(SegmentWriter writer) {
        writer.begin(reports::incrementAndGet);
        return writer;
    }

    /** Sends, and waits until that is synced, whoever does it. */
    private static void sync(SegmentWriter writer, Lsn from, Lsn to) throws IOException {
        send(writer, from, to);
        writer.drained();
        await().until(() -> writer.flushed().equals(to));
    }

    /** Something that a disk can make fail. */
    private interface DiskWork {
        void run() throws IOException;
    }

    private static void quietly(DiskWork work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(SegmentWriter writer, Lsn from, Lsn to) throws IOException {
        Lsn at = from;
        while (at.isBefore(to)) {
            Lsn segment = at.segmentStart(SampleWal.SEGMENT);
            byte[] bytes = SampleWal.segment(1, segment.value() / SampleWal.SEGMENT);
            int offset = (int) at.minus(segment);
            int length = (int) Math.min(bytes.length - offset, to.minus(at));
            writer.received(at, bytes, offset, length);
            at = at.plus(length);
        }
    }
}
