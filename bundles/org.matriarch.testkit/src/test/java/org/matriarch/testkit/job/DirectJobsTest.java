package org.matriarch.testkit.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;

final class DirectJobsTest {

    private static final JobRequest REQUEST = new JobRequest("backup:create", "main", "", Optional.of("backup main"));

    @Test
    void runsInline() {
        DirectJobs jobs = DirectJobs.inline();

        Job job = jobs.submit(REQUEST, context -> {
            context.step("copying");
            context.advance(5);
        });

        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(job.progress().doneBytes()).isEqualTo(5);
        assertThat(jobs.steps(job.id())).containsExactly("copying");
    }

    @Test
    void keepsTheError() {
        Job job = DirectJobs.inline().submit(REQUEST, context -> {
            throw new MatriarchException(ErrorCode.STORE_FULL, "unable to write", "make room.");
        });

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.errorCode()).contains(2003);
        assertThat(job.hint()).contains("make room.");
    }

    @Test
    void cancelsAndExcludes() throws InterruptedException {
        try (DirectJobs jobs = DirectJobs.threaded()) {
            Job first = jobs.submit(REQUEST, context -> new CountDownLatch(1).await());

            assertThatThrownBy(() -> jobs.submit(REQUEST, context -> {})).hasMessageContaining("MATR-8004");
            jobs.cancel(first.id());

            assertThat(jobs.await(first.id(), Duration.ofSeconds(10)).state()).isEqualTo(JobState.CANCELLED);
            assertThat(jobs.jobs()).hasSize(1);
        }
    }
}
