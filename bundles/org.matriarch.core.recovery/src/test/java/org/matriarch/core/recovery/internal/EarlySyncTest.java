package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EarlySyncTest {

    private static final int PART = 32 << 20;

    @TempDir
    private Path directory;

    private final List<Runnable> asked = new ArrayList<>();

    @Test
    void asksForOneSyncAtATime() throws Exception {
        try (FileChannel file = open()) {
            var sync = new EarlySync(file, asked::add);

            sync.written(PART - 1);
            assertThat(asked).isEmpty();
            sync.written(1);
            sync.written(PART);
            assertThat(asked).hasSize(1);
            asked.get(0).run();
            sync.written(1);
            assertThat(asked).hasSize(2);
            asked.get(1).run();
            sync.finish();
        }
    }

    @Test
    void tellsOfASyncThatFailed() throws Exception {
        FileChannel file = open();
        var sync = new EarlySync(file, asked::add);
        sync.written(PART);
        file.close();
        asked.get(0).run();

        assertThatThrownBy(() -> sync.written(PART)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(sync::finish).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void tellsOfAnythingElseThatWentWrong() throws Exception {
        try (FileChannel file = open()) {
            var sync = new EarlySync(file, task -> {
                throw new IllegalStateException("no thread");
            });

            assertThatThrownBy(() -> sync.written(PART)).hasMessage("no thread");
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(directory.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
