package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;

final class ReceiverStateTest {

    @TempDir
    private Path home;

    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void isReadAsItWasWritten() throws IOException {
        var state = new ReceiverState(true, Optional.of(new ReceiveStart(3, SampleWal.lsn(7))));
        assertThat(ReceiverState.read(home)).isEqualTo(ReceiverState.DEFAULT);

        state.write(home, disk);
        assertThat(ReceiverState.read(home)).isEqualTo(state);
        ReceiverState.DEFAULT.write(home, disk);
        assertThat(ReceiverState.read(home)).isEqualTo(ReceiverState.DEFAULT);
    }

    @Test
    void isOldOrNewWhereverWritingFails() throws IOException {
        var after = new ReceiverState(true, Optional.empty());
        for (int step = 0; step < 7; step++) {
            ReceiverState.DEFAULT.write(home, disk);
            disk.failAfter(step);
            try {
                after.write(home, disk);
            } catch (IOException e) {
                assertThat(e).hasMessage("Input/output error");
            }
            disk.repair();
            assertThat(ReceiverState.read(home)).isIn(ReceiverState.DEFAULT, after);
        }
    }

    @Test
    void saysWhatCannotBeUnderstood() throws IOException {
        Files.writeString(home.resolve("receiver.state"), "reset.timeline=2\n");
        assertThat(ReceiverState.read(home).reset()).isEmpty();
        Files.writeString(home.resolve("receiver.state"), "reset.timeline=2\nreset.position=here\n");
        assertThatThrownBy(() -> ReceiverState.read(home))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("cannot be understood: 'here' is not a WAL position such as 16/B374D848");
    }

    @Test
    void tellsAFullDiskFromABrokenOne() {
        assertThat(DiskFailure.of("write", home, new IOException("No space left on device"))
                        .code())
                .isEqualTo(ErrorCode.STORE_FULL);
        assertThat(DiskFailure.of("write", home, new IOException("Disk quota exceeded"))
                        .code())
                .isEqualTo(ErrorCode.STORE_FULL);
        assertThat(DiskFailure.of("write", home, new IOException()).code()).isEqualTo(ErrorCode.STORE_FAILED);
    }

    @Test
    void waitsLongerEachTime() {
        var backoff = new Backoff();
        assertThat(backoff.next()).isLessThanOrEqualTo(Backoff.LEAST);
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        assertThat(backoff.next()).isBetween(Backoff.MOST.multipliedBy(3).dividedBy(4), Backoff.MOST);
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Backoff.LEAST);
    }
}
