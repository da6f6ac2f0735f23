package org.matriarch.core.retention.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.RetentionStatus;

/** The rules of the policies, as a table: {@code cases.txt}. */
final class PolicyJudgeTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Map<RetentionStatus, String> SIGNS = Map.of(
            RetentionStatus.VALID, "V",
            RetentionStatus.OBSOLETE, "O",
            RetentionStatus.POTENTIALLY_OBSOLETE, "P",
            RetentionStatus.KEEP_FULL, "F",
            RetentionStatus.KEEP_STANDALONE, "S",
            RetentionStatus.NONE, "-");

    /** A line of the table. */
    record Case(String policy, int minimumRedundancy, List<Backup> backups, List<String> statuses) {

        @Override
        public String toString() {
            return policy + ", at least " + minimumRedundancy + ": " + statuses;
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = requireNonNull(PolicyJudgeTest.class.getResourceAsStream("cases.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("#"))
                            .map(PolicyJudgeTest::parse)
                            .toList()
                            .stream();
        }
    }

    private static Case parse(String line) {
        String[] columns =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
        List<Backup> backups = new ArrayList<>();
        for (String word : words(columns[2])) {
            backups.add(backup(word, backups));
        }
        return new Case(columns[0], Integer.parseInt(columns[1]), backups, words(columns[3]));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" +", -1));
    }

    private static Backup backup(String word, List<Backup> before) {
        String what = word.substring(0, word.indexOf('@'));
        String[] rest = word.substring(word.indexOf('@') + 1).split("\\^", -1);
        String[] age = rest[0].split("\\.", -1);
        Instant end = NOW.minus(Duration.ofDays(Long.parseLong(age[0])))
                .minus(Duration.ofHours(age.length > 1 ? Long.parseLong(age[1]) : 0));
        Optional<BackupId> parent =
                rest.length > 1 ? Optional.of(parent(Integer.parseInt(rest[1]), before)) : Optional.empty();
        RetentionStatus kept = switch (what) {
            case "keep" -> RetentionStatus.KEEP_FULL;
            case "alone" -> RetentionStatus.KEEP_STANDALONE;
            default -> RetentionStatus.NONE;
        };
        BackupStatus status = switch (what) {
            case "failed" -> BackupStatus.FAILED;
            case "waiting" -> BackupStatus.WAITING_FOR_WALS;
            case "started" -> BackupStatus.STARTED;
            default -> BackupStatus.DONE;
        };
        boolean ended = status != BackupStatus.STARTED && !what.equals("endless");
        return new Backup(
                BackupId.startingAt(LocalDateTime.ofInstant(end, ZoneOffset.UTC).plusSeconds(before.size())),
                Optional.empty(),
                "main",
                status,
                parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                "streaming",
                "plain",
                parent,
                new BackupSource("1", new PostgresVersion(170_000), 1, 1 << 24, "/data", List.of()),
                new BackupSpan(end, ended ? Optional.of(end) : Optional.empty(), Optional.empty(), Optional.empty()),
                BackupSize.NONE,
                kept,
                Optional.empty());
    }

    /** Returns the backup of a number; one that there is not stands for one that was lost. */
    private static BackupId parent(int number, List<Backup> before) {
        return number <= before.size()
                ? before.get(number - 1).id()
                : BackupId.startingAt(LocalDateTime.of(2001, 1, 1, 0, 0));
    }

    private static Optional<RetentionPolicy> policy(String text) {
        String[] words = text.split(" ", -1);
        return switch (words[0]) {
            case "none" -> Optional.empty();
            case "REDUNDANCY" -> Optional.of(new RetentionPolicy.Redundancy(Integer.parseInt(words[1])));
            default ->
                Optional.of(new RetentionPolicy.RecoveryWindow(
                        Integer.parseInt(words[3]), RetentionPolicy.Unit.valueOf(words[4])));
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void judges(Case given) {
        List<Backup> shuffled = new ArrayList<>(given.backups());
        Collections.shuffle(shuffled, new Random(1));

        Map<BackupId, RetentionStatus> judged =
                new PolicyJudge().judge(policy(given.policy()), given.minimumRedundancy(), shuffled, NOW);

        assertThat(given.backups().stream()
                        .map(backup -> SIGNS.get(judged.get(backup.id())))
                        .toList())
                .isEqualTo(given.statuses());
    }

    @Test
    void isATableOfAtLeastSixtyCases() throws IOException {
        assertThat(cases().collect(Collectors.toList())).hasSizeGreaterThanOrEqualTo(60);
    }

    @Test
    void survivesBackupsThatStandOnEachOther() {
        Backup one = backup("full@3", List.of());
        Backup two = backup("inc@2^1", List.of(one));
        Backup circle = new Backup(
                one.id(),
                one.name(),
                one.server(),
                one.status(),
                BackupKind.INCREMENTAL,
                one.transport(),
                one.format(),
                Optional.of(two.id()),
                one.source(),
                one.span(),
                one.size(),
                one.retention(),
                one.error());

        assertThat(new PolicyJudge()
                        .judge(policy("REDUNDANCY 1"), 0, List.of(circle, two), NOW)
                        .values())
                .containsOnly(RetentionStatus.NONE);
    }
}
