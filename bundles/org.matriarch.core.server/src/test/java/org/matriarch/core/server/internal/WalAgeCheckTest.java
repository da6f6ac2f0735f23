package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

final class WalAgeCheckTest {

    private static final String SEGMENT = "00000001000000000000000A";
    private static final String HISTORY = "00000002.history";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''      | -  | OK     | no WAL is archived yet",
                "2 HOURS | -  | FAILED | no WAL is archived yet",
                "''      | 90 | OK     | the newest was archived 1 hour 30 minutes ago",
                "2 HOURS | 90 | OK     | the newest was archived 1 hour 30 minutes ago, allowed are 2 hours",
                "1 HOUR  | 60 | OK     | the newest was archived 1 hour ago, allowed are 1 hour",
                "1 HOUR  | 61 | FAILED | the newest was archived 1 hour 1 minute ago, allowed are 1 hour",
                "1 HOUR  | -5 | OK     | the newest was archived 0 seconds ago, allowed are 1 hour",
            })
    void judgesTheNewestSegment(String limit, String minutes, Outcome outcome, String detail) {
        List<WalEntry> entries = minutes == null
                ? List.of(entry(HISTORY, 0))
                : List.of(entry(SEGMENT, Long.parseLong(minutes)), entry(HISTORY, 0));

        CheckResult result = check(entries, limit).get(0);

        assertThat(result.name()).isEqualTo("wal maximum age");
        assertThat(result.outcome()).isEqualTo(outcome);
        assertThat(result.detail()).isEqualTo(detail);
        assertThat(result.hint().isEmpty()).isEqualTo(outcome == Outcome.OK);
    }

    @Test
    void saysHowMuchThereIs() {
        assertThat(check(List.of(entry(SEGMENT, 1), entry(HISTORY, 1)), "").get(1))
                .isEqualTo(new CheckResult("wal size", Outcome.OK, "2 files, 2.0 KiB", ""));
        assertThat(check(List.of(), "").get(1).detail()).isEqualTo("0 files, 0 bytes");
    }

    @Test
    void saysWhyItDoesNotKnow() {
        assertThat(new WalAgeCheck(new Neighbours()).check(Samples.server(0)))
                .extracting(CheckResult::detail)
                .containsOnly("the repositories are not installed");
        var broken = new Neighbours(
                null,
                null,
                StandIn.of(Repositories.class, "repository", () -> {
                    throw new MatriarchException(ErrorCode.STORE_MISSING, "no store 'default'", "install it.");
                }),
                null);
        assertThat(new WalAgeCheck(broken).check(Samples.server(0)))
                .extracting(CheckResult::detail)
                .containsExactly("no store 'default'", "no store 'default'");
    }

    private static WalEntry entry(String name, long minutesAgo) {
        return new WalEntry(
                new WalFileName(name), 1024, Samples.NOW.minus(Duration.ofMinutes(minutesAgo)), Optional.empty());
    }

    private static List<CheckResult> check(List<WalEntry> entries, String limit) {
        WalArchive archive = StandIn.of(WalArchive.class, "entries", () -> entries);
        Repository repository = StandIn.of(Repository.class, "wal", () -> archive);
        var neighbours =
                new Neighbours(null, null, StandIn.of(Repositories.class, "repository", () -> repository), null);
        return new WalAgeCheck(neighbours, Clock.fixed(Samples.NOW, ZoneOffset.UTC))
                .check(Samples.server(Map.of("last_wal_maximum_age", limit)));
    }
}
