package org.matriarch.jmx.internal.bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

@Timeout(60)
final class SnapshotTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void asksAgainOnlyWhenTheAnswerIsOld() {
        Snapshot<Integer> snapshot = of(asked::incrementAndGet, Duration.ofSeconds(30));

        assertThat(snapshot.get()).isEqualTo(1);
        assertThat(snapshot.get()).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(snapshot.get()).isEqualTo(2);
        snapshot.expire();
        assertThat(snapshot.get()).isEqualTo(3);
    }

    @Test
    void goesOnWithWhatItKnowsWhenNobodyAnswers() throws Exception {
        var dead = new CountDownLatch(1);
        Snapshot<Integer> snapshot = of(
                () -> {
                    if (asked.incrementAndGet() > 1) {
                        dead.await();
                    }
                    return asked.get();
                },
                Duration.ofMillis(200));
        await().until(() -> answers(snapshot));

        for (int i = 0; i < 1000; i++) { // of which the first alone waits
            snapshot.expire();
            assertThat(snapshot.get()).isEqualTo(1);
        }

        assertThat(asked).hasValue(2);
        dead.countDown();
        await().until(() -> {
            snapshot.expire();
            return snapshot.get() > 1;
        });
    }

    @Test
    void saysThatNothingIsKnownYet() {
        Snapshot<Integer> hanging = of(
                () -> {
                    new CountDownLatch(1).await();
                    return 1;
                },
                Duration.ZERO);
        var refusing = new Snapshot<Integer>(
                "x",
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> 1,
                nanos::get,
                Duration.ZERO);

        assertThatThrownBy(hanging::get).hasMessageContaining("the thing is not known yet");
        assertThatThrownBy(refusing::get).hasMessageContaining("x is not known yet");
    }

    @Test
    void passesOnWhatFailed() {
        Snapshot<Integer> failing = of(
                () -> {
                    throw new MatriarchException(ErrorCode.STORE_MISSING, "no store", "bring one.");
                },
                Duration.ofSeconds(30));
        Snapshot<Integer> broken = of(
                () -> {
                    throw new IllegalStateException("a bug");
                },
                Duration.ofSeconds(30));

        assertThatThrownBy(failing::get).isInstanceOf(MatriarchException.class).hasMessageContaining("no store");
        assertThatThrownBy(broken::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void asksAgainWhenWhoWasAskedBroke() {
        Snapshot<Integer> snapshot = of(
                () -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("of a bundle that went");
                    }
                    return asked.get();
                },
                Duration.ofSeconds(30));

        assertThatThrownBy(snapshot::get).isInstanceOf(IllegalStateException.class);
        snapshot.expire();
        assertThat(snapshot.get()).isEqualTo(2);
    }

    private static boolean answers(Snapshot<Integer> snapshot) {
        try {
            return snapshot.get() == 1;
        } catch (MatriarchException e) {
            return false;
        }
    }

    private <T> Snapshot<T> of(Callable<T> source, Duration patience) {
        return new Snapshot<>("the thing", threads, source, nanos::get, patience);
    }
}
