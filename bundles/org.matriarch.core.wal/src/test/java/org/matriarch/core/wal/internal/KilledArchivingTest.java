package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.core.repository.internal.FileRepositories;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.time.MutableClock;

/**
 * A process that does nothing but push, archive and reindex is killed again and again at random moments: the real code of the
 * archive and its store, in a JVM that starts in half a second. Whole containers are killed by stories of their own, each
 * of which costs a start of a container.
 */
@Timeout(300)
final class KilledArchivingTest {

    private static final int KILLS = 50;
    private static final int MOST_PUSHES = 60;
    private static final int LONGEST_MICROS = 20_000;

    @TempDir
    private Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var acknowledged = new TreeSet<Long>();
        for (int kill = 1; kill <= KILLS; kill++) {
            acknowledged.addAll(pushAndKill(acknowledged.isEmpty() ? 1 : acknowledged.last(), random));

            requireKept(acknowledged, "seed %d, kill %d".formatted(seed, kill));
        }

        archiveTheRest();

        assertThat(requireExactIndex("end of seed " + seed))
                .containsAll(acknowledged.stream()
                        .map(number -> ArchivingProcess.name(number).value())
                        .toList());
        requireContents(acknowledged);
        assertThat(names("pushed")).isEmpty();
        assertThat(names("errors")).isEmpty();
    }

    /** Begins with what was acknowledged last, which is to be taken once more. Returns what was acknowledged. */
    private List<Long> pushAndKill(long first, Random random) throws IOException {
        awaitCleaned();
        FileRepositories.end();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ArchivingProcess.class.getName(),
                        directory.toString(),
                        Long.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var acknowledged = new ArrayList<Long>();
        try (BufferedReader lines = process.inputReader()) {
            int pushes = 1 + random.nextInt(MOST_PUSHES);
            while (acknowledged.size() < pushes) {
                String line = lines.readLine();
                assertThat(line).as("output of a process that goes on").isNotNull();
                acknowledged.add(Long.parseLong(line));
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(LONGEST_MICROS)));
            process.toHandle().destroyForcibly(); // unlike that of the process, it leaves what was printed
            lines.lines().map(Long::parseLong).forEach(acknowledged::add);
        } finally {
            process.destroyForcibly().onExit().join();
        }
        return acknowledged;
    }

    private void requireKept(Set<Long> acknowledged, String moment) throws IOException {
        var kept = new TreeSet<>(names("pushed"));
        kept.addAll(requireExactIndex(moment));

        assertThat(kept)
                .as(moment)
                .containsAll(acknowledged.stream()
                        .map(number -> ArchivingProcess.name(number).value())
                        .toList());
        assertThat(names("errors")).as(moment).isEmpty();
    }

    /** Opens the archive as the next start does, and returns what it holds: index and file of it have to say the same. */
    private List<String> requireExactIndex(String moment) throws IOException {
        List<String> indexed = repository().wal().entries().stream()
                .map(entry -> entry.name() + " " + entry.storedBytes())
                .toList();
        awaitCleaned();
        List<String> stored;
        try (Stream<Path> files = Files.walk(directory.resolve("main/wals"))) {
            stored = files.filter(Files::isRegularFile)
                    .map(Path::toFile)
                    .filter(file -> file.getName().matches("[0-9A-F]{24}.*"))
                    .map(file -> file.getName() + " " + file.length())
                    .sorted()
                    .toList();
        }
        assertThat(indexed).as(moment).isEqualTo(stored);
        assertThat(Files.readAllLines(directory.resolve("main/wals/main-xlog.db")))
                .as(moment)
                .extracting(line -> line.split("\t", 3)[0] + " " + line.split("\t", 3)[1])
                .containsExactlyInAnyOrderElementsOf(stored);
        return stored.stream().map(line -> line.split(" ", 2)[0]).toList();
    }

    private void requireContents(Set<Long> acknowledged) throws IOException {
        Repository repository = repository();
        for (long number : acknowledged) {
            try (InputStream in = repository.wal().open(ArchivingProcess.name(number))) {
                assertThat(in.readAllBytes()).as("%d", number).isEqualTo(ArchivingProcess.content(number));
            }
        }
    }

    /** Lets what is left come into the archive, as the container would within a moment. */
    private void archiveTheRest() {
        Repositories repositories = FileRepositories.in(directory);
        var clock = new MutableClock(Instant.now());
        clock.advance(IncomingScan.OLD);
        var services = new WalServices(
                new ScriptedServer(),
                repositories,
                new RecordingEvents(),
                new RecordingHooks(),
                clock,
                new LocalDisk());
        var archiver = new WalArchiver(ArchivingProcess.server(directory), services);
        assertThat(archiver.round()).isTrue();
        services.watch().close();
    }

    /** A store that was opened here removes what processes that were killed have left, and would not spare the next one. */
    private static void awaitCleaned() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("matriarch-clean-file")));
    }

    private Repository repository() {
        return FileRepositories.in(directory).repository(ArchivingProcess.server(directory));
    }

    private List<String> names(String part) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("main").resolve(part))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
