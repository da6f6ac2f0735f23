package org.matriarch.testkit.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** What a store must do. A plugin extends this and supplies an empty store. */
@SuppressWarnings("NullAway.Init") // JUnit calls createStore before each test
@Timeout(120)
public abstract class ObjectStoreContract {

    private static final ObjectName NAME = new ObjectName("main/wals/0000000100000000/000000010000000000000001");

    private final Random random = new Random(1);
    private ObjectStore store;

    /** Returns a store that holds nothing yet. */
    protected abstract ObjectStore createStore() throws IOException;

    @BeforeEach
    final void openStore() throws IOException {
        store = createStore();
    }

    @Test
    final void givesBackWhatWasPut() throws IOException {
        ObjectInfo info = put(NAME, "segment");

        assertThat(info.name()).isEqualTo(NAME);
        assertThat(info.sizeBytes()).isEqualTo(7);
        assertThat(read(NAME, 0)).isEqualTo("segment");
        assertThat(store.find(NAME)).contains(info);
        assertThat(store.list("")).containsExactly(info);
    }

    @Test
    final void keepsAnEmptyObject() throws IOException {
        put(NAME, "");

        assertThat(read(NAME, 0)).isEmpty();
        assertThat(store.find(NAME).map(ObjectInfo::sizeBytes)).contains(0L);
    }

    @Test
    final void keepsObjectsLargerThanAnyBuffer() throws IOException {
        byte[] large = new byte[20_000_003];
        random.nextBytes(large);

        store.put(NAME, new ByteArrayInputStream(large), large.length);

        try (InputStream content = store.open(NAME, 0)) {
            assertThat(sha256(content.readAllBytes())).isEqualTo(sha256(large));
        }
    }

    @Test
    final void doesNotCloseWhatItReads() throws IOException {
        var content = new ByteArrayInputStream("segment".getBytes(UTF_8)) {
            private boolean closed;

            @Override
            public void close() {
                closed = true;
            }
        };

        store.put(NAME, content, 7);

        assertThat(content.closed).isFalse();
    }

    @Test
    final void refusesATakenNameAndLeavesTheObject() throws IOException {
        put(NAME, "first");

        assertThatThrownBy(() -> put(NAME, "second"))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessage("unable to write '%s' in store '%s': it exists", NAME, store.id());
        assertThat(read(NAME, 0)).isEqualTo("first");
    }

    @Test
    final void letsExactlyOneOfManyWritersWin() throws Exception {
        int writers = 8;
        for (int round = 0; round < 20; round++) {
            ObjectName name = new ObjectName("main/race/" + round);
            List<Boolean> won = race(writers, name);

            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            assertThat(read(name, 0)).isEqualTo("writer " + won.indexOf(true));
        }
    }

    @Test
    final void showsNothingOfAnObjectThatEndedEarly() throws IOException {
        assertThatThrownBy(() -> store.put(NAME, bytes("half"), 8))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(NAME.value());

        assertShowsNothing();
    }

    @Test
    final void showsNothingOfAnObjectThatIsLongerThanAnnounced() throws IOException {
        assertThatThrownBy(() -> store.put(NAME, bytes("too long"), 4)).isInstanceOf(StorageException.class);

        assertShowsNothing();
    }

    @Test
    final void showsNothingOfAnObjectWhoseSourceFailed() throws IOException {
        InputStream failing = ScriptedInputStream.of(200_000, () -> {
            throw new IOException("the source broke");
        });

        assertThatThrownBy(() -> store.put(NAME, failing, 200_000))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(NAME.value())
                .hasMessageContaining("the source broke");
        assertShowsNothing();
    }

    @Test
    final void canPutAgainAfterAFailure() throws IOException {
        assertThatThrownBy(() -> store.put(NAME, bytes("half"), 8)).isInstanceOf(StorageException.class);

        put(NAME, "whole");

        assertThat(read(NAME, 0)).isEqualTo("whole");
    }

