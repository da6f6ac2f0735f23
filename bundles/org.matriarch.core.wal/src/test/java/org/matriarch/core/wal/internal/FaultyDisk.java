package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A disk on which the n-th operation fails, and from then on every one, until it is repaired. */
final class FaultyDisk implements WalDisk {

    private final WalDisk disk = new LocalDisk();
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> failSync = new AtomicReference<>();
    private final AtomicInteger listings = new AtomicInteger();
    private volatile String reason = "Input/output error";
    private volatile BooleanSupplier slow = () -> false;
    private volatile Optional<Stalled> stalled = Optional.empty();
    private final Map<Thread, Integer> syncs = new ConcurrentHashMap<>();

    /** Lets that many more operations succeed. */
    void failAfter(int count) {
        left.set(count);
    }

    void failAfter(int count, String why) {
        reason = why;
        left.set(count);
    }

    void repair() {
        left.set(Integer.MAX_VALUE);
    }

    /** Holds up every sync while the condition holds. */
    void slowWhile(BooleanSupplier condition) {
        slow = condition;
    }

    /** Lets every sync of a file by threads whose names begin so hang. */
    StalledCalls stallSyncsOf(String threads) {
        var calls = new StalledCalls();
        stalled = Optional.of(new Stalled(threads, calls));
        return calls;
    }

    /** Which threads hang, and in what. */
    private record Stalled(String threads, StalledCalls calls) {

        boolean concerns(Thread thread) {
            return thread.getName().startsWith(threads);
        }
    }

    /** Lets the next sync of a file by this thread fail, and none after it. */
    void failMySyncOnce() {
        failSync.set(Thread.currentThread());
    }

    /** Returns how often a thread tried to sync a file. */
    int syncsBy(Thread thread) {
        return syncs.getOrDefault(thread, 0);
    }

    int operations() {
        return operations.get();
    }

    int listings() {
        return listings.get();
    }

    private void step() throws IOException {
        operations.incrementAndGet();
        if (left.getAndUpdate(n -> n == Integer.MAX_VALUE ? n : Math.max(0, n - 1)) == 0) {
            throw new IOException(reason);
        }
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        step();
        OpenFile opened = disk.open(file);
        return new OpenFile() {
            @Override
            public long sizeBytes() throws IOException {
                return opened.sizeBytes();
            }

            @Override
            public void write(ByteBuffer buffer, long position) throws IOException {
                step();
                opened.write(buffer, position);
            }

            @Override
            public void sync() throws IOException {
                syncs.merge(Thread.currentThread(), 1, Integer::sum);
                while (slow.getAsBoolean()) {
                    Thread.onSpinWait();
                }
                Optional<Stalled> hanging = stalled.filter(each -> each.concerns(Thread.currentThread()));
                if (hanging.isPresent()) {
                    hanging.get().calls().call();
                }
                step();
                if (failSync.compareAndSet(Thread.currentThread(), null)) {
                    throw new IOException(reason);
                }
                opened.sync();
            }

            @Override
            public void close() throws IOException {
                opened.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        disk.rename(from, to);
    }

    @Override
    public void link(Path file, Path name) throws IOException {
        step();
        disk.link(file, name);
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        disk.delete(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step();
        disk.createDirectory(directory);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        listings.incrementAndGet();
        return disk.list(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step();
        disk.syncDirectory(directory);
    }
}
