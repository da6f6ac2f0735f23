package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class IncomingWatchTest {

    @TempDir
    private Path directory;

    private final IncomingWatch watch = new IncomingWatch();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void tearDown() {
        watch.close();
    }

    @Test
    void callsWhenAFileComes() throws IOException {
        assertThat(watch.watch(directory, calls::incrementAndGet)).isNotNull();

        Files.createFile(directory.resolve("a"));

        await().until(() -> calls.get() > 0);
    }

    @Test
    void callsWhenTheDirectoryGoes() throws IOException {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        WatchKey key = watch.watch(gone, calls::incrementAndGet);

        Files.delete(gone);

        await().until(() -> calls.get() > 0 && key != null && !key.isValid());
    }

    @Test
    void watchesNothingThatIsNotThereOrNotWanted() throws IOException {
        assertThat(watch.watch(directory.resolve("missing"), calls::incrementAndGet))
                .isNull();
        WatchKey key = watch.watch(directory, calls::incrementAndGet);
        assertThat(key).isNotNull();
        watch.forget(key);
        Path other = Files.createDirectory(directory.resolve("other"));
        var others = new AtomicInteger();
        watch.watch(other, others::incrementAndGet);

        Files.createFile(directory.resolve("a"));
        Files.createFile(other.resolve("b"));

        await().until(() -> others.get() > 0);
        assertThat(calls).hasValue(0);
        watch.close();
        assertThat(watch.watch(directory, calls::incrementAndGet)).isNull();
    }
}
