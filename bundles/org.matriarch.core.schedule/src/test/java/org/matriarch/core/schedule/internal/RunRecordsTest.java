package org.matriarch.core.schedule.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunRecordsTest {

    private static final Instant TIME = Instant.parse("2026-03-10T03:00:00Z");
    private static final RunRecord FULL = new RunRecord(
            "0 3 * * *",
            TIME,
            Optional.of(new RunRecord.Begun(TIME.plusSeconds(1), 12)),
            Optional.of(TIME.plusSeconds(2)),
            Optional.of(new RunRecord.Missed(TIME.plusSeconds(3), TIME.plusSeconds(4), 5, "it was \"down\"")),
            Optional.of(new RunRecord.Failed(TIME.plusSeconds(6), 13, "the größe is wrong")));

    @TempDir
    private Path directory;

    @Test
    void givesBackWhatItKeeps() {
        var records = new RunRecords(directory.resolve("schedule"));
        assertThat(records.load("main")).isEmpty();

        records.keep("main", RunRecord.since("@daily", TIME));
        assertThat(new RunRecords(directory.resolve("schedule")).load("main"))
                .contains(RunRecord.since("@daily", TIME));
        records.keep("main", FULL);
        assertThat(records.load("main")).contains(FULL);
        assertThat(directory.resolve("schedule")).isDirectoryNotContaining("glob:**.tmp");

        records.forget("main");
        assertThat(records.load("main")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"schedule\": \"@daily\"}", "{\"schedule\": \"@daily\", \"settled\": \"soon\"}"
            })
    void doesNotFailOnAFileThatIsDamaged(String content) throws IOException {
        Files.writeString(directory.resolve("main.json"), content);

        assertThat(new RunRecords(directory).load("main")).isEmpty();
        assertThatThrownBy(() -> RunRecordFile.read(content.getBytes(UTF_8))).isInstanceOf(IOException.class);
    }

    @Test
    void goesOnWhereTheDiskRefuses() throws IOException {
        Path place = Files.writeString(directory.resolve("schedule"), "a file");
        var records = new RunRecords(place);
        records.keep("main", FULL);
        records.keep("main", FULL);
        records.forget("main");
        assertThat(records.load("main")).isEmpty();

        Files.delete(place);
        records.keep("main", FULL);

        assertThat(records.load("main")).contains(FULL);
    }

    @Test
    void addsWhatIsMissed() {
        var one = new RunRecord.Missed(TIME, TIME, 1, "why");
        var more = new RunRecord.Missed(TIME.plusSeconds(60), TIME.plusSeconds(60_000), 1000, "because");

        assertThat(one.text()).isEqualTo("the run of 2026-03-10T03:00:00Z (why)");
        assertThat(one.and(more))
                .isEqualTo(new RunRecord.Missed(TIME, TIME.plusSeconds(60_000), DueRuns.COUNTED + 1, "because"));
        assertThat(one.and(more).and(more).runs()).isEqualTo(DueRuns.COUNTED + 1);
    }
}
