package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookSubject;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.time.MutableClock;

/** What hooks see of archiving, and what they can do to it. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
@Timeout(60)
final class ArchiveHooksTest {

    @TempDir
    private Path home;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-21T10:00:00Z"));
    private Sample sample;
    private WalArchiver archiver;

    @BeforeEach
    void setUp() throws IOException {
        sample = new Sample(home, new WalSettings(true, true, Optional.empty(), false, "x"), clock);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        archiver = sample.archiverWithHook("pre_archive_script");
        Files.createDirectories(home.resolve("streaming"));
    }

    @Test
    void runAroundEachFileInOrder() throws IOException {
        List<WalFileName> names = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            names.add(queue(i));
        }

        assertThat(archiver.round()).isTrue();

        assertThat(sample.hooks.calls())
                .isEqualTo(names.stream()
                        .flatMap(name -> List.of("before ARCHIVE " + name, "after ARCHIVE " + name).stream())
                        .toList());
        assertThat(sample.directory.names()).isEmpty();
        assertThat(archiver.stop(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void areToldWhereTheFileLies() throws IOException {
        WalFileName name = queue(1);
        Path queued = sample.directory.path(name);
        long size = Files.size(queued);
        Instant written = Files.getLastModifiedTime(queued).toInstant();

        archiver.round();

        assertThat(sample.hooks.subjects())
                .containsExactly(
                        new HookSubject.OfWal(name, Optional.of(queued), size, written, Optional.empty()),
                        new HookSubject.OfWal(name, Optional.empty(), size, written, Optional.empty()));
    }

    @Test
    void leaveAFileInItsQueueWithTheReason() throws IOException {
        WalFileName name = queue(1);
        sample.hooks.on("before ARCHIVE", () -> {
            throw new MatriarchException(ErrorCode.HOOK_ABORTED, "it said stop", "ask it.");
        });

        assertThat(archiver.round()).isFalse();

        assertThat(archiver.problem()).contains("MATR-8006: it said stop%nHINT: ask it.".formatted());
        assertThat(sample.directory.names()).containsExactly(name);
        assertThat(sample.repository.wal().names()).isEmpty();
        assertThat(sample.hooks.calls())
                .containsExactly("before ARCHIVE " + name, "after ARCHIVE " + name + ": it said stop");
        sample.hooks.on("before ARCHIVE", () -> {});
        clock.advance(Backoff.LEAST);
        assertThat(archiver.round()).isTrue();
        assertThat(sample.repository.wal().names()).containsExactly(name);
    }

    @Test
    void areToldWhyAFileIsNotArchived() throws IOException {
        WalFileName name = queue(1);
        sample.repository.faults().arm("wal.store", new MatriarchException(ErrorCode.STORE_FAILED, "away", "wait."));

        archiver.round();

        assertThat(sample.hooks.calls()).containsExactly("before ARCHIVE " + name, "after ARCHIVE " + name + ": away");
    }

    @Test
    void areToldOfAConflict() throws IOException {
        WalFileName name = queue(1);
        sample.repository.wal().add(name, new byte[] {1});

        archiver.round();

        assertThat(sample.hooks.calls().get(1))
                .startsWith("after ARCHIVE " + name + ": ")
                .contains("differs");
        assertThat(home.resolve("errors")).isNotEmptyDirectory();
        assertThat(sample.directory.names()).isEmpty();
    }

    @Test
    void areNotAskedAboutWhatIsNoWal() throws IOException {
        Files.write(sample.directory.path(SampleWal.name(1, 1)), new byte[6]);

        archiver.round();

        assertThat(sample.hooks.calls()).isEmpty();
        assertThat(home.resolve("errors")).isNotEmptyDirectory();
    }

    @Test
    void runAgainIfTheyWereCutOffAfterTheFileWasStored() throws IOException {
        WalFileName name = queue(1);
        sample.hooks.on("after ARCHIVE", () -> {
            throw new InterruptedException("the container stops");
        });
        archiver.round();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(name.value());
        assertThat(sample.directory.names()).containsExactly(name);

        sample.hooks.on("after ARCHIVE", () -> {});
        WalArchiver next = sample.archiverWithHook("post_archive_retry_script");
        assertThat(next.round()).isTrue();

        assertThat(sample.hooks.calls()).hasSize(4).endsWith("before ARCHIVE " + name, "after ARCHIVE " + name);
        assertThat(sample.directory.names()).isEmpty();
    }

    @Test
    void aFileThatVanishesWhileAHookRunsIsNoFailure() throws IOException {
        WalFileName name = queue(1);
        sample.hooks.on("after ARCHIVE", () -> {
            boolean there = sample.directory.path(name).toFile().delete();
            assertThat(there).isTrue();
        });

        assertThat(archiver.round()).isTrue();
    }

    @Test
    void keepNobodyFromHandingOverTheFileAgain() throws Exception {
        WalFileName name = queue(1);
        var hanging = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        sample.hooks.on("before ARCHIVE", () -> {
            begun.countDown();
            hanging.await();
        });
        archiver.start();
        begun.await();

        try (NameLocks.Held lock = sample.services
                .locks()
                .acquire("main", name, Duration.ofSeconds(1))
                .orElseThrow()) {
            assertThat(lock).isNotNull();
        }
        hanging.countDown();
        await().until(() -> sample.repository.wal().contains(name));
        assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void endWithTheArchiver() throws Exception {
        WalFileName name = queue(1);
        var begun = new CountDownLatch(1);
        sample.hooks.on("before ARCHIVE", () -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        archiver.start();
        begun.await();

        assertThat(archiver.stop(Duration.ofSeconds(4))).isTrue();

        assertThat(sample.directory.names()).containsExactly(name);
    }

    private WalFileName queue(int number) throws IOException {
        WalFileName name = SampleWal.name(1, number);
        Files.write(sample.directory.path(name), SampleWal.segment(1, number));
        return name;
    }
}
