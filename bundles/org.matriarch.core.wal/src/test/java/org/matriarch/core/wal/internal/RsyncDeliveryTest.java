package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.time.MutableClock;

/** The program {@code rsync} itself delivers into {@code incoming/}, as an {@code archive_command} made for Barman does. */
@Timeout(120)
final class RsyncDeliveryTest {

    private static final WalFileName NAME = SampleWal.name(1, 3);
    private static final byte[] SEGMENT = SampleWal.segment(1, 3);
    private static final WalSettings BY_DELIVERY = new WalSettings(false, true, Optional.empty(), false, "x");

    @TempDir
    private Path home;

    private Path incoming;
    private Path delivered;

    @BeforeEach
    void setUp() throws IOException {
        incoming = Files.createDirectories(home.resolve("incoming"));
        Files.createDirectories(home.resolve("streaming"));
        delivered = Files.write(Files.createDirectory(home.resolve("pg_wal")).resolve(NAME.value()), SEGMENT);
    }

    @Test
    void archivesAtOnceWhatIsDelivered() throws IOException {
        var sample = new Sample(home, BY_DELIVERY);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        WalArchiver archiver = sample.archiver();
        archiver.start();
        try {
            requireDelivered(rsync());

            await().until(() -> sample.repository.wal().contains(NAME) && left().isEmpty());
        } finally {
            assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
            sample.services.watch().close();
        }
        requireArchivedOnce(sample);
    }

    /** However long it takes: here each look comes when a file of a proper name would have been given up. */
    @Test
    void neverTakesTheNameUnderWhichItIsWritten() throws IOException {
        var clock = new MutableClock(Instant.now());
        var sample = new Sample(home, BY_DELIVERY, clock);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        WalArchiver archiver = sample.archiver();
        Files.setLastModifiedTime(delivered, FileTime.from(clock.instant().minus(IncomingScan.OLD)));
        var seen = new TreeSet<String>();

        Process rsync = rsync("--bwlimit=256");
        while (rsync.isAlive()) {
            seen.addAll(left());
            clock.advance(IncomingScan.PATIENCE);
            archiver.round();
        }
        requireDelivered(rsync);
        archiver.round();

        assertThat(seen).anyMatch(name -> name.matches("\\." + NAME + "\\.\\w{6}"));
        requireArchivedOnce(sample);
    }

    private void requireArchivedOnce(Sample sample) throws IOException {
        assertThat(sample.repository.wal().names()).containsExactly(NAME);
        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(NAME.value());
        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED)).isEmpty();
        assertThat(left()).isEmpty();
        assertThat(home.resolve("errors")).doesNotExist();
    }

    private Process rsync(String... options) throws IOException {
        var command = new ArrayList<String>(List.of("rsync", "-a"));
        command.addAll(List.of(options));
        command.addAll(List.of(delivered.toString(), incoming + "/"));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** It would fail if somebody took its file away. */
    private static void requireDelivered(Process rsync) throws IOException {
        String said = new String(rsync.getInputStream().readAllBytes(), UTF_8);

        assertThat(rsync.onExit().join().exitValue()).as(said).isZero();
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(incoming)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
