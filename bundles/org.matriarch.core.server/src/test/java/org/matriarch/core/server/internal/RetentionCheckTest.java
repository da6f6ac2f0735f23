package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

final class RetentionCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | 3 | OK      | none: no backup is ever obsolete",
                "REDUNDANCY 3              | 3 | OK      | REDUNDANCY 3",
                "REDUNDANCY 2              | 3 | WARNING | REDUNDANCY 2 keeps fewer than minimum_redundancy, 3: that many are kept",
                "RECOVERY WINDOW OF 1 WEEK | 3 | OK      | RECOVERY WINDOW OF 1 WEEKS",
            })
    void saysWhatHolds(String policy, String minimum, Outcome outcome, String detail) {
        assertThat(new RetentionCheck()
                        .check(Samples.server(Map.of("retention_policy", policy, "minimum_redundancy", minimum))))
                .singleElement()
                .extracting(CheckResult::name, CheckResult::outcome, CheckResult::detail)
                .containsExactly("retention policy settings", outcome, detail);
    }
}