    @Test
    final void interruptedPutLeavesNothing() throws IOException {
        InputStream interrupting =
                ScriptedInputStream.of(1_000_000, () -> Thread.currentThread().interrupt());

        Throwable failure = catchThrowable(() -> store.put(NAME, interrupting, 1_000_000));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isTrue());
        assertShowsNothing();
    }

    @Test
    final void replacesWholly() throws IOException {
        store.replace(NAME, "a long first content".getBytes(UTF_8));

        ObjectInfo info = store.replace(NAME, "short".getBytes(UTF_8));

        assertThat(info.sizeBytes()).isEqualTo(5);
        assertThat(read(NAME, 0)).isEqualTo("short");
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    final void readersSeeTheOldOrTheNewObjectWhileItIsReplaced() throws Exception {
        store.replace(NAME, content('0'));
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> replacing = writer.submit(() -> {
                for (char c = '1'; c <= '9'; c++) {
                    store.replace(NAME, content(c));
                }
                return true;
            });
            do {
                assertThat(read(NAME, 0).chars().distinct().count()).isEqualTo(1);
            } while (!replacing.isDone());
            replacing.get(60, TimeUnit.SECONDS);
        } finally {
            writer.shutdownNow();
        }
        assertThat(read(NAME, 0)).hasSize(100_000).startsWith("9");
    }

    @Test
    final void readsFromAnOffset() throws IOException {
        put(NAME, "0123456789");

        assertThat(read(NAME, 4)).isEqualTo("456789");
        assertThat(read(NAME, 10)).isEmpty();
        assertThatThrownBy(() -> read(NAME, 11)).isInstanceOf(StorageException.class);
    }

    @Test
    final void saysThatAnObjectIsMissing() throws IOException {
        put(NAME, "segment");

        for (String missing : List.of("main/none", "main/wals", NAME + "/below")) {
            assertThat(store.find(new ObjectName(missing))).isEmpty();
            assertThatThrownBy(() -> store.open(new ObjectName(missing), 0))
                    .isInstanceOf(ObjectMissingException.class)
                    .hasMessage("unable to read '%s' in store '%s': there is none", missing, store.id());
        }
    }

    @Test
    final void listsByPrefixInNameOrder() throws IOException {
        for (String name : List.of("b/2", "b/10", "b.x", "b/1/x", "a", "bc/1", "c/1")) {
            put(new ObjectName(name), name);
        }

        assertThat(names("")).containsExactly("a", "b.x", "b/1/x", "b/10", "b/2", "bc/1", "c/1");
        assertThat(names("b")).containsExactly("b.x", "b/1/x", "b/10", "b/2", "bc/1");
        assertThat(names("b/")).containsExactly("b/1/x", "b/10", "b/2");
        assertThat(names("b/1")).containsExactly("b/1/x", "b/10");
        assertThat(names("b/1/x/")).isEmpty();
        assertThat(names("none/")).isEmpty();
    }

    @Test
    final void keepsNamesAsTheyAre() throws IOException {
        List<String> names = List.of(
                "main/with space/and  two ",
                "main/quote'\"`",
                "main/$(rm -rf x)",
                "main/-rf",
                "main/;&|*?[a]{b}!#~",
                "main/back\\slash",
                "main/.hidden",
                "main/line\nbreak",
                "main/größe-слон-象-🐘");
        for (String name : names) {
            put(new ObjectName(name), name);
        }

        assertThat(names("main/")).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            assertThat(read(new ObjectName(name), 0)).isEqualTo(name);
            store.delete(new ObjectName(name));
        }
        assertThat(store.list("")).isEmpty();
    }

    @Test
    final void deletesOnlyWhatIsNamedAndToleratesRepetition() throws IOException {
        put(new ObjectName("a/1"), "x");
        put(new ObjectName("a/10"), "x");
        put(new ObjectName("b/2"), "x");
        store.delete(new ObjectName("a/1"));
        store.delete(new ObjectName("a/1"));
        store.delete(List.of(new ObjectName("none/1"), new ObjectName("b/2"), new ObjectName("a/1")));

        assertThat(names("")).containsExactly("a/10");
    }

    @Test
    final void deletesAllBelowAPrefixAndNothingBesideIt() throws IOException {
        for (String name : List.of("a/b/1", "a/b/c/d/2", "a/b.x", "a/bc/3")) {
            put(new ObjectName(name), "x");
        }

        store.deleteAll("a/b/");
        store.deleteAll("a/b/");
        store.deleteAll("none/");

        assertThat(names("")).containsExactly("a/b.x", "a/bc/3");
        put(new ObjectName("a/b/1"), "again");
        assertThat(read(new ObjectName("a/b/1"), 0)).isEqualTo("again");
    }

    @Test
    final void refusesToDeleteAllBelowWhatIsNoDirectory() {
        assertThatThrownBy(() -> store.deleteAll("a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    final void batchKeepsWhatWasCompletedAndCommitted() throws IOException {
        try (ObjectBatch batch = store.batch()) {
            for (int i = 0; i < 50; i++) {
                write(batch, new ObjectName("base/%d/file".formatted(i)), "content " + i);
            }
            batch.commit();
        }

        assertThat(store.list("base/")).hasSize(50);
        assertThat(read(new ObjectName("base/7/file"), 0)).isEqualTo("content 7");
    }

    @Test
    final void batchRefusesATakenNameAndLeavesTheObject() throws IOException {
        put(NAME, "first");

        try (ObjectBatch batch = store.batch()) {
            assertThatThrownBy(() -> write(batch, NAME, "second")).isInstanceOf(ObjectExistsException.class);
        }

        assertThat(read(NAME, 0)).isEqualTo("first");
    }

    @Test
    final void batchLinksWhereTheStoreCan() throws IOException {
        put(NAME, "shared");
        var second = new ObjectName("base/2/linked");

        boolean linked;
        try (ObjectBatch batch = store.batch()) {
            linked = batch.link(NAME, second);
            if (linked) {
                assertThatThrownBy(() -> batch.link(NAME, second)).isInstanceOf(ObjectExistsException.class);
                assertThatThrownBy(() -> batch.link(new ObjectName("base/none"), new ObjectName("base/new")))
                        .isInstanceOf(ObjectMissingException.class);
            }
            batch.commit();
        }

        assertThat(store.find(second).isPresent()).isEqualTo(linked);
        store.delete(NAME);
        if (linked) {
            assertThat(read(second, 0)).isEqualTo("shared");
        }
    }

    @Test
    final void batchRefusesAnObjectOfAnotherSize() throws IOException {
        try (ObjectBatch batch = store.batch()) {
            try (ObjectWriter shorter = batch.create(new ObjectName("short"), 5)) {
                shorter.write("half".getBytes(UTF_8), 0, 4);
                assertThatThrownBy(shorter::complete)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("short");
            }
            try (ObjectWriter longer = batch.create(new ObjectName("long"), 3)) {
                assertThatThrownBy(() -> {
                            longer.write("more".getBytes(UTF_8), 0, 4);
                            longer.complete();
                        })
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("long");
            }
            batch.commit();
        }

        assertThat(store.list("")).isEmpty();
    }

    @Test
    final void batchGivesUpAWriterThatIsClosedEarly() throws IOException {
        try (ObjectBatch batch = store.batch()) {
            try (ObjectWriter writer = batch.create(NAME, 5)) {
                writer.write("half".getBytes(UTF_8), 0, 4);
            }
            write(batch, NAME, "whole");
            batch.commit();
        }

        assertThat(read(NAME, 0)).isEqualTo("whole");
    }

    @Test
    final void batchTakesObjectsFromSeveralThreads() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(4);
        try (ObjectBatch batch = store.batch()) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 400; i++) {
                ObjectName name = new ObjectName("base/%d/%d".formatted(i % 7, i));
                tasks.add(() -> {
                    write(batch, name, name.value());
                    return true;
                });
            }
            for (Future<Boolean> done : writers.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                assertThat(done.get()).isTrue();
            }
            batch.commit();
        } finally {
            writers.shutdownNow();
        }

        assertThat(store.list("base/"))
                .hasSize(400)
                .allSatisfy(info ->
                        assertThat(read(info.name(), 0)).isEqualTo(info.name().value()));
    }

    @Test
    final void directoryHoldsTheObjectsAsFilesIfThereIsOne() throws IOException {
        put(NAME, "segment");

        Optional<Path> directory = store.directory("main/wals/");

        if (directory.isPresent()) {
            assertThat(Files.readString(directory.get().resolve(NAME.value().substring("main/wals/".length()))))
                    .isEqualTo("segment");
        }
    }

    /** Returns the store under test. */
    protected final ObjectStore store() {
        return requireNonNull(store, "JUnit has called openStore");
    }

    /** Puts a text. */
    protected final ObjectInfo put(ObjectName name, String content) throws IOException {
        byte[] bytes = content.getBytes(UTF_8);
        return store.put(name, new ByteArrayInputStream(bytes), bytes.length);
    }

    /** Reads a text. */
    protected final String read(ObjectName name, long offsetBytes) throws IOException {
        try (InputStream content = store.open(name, offsetBytes)) {
            return new String(content.readAllBytes(), UTF_8);
        }
    }

    /** Writes one object of a batch. */
    protected static void write(ObjectBatch batch, ObjectName name, String content) throws IOException {
        byte[] bytes = content.getBytes(UTF_8);
        try (ObjectWriter writer = batch.create(name, bytes.length)) {
            writer.write(bytes, 0, bytes.length);
            writer.complete();
        }
    }

    private List<Boolean> race(int writers, ObjectName name) throws Exception {
        var start = new CyclicBarrier(writers);
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            var attempts = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < writers; i++) {
                String content = "writer " + i;
                attempts.add(() -> {
                    start.await();
                    try {
                        put(name, content);
                        return true;
                    } catch (ObjectExistsException e) {
                        return false;
                    }
                });
            }
            var won = new ArrayList<Boolean>();
            for (Future<Boolean> attempt : threads.invokeAll(attempts, 60, TimeUnit.SECONDS)) {
                won.add(attempt.get());
            }
            return won;
        } finally {
            threads.shutdownNow();
        }
    }

    private void assertShowsNothing() throws IOException {
        assertThat(store.find(NAME)).isEmpty();
        assertThat(store.list("")).isEmpty();
        assertThatThrownBy(() -> store.open(NAME, 0)).isInstanceOf(ObjectMissingException.class);
    }

    private List<String> names(String prefix) throws IOException {
        return store.list(prefix).stream().map(info -> info.name().value()).toList();
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static byte[] content(char c) {
        return Character.toString(c).repeat(100_000).getBytes(UTF_8);
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
