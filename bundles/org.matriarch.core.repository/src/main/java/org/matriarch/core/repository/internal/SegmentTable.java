package org.matriarch.core.repository.internal;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.matriarch.api.model.WalFileName;

/**
 * The archived segments of one timeline, sorted, 21 bytes each: a million of them must not be a burden. Segments come
 * nearly always in order, so that a new one is put at the end. Not thread-safe.
 */
final class SegmentTable {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int FIRST_CAPACITY = 64;

    private final long timeline;
    private int size;
    /** Log and number of the segment, the second half of its name. */
    private long[] keys;
    /** Unsigned. */
    private int[] storedBytes;

    private long[] micros;
    private byte[] codings;

    SegmentTable(long timeline) {
        this(timeline, 0, new long[FIRST_CAPACITY], new int[FIRST_CAPACITY], new long[FIRST_CAPACITY]);
        codings = new byte[FIRST_CAPACITY];
    }

    private SegmentTable(long timeline, int size, long[] keys, int[] storedBytes, long[] micros) {
        this.timeline = timeline;
        this.size = size;
        this.keys = keys;
        this.storedBytes = storedBytes;
        this.micros = micros;
        this.codings = new byte[0];
    }

    SegmentTable copy() {
        var copy = new SegmentTable(
                timeline,
                size,
                Arrays.copyOf(keys, size),
                Arrays.copyOf(storedBytes, size),
                Arrays.copyOf(micros, size));
        copy.codings = Arrays.copyOf(codings, size);
        return copy;
    }

    /** Returns the segments of some logs alone. */
    SegmentTable ofLogs(LongPredicate wanted) {
        long[] passed = Arrays.stream(logs()).filter(wanted).toArray();
        SegmentTable copy = copy();
        copy.retain(index -> Arrays.binarySearch(passed, log(keys[index])) >= 0);
        return copy;
    }

    /** Returns the logs that there are segments of, in order. */
    long[] logs() {
        var logs = new long[size];
        int count = 0;
        for (int i = 0; i < size; i++) {
            if (count == 0 || logs[count - 1] != log(keys[i])) {
                logs[count] = log(keys[i]);
                count++;
            }
        }
        return Arrays.copyOf(logs, count);
    }

    /** Compares everything, where a coding's number means the same in both. */
    boolean holdsTheSameAs(SegmentTable other) {
        return timeline == other.timeline
                && Arrays.equals(keys, 0, size, other.keys, 0, other.size)
                && Arrays.equals(storedBytes, 0, size, other.storedBytes, 0, other.size)
                && Arrays.equals(micros, 0, size, other.micros, 0, other.size)
                && Arrays.equals(codings, 0, size, other.codings, 0, other.size);
    }

    static long key(WalFileName name) {
        return Long.parseUnsignedLong(name.value(), 8, 24, 16);
    }

    int size() {
        return size;
    }

    void put(long key, long bytes, long time, byte coding) {
        int at = find(key);
        if (at < 0) {
            at = -at - 1;
            insert(at);
            keys[at] = key;
        }
        storedBytes[at] = (int) Math.min(bytes, 0xffffffffL);
        micros[at] = time;
        codings[at] = coding;
    }

    /** Returns where a key is, or {@code -1 - where} it would be. */
    int find(long key) {
        if (size > 0 && Long.compareUnsigned(keys[size - 1], key) < 0) {
            return -1 - size;
        }
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(keys[middle], key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    private static long log(long key) {
        return key >>> Integer.SIZE;
    }

    void removeAll(Set<Long> gone) {
        retain(index -> !gone.contains(keys[index]));
    }

    private void retain(IntPredicate wanted) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (wanted.test(i)) {
                keys[kept] = keys[i];
                storedBytes[kept] = storedBytes[i];
                micros[kept] = micros[i];
                codings[kept] = codings[i];
                kept++;
            }
        }
        size = kept;
    }

    WalFileName name(int at) {
        return new WalFileName(HEX.toHexDigits(timeline, 8) + HEX.toHexDigits(keys[at]));
    }

    long storedBytes(int at) {
        return Integer.toUnsignedLong(storedBytes[at]);
    }

    long micros(int at) {
        return micros[at];
    }

    byte coding(int at) {
        return codings[at];
    }

    private void insert(int at) {
        if (size == keys.length) {
            int capacity = Math.max(FIRST_CAPACITY, size + (size >> 1));
            keys = Arrays.copyOf(keys, capacity);
            storedBytes = Arrays.copyOf(storedBytes, capacity);
            micros = Arrays.copyOf(micros, capacity);
            codings = Arrays.copyOf(codings, capacity);
        }
        System.arraycopy(keys, at, keys, at + 1, size - at);
        System.arraycopy(storedBytes, at, storedBytes, at + 1, size - at);
        System.arraycopy(micros, at, micros, at + 1, size - at);
        System.arraycopy(codings, at, codings, at + 1, size - at);
        size++;
    }
}
