package org.matriarch.core.job.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.job.JobRequest;

final class RunningJobTest {

    private final RunningJob job =
            new RunningJob(7, new JobRequest("backup:create", "main", "", Optional.empty()), Instant.EPOCH);

    @Test
    void deliversAStopThatCameBeforeTheTask() {
        job.stop(true);

        assertThatThrownBy(job::enterTask).isInstanceOf(InterruptedException.class);
    }

    @Test
    void tellsEveryThreadOfTheTaskToStop() throws InterruptedException {
        assertThatCode(job::checkCancelled).doesNotThrowAnyException();
        job.enterTask();

        job.stop(false);

        assertThat(job.leaveTask()).isTrue();
        assertThatThrownBy(job::checkCancelled).hasMessage("job 7 is to stop");
    }

    @Test
    void heedsAnInterruptThatNobodyAskedTheServiceFor() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(job::checkCancelled).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void interruptsNobodyWhoHasLeftTheTask() throws InterruptedException {
        job.enterTask();
        assertThat(job.leaveTask()).isFalse();

        job.stop(true);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(job.isStopRequested()).isTrue();
    }
}
