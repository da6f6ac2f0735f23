package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.repository.RepositoryIdentity;

final class WalHeaderTest {

    private static final Optional<RepositoryIdentity> OWNER =
            Optional.of(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));

    private final byte[] bytes = SampleWal.segment(1, 3);
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    @ParameterizedTest
    @CsvSource({"0xD106,13", "0xD10D,14", "0xD110,15", "0xD113,16", "0xD116,17", "0xD118,18"})
    void knowsEachSupportedVersion(String magic, int major) {
        buffer.putShort(0, (short) Integer.decode(magic).intValue());

        assertThat(WalHeader.parse(bytes)).map(WalHeader::major).contains(major);
    }

    @Test
    void readsTheByteOrderOfTheServer() {
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort(0, (short) 0xD118)
                .putShort(2, (short) 7)
                .putInt(4, 5)
                .putLong(8, 0x1_2300_0000L)
                .putLong(24, -1)
                .putInt(32, 1 << 24);

        assertThat(WalHeader.parse(bytes)).hasValueSatisfying(header -> {
            assertThat(header.timeline()).isEqualTo(5);
            assertThat(header.pageAddress()).hasToString("1/23000000");
            assertThat(header.systemId()).isEqualTo("18446744073709551615");
            assertThat(header.segmentSizeBytes()).isEqualTo(1 << 24);
        });
    }

    @Test
    void knowsWhatIsNoHeader() {
        assertThat(WalHeader.parse(new byte[39])).isEmpty();
        assertThat(WalHeader.parse(new byte[40])).isEmpty();
        buffer.putShort(2, (short) 1);
        assertThat(WalHeader.parse(bytes)).isEmpty();
        buffer.putShort(2, (short) 0x12);
        assertThat(WalHeader.parse(bytes)).isEmpty();
        buffer.putShort(2, (short) 2);
        for (int size : new int[] {0, 1 << 19, 3 << 20, 1 << 31}) {
            buffer.putInt(32, size);
            assertThat(WalHeader.parse(bytes)).isEmpty();
        }
    }

    @Test
    void acceptsTheRightSegment() {
        assertThat(mismatch(1, 3)).isEmpty();
        assertThat(mismatch(2, 3)).as("copied at a promotion").isEmpty();
        assertThat(header().mismatch(SampleWal.name(1, 3), SampleWal.SEGMENT, Optional.empty()))
                .isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(header().mismatch(SampleWal.name(1, 3), 6, OWNER))
                .contains("it has 6 bytes, its header says 1048576");
        assertThat(mismatch(1, 4)).contains("its header says position 0/300000, its name 0/400000");
        buffer.putInt(4, 2);
        assertThat(mismatch(1, 3)).contains("its header says timeline 2, its name 1");
    }

    @Test
    void refusesAnotherSystemsWal() {
        buffer.putShort(0, (short) 0xD116);
        assertThat(mismatch(1, 3)).contains("it was written by PostgreSQL 17, the repository is of PostgreSQL 16");
        buffer.putLong(24, 42);
        assertThat(mismatch(1, 3)).contains("it belongs to system 42, the repository to 7300000000000000001");
    }

    private Optional<String> mismatch(int timeline, long segment) {
        return header().mismatch(SampleWal.name(timeline, segment), SampleWal.SEGMENT, OWNER);
    }

    private WalHeader header() {
        return WalHeader.parse(bytes).orElseThrow();
    }
}
