package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;

/** The table behind the WAL index, compared with a plain sorted map, and its lines. */
final class WalTableTest {

    private static final long SEGMENT_BYTES = 16L << 20;

    @Test
    void holdsTheSameAsASortedMap() {
        var random = new Random(4711);
        var table = new WalTable();
        var expected = new TreeMap<WalFileName, WalLine>();
        for (int i = 0; i < 2000; i++) {
            WalLine line = line(random);
            table.put(line);
            expected.put(line.name(), line);
            if (i % 100 == 99) {
                List<WalFileName> gone = new ArrayList<>(expected.keySet()).subList(0, 10);
                table.removeAll(gone);
                gone.forEach(expected::remove);
            }
        }

        assertThat(table.lines()).containsExactlyElementsOf(expected.values());
        assertThat(table.size()).isEqualTo(expected.size());
        for (WalLine line : expected.values()) {
            assertThat(table.contains(line.name())).isTrue();
            assertThat(table.find(line.name())).contains(line);
        }
        assertThatThrownBy(() -> table.lines().get(table.size())).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> table.lines().get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void putsWhatBelongsToASegmentBesideIt() {
        var table = new WalTable();
        for (String name : List.of(
                "000000020000000000000005.00000028.backup",
                "000000020000000000000009.partial",
                "00000003.history",
                "000000020000000000000005",
                "00000002.history",
                "000000020000000000000006",
                "000000010000000000000005")) {
            table.put(WalLine.of(new WalFileName(name), 1, Instant.EPOCH, Optional.empty()));
        }

        assertThat(table.lines())
                .extracting(line -> line.name().value())
                .containsExactly(
                        "000000010000000000000005",
                        "00000002.history",
                        "000000020000000000000005",
                        "000000020000000000000005.00000028.backup",
                        "000000020000000000000006",
                        "000000020000000000000009.partial",
                        "00000003.history");
        assertThat(table.find(new WalFileName("000000040000000000000005"))).isEmpty();
        assertThat(table.contains(new WalFileName("000000040000000000000005"))).isFalse();
        assertThat(table.contains(new WalFileName("00000009.history"))).isFalse();
    }

    @Test
    void keepsItsLinesWhenTheTableChanges() {
        var table = new WalTable();
        table.put(WalLine.of(segment(1), 1, Instant.EPOCH, Optional.empty()));
        List<WalLine> lines = table.lines();

        table.put(WalLine.of(segment(0), 1, Instant.EPOCH, Optional.of("gzip")));
        table.removeAll(List.of(segment(1), new WalFileName("000000070000000000000001")));

        assertThat(lines).extracting(WalLine::name).containsExactly(segment(1));
        assertThat(table.lines()).extracting(WalLine::name).containsExactly(segment(0));
    }

    @Test
    void tellsWhatLiesInADirectory() {
        var table = new WalTable();
        List<String> names = List.of(
                "000000010000000000000005",
                "000000010000000000000006",
                "000000010000000100000000",
                "00000002.history",
                "000000020000000000000005",
                "000000020000000000000005.00000028.backup",
                "000000020000000100000009.partial");
        names.forEach(name -> table.put(WalLine.of(new WalFileName(name), 1, Instant.EPOCH, Optional.of("gzip"))));

        assertThat(table.directories())
                .containsExactlyInAnyOrder(
                        "0000000100000000", "0000000100000001", "0000000200000000", "0000000200000001");
        assertThat(table.in(Set.of("0000000100000000", "0000000200000001", "0000000300000000"))
                        .lines())
                .containsExactlyElementsOf(linesOf(table, names.get(0), names.get(1), names.get(6)));
        assertThat(table.in(Set.of("0000000200000000")).lines())
                .containsExactlyElementsOf(linesOf(table, names.get(4), names.get(5)));
        assertThat(table.in(table.directories()).size()).isEqualTo(names.size() - 1);
        assertThat(table.in(Set.of()).lines()).isEmpty();
    }

    @Test
    void isTheSameIfAllLinesAre() {
        var random = new Random(42);
        for (int round = 0; round < 200; round++) {
            var one = new WalTable();
            for (int i = 0; i < 20; i++) {
                one.put(line(random));
            }
            var other = new WalTable();
            List<WalLine> lines = new ArrayList<>(one.lines());
            Collections.shuffle(lines, random);
            lines.forEach(other::put);
            assertThat(one.holdsTheSameAs(other)).isTrue();

            WalLine line = lines.get(random.nextInt(lines.size()));
            switch (round % 4) {
                case 0 -> other.removeAll(List.of(line.name()));
                case 1 ->
                    other.put(new WalLine(
                            line.name(), line.storedBytes() + 1, line.micros(), line.compression(), line.encryption()));
                case 2 ->
                    other.put(new WalLine(
                            line.name(), line.storedBytes(), line.micros() - 1, line.compression(), line.encryption()));
                default ->
                    other.put(new WalLine(
                            line.name(), line.storedBytes(), line.micros(), Optional.of("lz4"), line.encryption()));
            }
            assertThat(one.holdsTheSameAs(other)).isFalse();
            assertThat(other.holdsTheSameAs(one)).isFalse();
        }
    }

    @Test
    void holdsAMillionSegmentsInAboutTwentyMebibytes() {
        var table = new WalTable();
        for (int i = 0; i < 1_000_000; i++) {
            table.put(WalLine.of(segment(i), SEGMENT_BYTES, Instant.EPOCH, Optional.empty()));
        }

        assertThat(table.size()).isEqualTo(1_000_000);
        assertThat(table.lines().get(999_999).name()).isEqualTo(segment(999_999));
        assertThat(table.contains(segment(1_000_000))).isFalse();
    }

    @Test
    void readsAndWritesLinesAsBarmanDoes() {
        String line = "000000010000000000000001\t16777216\t1732104000.123456\tgzip\tNone\n";

        assertThat(WalLine.parse(line).format()).isEqualTo(line);
        assertThat(WalLine.parse("000000010000000000000001 5 1406019022.4 None").format())
                .isEqualTo("000000010000000000000001\t5\t1406019022.4\tNone\tNone\n");
        assertThat(WalLine.parse("00000002.history\t5\t1.4e9\tNone\tgpg").format())
                .isEqualTo("00000002.history\t5\t1400000000.0\tNone\tgpg\n");
        for (String broken : List.of("", "a b c", "a b c d e f", "x\t5\t1.0\tNone\tNone")) {
            assertThatThrownBy(() -> WalLine.parse(broken)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static WalLine line(Random random) {
        WalFileName segment = WalFileName.ofSegment(
                1 + random.nextInt(3), new Lsn(random.nextInt(600) * SEGMENT_BYTES), SEGMENT_BYTES);
        WalFileName name = switch (random.nextInt(10)) {
            case 0 -> segment.partial();
            case 1 -> new WalFileName(segment + ".00000028.backup");
            case 2 -> WalFileName.ofHistory(segment.timeline());
            default -> segment;
        };
        return WalLine.of(
                name,
                random.nextInt(1 << 24),
                Instant.ofEpochSecond(random.nextInt()),
                random.nextBoolean() ? Optional.of("zstd") : Optional.empty());
    }

    private static List<WalLine> linesOf(WalTable table, String... names) {
        return Stream.of(names)
                .map(name -> table.find(new WalFileName(name)).orElseThrow())
                .toList();
    }

    private static WalFileName segment(int number) {
        return WalFileName.ofSegment(1, new Lsn(number * SEGMENT_BYTES), SEGMENT_BYTES);
    }
}
