package org.matriarch.compression.command.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that do what a filter must not. */
@Timeout(120)
final class UnrulyProgramTest {

    private static final byte[] CONTENT = new byte[4 << 20];

    @Test
    void tellsTheExitCodeAndWhatTheProgramSaid() {
        assertThatThrownBy(() -> compress("sh -c 'cat >/dev/null; echo out of ideas >&2; exit 7'"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "'sh -c cat >/dev/null; echo out of ideas >&2; exit 7' ended with exit code 7: out of ideas");
        assertThatThrownBy(() -> decompress("sh -c 'cat; echo out of ideas >&2; exit 7'", CONTENT))
                .isInstanceOf(IOException.class)
                .hasMessage("'sh -c cat; echo out of ideas >&2; exit 7' ended with exit code 7: out of ideas");
    }

    @Test
    void tellsWhyAProgramStoppedReading() {
        assertThatThrownBy(() -> compress("sh -c 'echo no >&2; exit 3'"))
                .hasMessage("'sh -c echo no >&2; exit 3' ended with exit code 3: no");
        assertThatThrownBy(() -> decompress("sh -c 'echo no >&2; exit 3'", CONTENT))
                .hasMessage("'sh -c echo no >&2; exit 3' ended with exit code 3: no");
    }

    @Test
    void refusesAnOutputThatIsNotOfAllTheInput() {
        assertThatThrownBy(() -> compress("head -c 100")).hasMessage("'head -c 100' ended before it had read all");
        assertThatThrownBy(() -> decompress("head -c 100", CONTENT))
                .hasMessage("'head -c 100' ended before it had read all");
    }

    @Test
    void refusesAnOutputWithoutItsMagicNumber() {
        assertThatThrownBy(() -> compress("tr a b"))
                .isInstanceOf(IOException.class)
                .hasMessage("'tr a b' writes something that does not begin with its magic number");
        assertThatThrownBy(() -> compress("sh -c 'cat >/dev/null'"))
                .isInstanceOf(IOException.class)
                .hasMessage("'sh -c cat >/dev/null' wrote nothing");
    }

    @Test
    void namesAProgramThatIsNotThere() {
        assertThatThrownBy(() -> compress("/no/such/program"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void killsAProgramThatHangs() {
        assertThatThrownBy(() -> compress("sleep 1000"))
                .isInstanceOf(IOException.class)
                .hasMessage("'sleep 1000' was killed: it neither took nor gave a byte for 1 s");
        assertThatThrownBy(() -> compress("sh -c 'cat >/dev/null; sleep 1000'"))
                .hasMessageContaining("was killed: it neither took nor gave a byte for 1 s");
        assertThatThrownBy(() -> decompress("sleep 1000", new byte[10]))
                .hasMessage("'sleep 1000' was killed: it neither took nor gave a byte for 1 s");
    }

    @Test
    void endsSoonWhenItIsInterrupted() {
        Thread.currentThread().interrupt();

        try {
            assertThatThrownBy(() -> compress("sleep 1000")).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void leavesNoProgramBehindWhenItsReaderHasSeenEnough() throws IOException {
        long before = ProcessHandle.current().children().count();

        InputStream in = compressor("cat", 60).decompress(new ByteArrayInputStream(CONTENT));
        assertThat(in.read()).isZero();
        in.close();

        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(ProcessHandle.current().children().count()).isEqualTo(before));
    }

    @Test
    void allowsAReaderAndASourceToTakeTheirTime() throws IOException {
        InputStream slow = new ByteArrayInputStream("content".getBytes(US_ASCII)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                pause();
                return super.read(target, offset, Math.min(length, 4));
            }
        };

        try (InputStream in = compressor("cat", 1).decompress(slow)) {
            pause();
            assertThat(in.readAllBytes()).asString(US_ASCII).isEqualTo("content");
        }
    }

    @Test
    void refusesALevelThatTheCommandHasNoPlaceFor() {
        assertThatThrownBy(() -> compressor("cat", 1).compress(new ByteArrayOutputStream(), OptionalInt.of(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("level 3: the command of 'mine' has no {level}");
    }

    private static void compress(String command) throws IOException {
        try (OutputStream out = compressor(command, 1).compress(new ByteArrayOutputStream(), OptionalInt.empty())) {
            out.write(CONTENT);
        }
    }

    private static byte[] decompress(String command, byte[] content) throws IOException {
        try (InputStream in = compressor(command, 1).decompress(new ByteArrayInputStream(content))) {
            return in.readAllBytes();
        }
    }

    /** Longer than the timeout of the program. */
    private static void pause() {
        try {
            assertThat(new CountDownLatch(1).await(1500, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns a compressor that has the same command to compress and decompress; its magic number is two zeros. */
    private static CommandCompressor compressor(String command, int timeoutSeconds) {
        return new CommandCompressor(Map.of(
                "matriarch.compressor.id", "mine",
                "compress", command,
                "decompress", command,
                "magic", command.startsWith("tr") ? "ffff" : "0000",
                "timeout_seconds", timeoutSeconds));
    }
}
