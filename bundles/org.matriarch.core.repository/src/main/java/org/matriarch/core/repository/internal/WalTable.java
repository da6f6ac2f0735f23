package org.matriarch.core.repository.internal;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.matriarch.api.model.WalFileName;

/** What is archived, by name. Made for a million segments and a few other files. Not thread-safe. */
final class WalTable {

    /** How a file is stored. There are only a few, so a table of segments holds their numbers. */
    private record Coding(Optional<String> compression, Optional<String> encryption) {}

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int SEGMENT_LENGTH = 24;
    private static final int DIRECTORY_LENGTH = 16;

    private final TreeMap<Long, SegmentTable> timelines = new TreeMap<>();
    private final TreeMap<WalFileName, WalLine> others = new TreeMap<>();
    private final List<Coding> codings = new ArrayList<>();

    void put(WalLine line) {
        if (!isSegment(line.name())) {
            others.put(line.name(), line);
            return;
        }
        timelines
                .computeIfAbsent(timeline(line.name()), SegmentTable::new)
                .put(SegmentTable.key(line.name()), line.storedBytes(), line.micros(), coding(line));
    }

    Optional<WalLine> find(WalFileName name) {
        if (!isSegment(name)) {
            return Optional.ofNullable(others.get(name));
        }
        SegmentTable table = timelines.get(timeline(name));
        int at = table == null ? -1 : table.find(SegmentTable.key(name));
        return table == null || at < 0 ? Optional.empty() : Optional.of(line(table, at, codings));
    }

    boolean contains(WalFileName name) {
        if (!isSegment(name)) {
            return others.containsKey(name);
        }
        SegmentTable table = timelines.get(timeline(name));
        return table != null && table.find(SegmentTable.key(name)) >= 0;
    }

    void removeAll(Collection<WalFileName> names) {
        var gone = new TreeMap<Long, Set<Long>>();
        for (WalFileName name : names) {
            if (isSegment(name)) {
                gone.computeIfAbsent(timeline(name), timeline -> new HashSet<>())
                        .add(SegmentTable.key(name));
            } else {
                others.remove(name);
            }
        }
        gone.forEach((timeline, keys) -> {
            SegmentTable table = timelines.get(timeline);
            if (table != null) {
                table.removeAll(keys);
            }
        });
    }

    /** Returns the names of the directories in which the files lie; histories lie in none. */
    Set<String> directories() {
        Set<String> directories = others.keySet().stream()
                .flatMap(name -> directory(name).stream())
                .collect(Collectors.toSet());
        timelines.forEach((timeline, table) -> Arrays.stream(table.logs())
                .mapToObj(log -> directory(timeline, log))
                .forEach(directories::add));
        return directories;
    }

    /** Returns a table of what lies in some directories. */
    WalTable in(Set<String> directories) {
        var copy = new WalTable();
        copy.codings.addAll(codings);
        timelines.forEach((timeline, table) ->
                copy.timelines.put(timeline, table.ofLogs(log -> directories.contains(directory(timeline, log)))));
        others.forEach((name, line) ->
                directory(name).filter(directories::contains).ifPresent(found -> copy.others.put(name, line)));
        return copy;
    }

    /** Compares all lines, without making them where that can be helped. */
    boolean holdsTheSameAs(WalTable other) {
        if (size() != other.size() || !others.equals(other.others)) {
            return false;
        }
        if (!codings.equals(other.codings) || !timelines.keySet().equals(other.timelines.keySet())) {
            return lines().equals(other.lines());
        }
        Iterator<SegmentTable> tables = other.timelines.values().iterator();
        return timelines.values().stream().allMatch(table -> table.holdsTheSameAs(tables.next()));
    }

    private static String directory(long timeline, long log) {
        return HEX.toHexDigits((int) timeline) + HEX.toHexDigits((int) log);
    }

    private static Optional<String> directory(WalFileName name) {
        return name.kind() == WalFileName.Kind.HISTORY
                ? Optional.empty()
                : Optional.of(name.value().substring(0, DIRECTORY_LENGTH));
    }

    int size() {
        return others.size()
                + timelines.values().stream().mapToInt(SegmentTable::size).sum();
    }

    /** Returns all lines in name order, as they are now. */
    List<WalLine> lines() {
        return new Lines(
                timelines.values().stream().map(SegmentTable::copy).toList(), codings, positions(), others.values());
    }

    /** Returns for each of the other files, in order, where it comes among all. */
    private int[] positions() {
        var positions = new int[others.size()];
        int index = 0;
        for (WalFileName name : others.keySet()) {
            long timeline = timeline(name);
            int before = timelines.headMap(timeline).values().stream()
                    .mapToInt(SegmentTable::size)
                    .sum();
            SegmentTable own = timelines.get(timeline);
            // A history file comes before the segments of its timeline, what belongs to a segment right after it.
            if (own != null && name.kind() != WalFileName.Kind.HISTORY) {
                int at = own.find(SegmentTable.key(name));
                before += at < 0 ? -at - 1 : at + 1;
            }
            positions[index] = before + index;
            index++;
        }
        return positions;
    }

    private byte coding(WalLine line) {
        var coding = new Coding(line.compression(), line.encryption());
        int number = codings.indexOf(coding);
        if (number < 0) {
            number = codings.size();
            codings.add(coding);
        }
        return (byte) number;
    }

    /** Tells by the length what {@link WalFileName#isSegment} tells by a pattern, a million times. */
    private static boolean isSegment(WalFileName name) {
        return name.value().length() == SEGMENT_LENGTH;
    }

    private static long timeline(WalFileName name) {
        return Integer.toUnsignedLong(name.timeline());
    }

    private static WalLine line(SegmentTable table, int at, List<Coding> codings) {
        Coding coding = codings.get(Byte.toUnsignedInt(table.coding(at)));
        return new WalLine(
                table.name(at), table.storedBytes(at), table.micros(at), coding.compression(), coding.encryption());
    }

    /** A table's lines in name order; each is made when it is asked for. */
    private static final class Lines extends AbstractList<WalLine> implements RandomAccess {

        private final List<SegmentTable> tables;
        private final int[] starts;
        private final List<Coding> codings;
        private final int[] positions;
        private final List<WalLine> others;
        private final int size;

        Lines(List<SegmentTable> tables, List<Coding> codings, int[] positions, Collection<WalLine> others) {
            this.tables = tables;
            this.codings = List.copyOf(codings);
            this.positions = positions;
            this.others = List.copyOf(others);
            this.starts = new int[tables.size()];
            int segments = 0;
            for (int i = 0; i < starts.length; i++) {
                starts[i] = segments;
                segments += tables.get(i).size();
            }
            this.size = segments + this.others.size();
        }

        @Override
        public WalLine get(int index) {
            if (index < 0 || index >= size) {
                throw new IndexOutOfBoundsException(index);
            }
            int other = Arrays.binarySearch(positions, index);
            if (other >= 0) {
                return others.get(other);
            }
            int segment = index - (-other - 1);
            int table = starts.length - 1;
            while (starts[table] > segment) {
                table--;
            }
            return line(tables.get(table), segment - starts[table], codings);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
