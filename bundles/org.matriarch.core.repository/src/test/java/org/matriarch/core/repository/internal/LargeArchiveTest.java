package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.storage.file.internal.FileObjectStore;
import org.matriarch.testkit.storage.ForwardingObjectStore;

/** What an archive of 100,000 segments costs whoever opens it: counted, not timed. */
@Timeout(300)
final class LargeArchiveTest {

    private static final int SEGMENTS = 100_000;
    private static final int IN_A_DIRECTORY = 256;

    @TempDir
    Path home;

    @Test
    void isNotReadAgainAtEachStart() throws IOException {
        fill();

        var first = new CountingStore(store());
        assertThat(archive(first).entries()).hasSize(SEGMENTS);
        assertThat(first.lists).as("lists to make the index").hasValue(1);
        assertThat(first.listed).hasValue(SEGMENTS);
        assertThat(first.opened)
                .as("files whose first bytes tell their compression")
                .hasValue(SEGMENTS);

        var later = new CountingStore(store());
        WalArchive wal = archive(later);
        assertThat(wal.entries()).hasSize(SEGMENTS);
        assertThat(wal.contains(segment(SEGMENTS - 1))).isTrue();
        assertThat(wal.contains(segment(SEGMENTS))).isFalse();
        assertThat(later.opened).as("files read at a later start").hasValue(0);
        assertThat(later.lists).as("only the directory that was written to").hasValue(1);
        assertThat(later.listed).hasValueLessThan(IN_A_DIRECTORY);

        wal.store(segment(SEGMENTS), Files.createFile(home.resolve("offered")));
        assertThat(wal.entries()).hasSize(SEGMENTS + 1);
        assertThat(later.lists).as("lists of an open archive").hasValue(1);
    }

    /** Empty files: what is in them is nobody's business here. One directory filled up every ten minutes. */
    private void fill() throws IOException {
        int directories = (SEGMENTS + IN_A_DIRECTORY - 1) / IN_A_DIRECTORY;
        for (int i = 0; i < directories; i++) {
            int begin = i * IN_A_DIRECTORY;
            Path directory = Files.createDirectories(home.resolve("main/wals").resolve(directoryOf(begin)));
            for (int number = begin; number < Math.min(begin + IN_A_DIRECTORY, SEGMENTS); number++) {
                Files.createFile(directory.resolve(segment(number).value()));
            }
            Instant filled = Instant.now().minus(Duration.ofMinutes(10L * (directories - 1 - i)));
            Files.setLastModifiedTime(directory, FileTime.from(filled));
        }
    }

    private static WalFileName segment(int number) {
        return new WalFileName("00000001%08X%08X".formatted(number / IN_A_DIRECTORY, number % IN_A_DIRECTORY));
    }

    private static String directoryOf(int number) {
        return segment(number).value().substring(0, 16);
    }

    private WalArchive archive(ObjectStore store) {
        return Samples.repository(store, home.resolve("main")).wal();
    }

    private ObjectStore store() {
        return new FileObjectStore(
                Map.of("matriarch.store.id", "default", "directory", home.toString(), "reserve_mebibytes", 0L));
    }

    /** Counts how often it is asked. */
    private static final class CountingStore extends ForwardingObjectStore {

        private final AtomicInteger lists = new AtomicInteger();
        private final AtomicInteger listed = new AtomicInteger();
        private final AtomicInteger opened = new AtomicInteger();

        CountingStore(ObjectStore store) {
            super(store);
        }

        @Override
        public List<ObjectInfo> list(String prefix) throws StorageException {
            List<ObjectInfo> found = super.list(prefix);
            lists.incrementAndGet();
            listed.addAndGet(found.size());
            return found;
        }

        @Override
        public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
            opened.incrementAndGet();
            return super.open(name, offsetBytes);
        }
    }
}
