package org.matriarch.core.job.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Progress;

final class JobFileTest {

    @Test
    void readsBackWhatItWrote() throws IOException {
        Job job = new Job(
                3,
                "backup:create",
                "größe",
                "",
                JobState.FAILED,
                new Progress(1, 2, "step"),
                Instant.EPOCH,
                Optional.of(Instant.EPOCH.plusNanos(1)),
                Optional.of(Instant.EPOCH.plusSeconds(1)),
                Optional.of(2003),
                Optional.of("no \"room\""),
                Optional.of("make some."));

        assertThat(JobFile.read(JobFile.write(job))).isEqualTo(job);
    }

    @Test
    void refusesWhatIsNoJob() {
        assertThatThrownBy(() -> read("")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("{")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("{\"id\": 1}")).hasMessage("not the record of a job: 'kind' is missing");
        assertThatThrownBy(() -> read("""
                        {"id": 1, "kind": "k", "server": "s", "subject": "", "state": "ASLEEP", "submitted": "now",
                         "doneBytes": 0, "totalBytes": 0, "step": ""}""")).hasMessageStartingWith("not the record of a job: No enum constant");
    }

    private static Job read(String text) throws IOException {
        return JobFile.read(text.getBytes(UTF_8));
    }
}
