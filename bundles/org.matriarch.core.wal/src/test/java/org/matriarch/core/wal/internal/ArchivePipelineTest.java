package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.time.MutableClock;

/** Many files at once, some of which cannot be archived. */
@Timeout(180)
final class ArchivePipelineTest {

    @TempDir
    private Path home;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-21T10:00:00Z"));
    private Sample sample;
    private WalArchiver archiver;

    @BeforeEach
    void setUp() throws IOException {
        sample = new Sample(home, new WalSettings(true, true, Optional.empty(), false, "x"), clock);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        archiver = sample.archiver();
        Files.createDirectories(home.resolve("streaming"));
    }

    @Test
    void drainsALongQueueWithAFewLooks() throws IOException {
        for (int i = 0; i < 12_000; i++) {
            label(i);
        }

        archiver.start();
        try {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> sample.repository.wal().names().size() == 12_000);
            // Not through the disk that counts.
            var directory = new StreamingDirectory(home, new LocalDisk());
            await().until(() -> directory.names().isEmpty());
        } finally {
            assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
        }

        assertThat(sample.disk.listings()).isLessThan(100);
        assertThat(archiver.problem()).isEmpty();
    }

    @Test
    void archivesWhatFollowsAFileThatCannotBe() throws IOException {
        queue(1);
        Files.createDirectories(home.resolve("incoming"));
        queue(2);
        queue(3);
        sample.repository.faults().arm("wal.store", unreadable());

        assertThat(archiver.round()).isFalse();

        assertThat(sample.repository.wal().names()).hasSize(2);
        assertThat(archiver.problem().orElseThrow()).startsWith("MATR-2004: it is damaged");
        assertThat(archiver.round()).as("not yet tried again").isFalse();
        clock.advance(Backoff.LEAST);
        assertThat(archiver.round()).isTrue();
        assertThat(sample.repository.wal().names()).hasSize(3);
        assertThat(archiver.problem()).isEmpty();
    }

    @Test
    void triesLaterWhatHasFailed() throws IOException {
        WalFileName first = queue(1);
        sample.repository.faults().arm("wal.store", unreadable());
        archiver.round();
        queue(2);
        clock.advance(Backoff.MOST);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED))
                .containsExactlyInAnyOrder(first.value(), SampleWal.name(1, 2).value());
    }

    @Test
    void leavesAStoreAloneThatTakesNothing() throws IOException {
        for (int i = 0; i < 200; i++) {
            label(i);
        }
        sample.repository
                .faults()
                .armForGood("wal.store", new MatriarchException(ErrorCode.STORE_FAILED, "it is away", "wait."));

        assertThat(archiver.round()).isFalse();

        assertThat(sample.repository.faults().reached("wal.store")).isLessThan(20);
        sample.repository.faults().heal();
        clock.advance(Backoff.MOST);
        assertThat(archiver.round()).isTrue();
        assertThat(sample.repository.wal().names()).hasSize(200);
    }

    @Test
    void forgetsAFailedFileThatIsGone() throws IOException {
        WalFileName name = queue(1);
        sample.repository.faults().arm("wal.store", unreadable());
        archiver.round();

        Files.delete(sample.directory.path(name));

        assertThat(archiver.round()).isTrue();
    }

    @Test
    void archivesSegmentsThoughADirectoryCannotBeRead() throws IOException {
        Files.writeString(home.resolve("incoming"), "not a directory");
        Files.writeString(home.resolve("pushed"), "not a directory");
        queue(1);

        assertThat(archiver.round()).isFalse();

        assertThat(sample.repository.wal().names()).containsExactly(SampleWal.name(1, 1));
        assertThat(archiver.problem().orElseThrow()).startsWith("MATR-2002");
    }

    @Test
    void keepsNoOtherServerWaiting(@TempDir Path other) throws Exception {
        var second = new Sample(other, new WalSettings(true, true, Optional.empty(), false, "x"), clock);
        second.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        Files.createDirectories(other.resolve("streaming"));
        Files.write(second.directory.path(SampleWal.name(1, 1)), SampleWal.segment(1, 1));
        WalArchiver secondArchiver = second.archiver();
        WalFileName held = queue(1);
        NameLocks.Held lock = sample.services
                .locks()
                .acquire("main", held, Duration.ofSeconds(1))
                .orElseThrow();
        try {
            archiver.start();
            secondArchiver.start();

            await().until(() -> second.repository.wal().contains(SampleWal.name(1, 1)));
            assertThat(sample.repository.wal().contains(held)).isFalse();
        } finally {
            lock.close();
        }
        await().until(() -> sample.repository.wal().contains(held));
        assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
        assertThat(secondArchiver.stop(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void endsThoughAFileTakesForEver() throws Exception {
        WalFileName held = queue(1);
        try (NameLocks.Held lock = sample.services
                .locks()
                .acquire("main", held, Duration.ofSeconds(1))
                .orElseThrow()) {
            assertThat(lock).isNotNull();
            archiver.start();
            await().until(() -> sample.services.locks().size() == 1);

            assertThat(archiver.stop(Duration.ofSeconds(2))).isTrue();
        }
        assertThat(sample.directory.names()).containsExactly(held);
    }

    @Test
    void returnsInTimeThoughADiskDoesNotAnswer() throws Exception {
        Path copied = Files.createDirectories(home.resolve("incoming"))
                .resolve(SampleWal.name(1, 1).value());
        Files.write(copied, SampleWal.segment(1, 1));
        Files.setLastModifiedTime(copied, FileTime.from(clock.instant().minus(IncomingScan.OLD)));
        StalledCalls disk = sample.disk.stallSyncsOf("matriarch-archive");
        archiver.start();
        try {
            await().until(disk::hasBegun);

            assertThat(CompletableFuture.supplyAsync(() -> archiver.stop(Duration.ofMillis(400)))
                            .get(30, TimeUnit.SECONDS))
                    .isFalse();
        } finally {
            disk.answer();
        }
        assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
        assertThat(copied).hasBinaryContent(SampleWal.segment(1, 1));
    }

    @Test
    void letsExactlyOneOfTwoWinAThousandTimes() throws Exception {
        var servers = new FixedServers(sample.configuration);
        var intake = new DurableIntake(servers, new StreamingReceivers(servers, sample.services));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 2; round < 1002; round++) {
                WalFileName name = WalFileName.ofHistory(round);
                var barrier = new CyclicBarrier(3);
                List<Future<Optional<String>>> pushed = new ArrayList<>();
                for (String client : List.of("one", "two")) {
                    String content = "1\t0/300000\tfrom %s\n".formatted(client);
                    pushed.add(threads.submit(() -> {
                        barrier.await();
                        return push(intake, name, content);
                    }));
                }
                Future<Boolean> archived = threads.submit((Callable<Boolean>) () -> {
                    barrier.await();
                    return archiver.round();
                });
                List<String> winners = new ArrayList<>();
                for (Future<Optional<String>> each : pushed) {
                    each.get().ifPresent(winners::add);
                }
                archived.get();
                assertThat(archiver.round()).isTrue();

                assertThat(winners).hasSize(1);
                assertThat(sample.repository.wal().content(name))
                        .isEqualTo(winners.get(0).getBytes(ISO_8859_1));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).hasSize(1000);
        assertThat(home.resolve("errors")).doesNotExist();
        assertThat(sample.services.locks().size()).isZero();
    }

    private static Optional<String> push(DurableIntake intake, WalFileName name, String content) {
        try {
            WalIntake.Outcome outcome = intake.take(
                    "main", name.value(), new ByteArrayInputStream(content.getBytes(ISO_8859_1)), Optional::empty);
            assertThat(outcome).isEqualTo(WalIntake.Outcome.STORED);
            return Optional.of(content);
        } catch (MatriarchException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.WAL_CONFLICT);
            return Optional.empty();
        }
    }

    private static MatriarchException unreadable() {
        return new MatriarchException(ErrorCode.OBJECT_CORRUPT, "it is damaged", "look.");
    }

    private WalFileName queue(int number) throws IOException {
        WalFileName name = SampleWal.name(1, number);
        Files.write(sample.directory.path(name), SampleWal.segment(1, number));
        return name;
    }

    private void label(int number) throws IOException {
        WalFileName segment = SampleWal.name(1, number);
        Files.writeString(
                home.resolve("streaming").resolve(segment + ".00000028.backup"),
                "START WAL LOCATION: 0/1 (file %s)\n".formatted(segment));
    }
}
