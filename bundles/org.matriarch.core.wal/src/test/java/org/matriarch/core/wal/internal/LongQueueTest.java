package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.repository.InMemoryRepository;

/** What it costs to archive the queue of a long outage: counted, not timed. */
@Timeout(600)
final class LongQueueTest {

    private static final int FILES = 200_000;

    /** All looks together may see so many times what the queue held; a look for each 10,000 files would see 11 times that. */
    private static final long MOST_LOOKS_AT_A_FILE = 6;

    @TempDir
    private Path home;

    private final CountingDisk disk = new CountingDisk();
    private final InMemoryRepository repository = new InMemoryRepository("main");

    @Test
    void takesNoMoreForEachFileOfALongQueue() throws IOException {
        repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        Path incoming = Files.createDirectories(home.resolve("incoming"));
        IntStream.range(0, FILES).parallel().forEach(i -> label(incoming, i));
        var services = new WalServices(
                new ScriptedServer(),
                repository,
                event -> {},
                new RecordingHooks(),
                Clock.offset(Clock.systemUTC(), IncomingScan.OLD),
                disk);
        var archiver = new WalArchiver(
                Sample.configuration(home, "", new WalSettings(false, true, Optional.empty(), false, "x")), services);

        int rounds = 0;
        while (repository.wal().names().size() < FILES) {
            assertThat(archiver.round()).isTrue();
            rounds++;
        }
        services.watch().close();

        assertThat(incoming).isEmptyDirectory();
        assertThat(disk.seen.get()).as("entries of %d looks", rounds).isLessThan(MOST_LOOKS_AT_A_FILE * FILES);
        assertThat(disk.opened.get()).as("files opened to sync them").isEqualTo(FILES);
        assertThat(repository.faults().reached("wal.entries"))
                .as("lists of the archive")
                .isLessThan(10);
    }

    /** The smallest files that a server archives. */
    private static void label(Path incoming, int number) {
        WalFileName segment = SampleWal.name(1, number);
        try {
            Files.write(
                    incoming.resolve(segment + ".00000028.backup"),
                    "START WAL LOCATION: 0/28 (file %s)\n".formatted(segment).getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A disk that counts, and does not sync: this is not about power cuts. */
    private static final class CountingDisk implements WalDisk {

        private final WalDisk disk = new LocalDisk();
        private final AtomicLong seen = new AtomicLong();
        private final AtomicLong opened = new AtomicLong();

        @Override
        public OpenFile open(Path file) {
            opened.incrementAndGet();
            return new OpenFile() {
                @Override
                public long sizeBytes() {
                    throw new UnsupportedOperationException("nothing but a sync is wanted here");
                }

                @Override
                public void write(ByteBuffer buffer, long position) {
                    throw new UnsupportedOperationException("nothing but a sync is wanted here");
                }

                @Override
                public void sync() {
                    // Not here.
                }

                @Override
                public void close() {
                    // Nothing was opened.
                }
            };
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void link(Path file, Path name) throws IOException {
            disk.link(file, name);
        }

        @Override
        public void delete(Path file) throws IOException {
            disk.delete(file);
        }

        @Override
        public void createDirectory(Path directory) throws IOException {
            disk.createDirectory(directory);
        }

        @Override
        public List<Path> list(Path directory) throws IOException {
            List<Path> found = disk.list(directory);
            seen.addAndGet(found.size());
            return found;
        }

        @Override
        public void syncDirectory(Path directory) {
            // Not here.
        }
    }
}
