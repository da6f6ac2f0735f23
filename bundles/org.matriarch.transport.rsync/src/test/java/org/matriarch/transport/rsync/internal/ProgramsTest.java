package org.matriarch.transport.rsync.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {

    @TempDir
    private Path directory;

    @Test
    void givesTheProgramItsInputAndTellsWhatItSaysAndHowItEnds() throws Exception {
        try (var programs = new Programs()) {
            var lines = new ArrayList<String>();

            Ended ended = programs.run(
                    List.of("/bin/sh", "-c", "tr '\\0' '\\n'; echo \"$0\"; echo wrong >&2; exit 23", "it's $(x)"),
                    List.of("a b", "c"),
                    lines::add);

            assertThat(lines).containsExactly("a b", "c", "it's $(x)");
            assertThat(ended.code()).isEqualTo(23);
            assertThat(ended.complaints()).containsExactly("wrong");
        }
    }

    @Test
    void waitsForWhatAProgramHasStartedAndLeftBehind() throws Exception {
        Path trace = directory.resolve("trace");
        var programs = new Programs();
        var begun = new CountDownLatch(1);
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> leaveBehind(programs, trace, begun));
        begun.await();

        programs.close();

        assertThat(trace).exists();
        assertThat(code.get()).isNotZero();
        assertThatThrownBy(() -> programs.run(List.of("true"), List.of(), line -> {}))
                .hasMessage("the transfer was stopped");
    }

    /** Runs a program until it is ended, whose child goes on for a second and then leaves a trace. */
    private static int leaveBehind(Programs programs, Path trace, CountDownLatch begun) {
        String script = "{ trap '' TERM; echo begun; sleep 1; touch \"$0\"; } & exec sleep 60";
        try {
            return programs.run(
                            List.of("/bin/sh", "-c", script, trace.toString()), List.of(), line -> begun.countDown())
                    .code();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
