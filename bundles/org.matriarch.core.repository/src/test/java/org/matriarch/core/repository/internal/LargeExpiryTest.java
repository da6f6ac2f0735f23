package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.storage.file.internal.FileObjectStore;

/** 100,000 segments are deleted while the same and another server archive: counted against each other, not timed. */
@Timeout(300)
final class LargeExpiryTest {

    private static final int SEGMENTS = 100_000;
    private static final int IN_A_DIRECTORY = 256;
    private static final int AT_ONCE = 5_000;

    @TempDir
    private Path home;

    @Test
    void holdsUpNobodyWhoArchives() throws Exception {
        fill();
        ObjectStore store =
                new FileObjectStore(Map.of(ObjectStore.PROPERTY_ID, "default", "directory", home.toString()));
        PlainRepositories repositories = Samples.repositories(store);
        WalArchive same = repositories
                .repository(Samples.server(home.resolve("main"), "default", "none"))
                .wal();
        WalArchive other = repositories
                .repository(Samples.named("other", home.resolve("other")))
                .wal();
        Path segment = Files.write(home.resolve("segment"), new byte[1 << 20]);
        assertThat(same.entries()).hasSize(SEGMENTS);

        var deleting = new AtomicBoolean(true);
        var deletion = new Thread(() -> {
            List<WalFileName> names = IntStream.range(0, SEGMENTS)
                    .mapToObj(number -> segment(1, number))
                    .toList();
            for (int done = 0; done < SEGMENTS; done += AT_ONCE) {
                same.delete(names.subList(done, done + AT_ONCE));
            }
            deleting.set(false);
        });
        deletion.start();
        int archived = 0;
        while (deleting.get() && deletion.isAlive()) {
            same.store(segment(2, archived), segment);
            other.store(segment(2, archived), segment);
            archived++;
        }
        deletion.join();

        assertThat(deleting).as("deletion that ended well").isFalse();
        assertThat(archived).as("segments archived meanwhile, of each server").isGreaterThan(SEGMENTS / AT_ONCE);
        assertThat(same.entries()).extracting(WalEntry::name).hasSize(archived).contains(segment(2, archived - 1));
        assertThat(other.entries()).hasSize(archived);
        assertThat(Files.readAllLines(home.resolve("main/wals/main-xlog.db"))).hasSize(archived);
    }

    /** Empty files: what is in them is nobody's business here. */
    private void fill() throws IOException {
        for (int number = 0; number < SEGMENTS; number++) {
            Path file = home.resolve("main/wals")
                    .resolve(segment(1, number).value().substring(0, 16))
                    .resolve(segment(1, number).value());
            if (number % IN_A_DIRECTORY == 0) {
                Files.createDirectories(file.getParent());
            }
            Files.createFile(file);
        }
    }

    private static WalFileName segment(int timeline, int number) {
        return new WalFileName("%08X%08X%08X".formatted(timeline, number / IN_A_DIRECTORY, number % IN_A_DIRECTORY));
    }
}
