package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration.MonitoringSettings;

final class QueueJudgeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-  |  0 |  0 | OK      | ''",
                "-  |  1 |  0 | OK      | 1 WAL file waits to be archived",
                "-  | 10 | 99 | OK      | 10 WAL files wait to be archived",
                "-  | 11 |  0 | WARNING | 11 WAL files wait to be archived",
                "20 | 20 |  0 | OK      | 20 WAL files wait to be archived",
                "20 | 21 |  0 | FAILED  | 21 WAL files wait to be archived, allowed are 20",
                "20 | 15 |  6 | FAILED  | 15 WAL files wait to be archived, 6 more in other directories, allowed are 20",
                "20 |  0 | 21 | OK      | ''",
                "0  |  1 |  0 | FAILED  | 1 WAL file waits to be archived, allowed are 0",
            })
    void judgesQueuesByTheirLimit(Integer limit, long waiting, long elsewhere, Outcome outcome, String detail) {
        CheckResult result = judge(Optional.empty(), limit).judge("queue", waiting, elsewhere);

        assertThat(result.outcome()).isEqualTo(outcome);
        assertThat(result.detail()).isEqualTo(detail);
        assertThat(result.hint().isEmpty()).isEqualTo(outcome == Outcome.OK);
    }

    @Test
    void saysFirstOfAllWhatKeepsTheFiles() {
        assertThat(judge(Optional.of("MATR-1: no disk\nHINT: mount it."), 0).judge("queue", 2, 0))
                .isEqualTo(new CheckResult("queue", Outcome.FAILED, "2 WAL files wait: MATR-1: no disk", "mount it."));
        assertThat(judge(Optional.of("no disk"), null).judge("queue", 1, 0).hint())
                .isEqualTo("look into the log.");
    }

    private static QueueJudge judge(Optional<String> problem, Integer limit) {
        return new QueueJudge(
                problem,
                new MonitoringSettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.ofNullable(limit),
                        Duration.ZERO));
    }
}
