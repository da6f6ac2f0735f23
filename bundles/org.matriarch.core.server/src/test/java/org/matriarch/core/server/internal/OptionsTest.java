package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.hook.HookPhase;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.schedule.CronSchedule;
import org.matriarch.api.server.ServerConfiguration.HookSettings;
import org.matriarch.api.server.ServerConfiguration.ScheduleSettings;

final class OptionsTest {

    @Test
    void takesEverySpellingOfASwitch() {
        assertThat(List.of("on", "TRUE", "t", "yes", "1"))
                .allMatch(text -> Options.ACTIVE.parse(text).orElseThrow());
        assertThat(List.of("off", "False", "f", "no", "0"))
                .noneMatch(text -> Options.ACTIVE.parse(text).orElseThrow());
        assertThat(Options.ACTIVE.parse("maybe")).isEmpty();
    }

    @Test
    void takesNumbersWithinBounds() {
        assertThat(Options.PARALLEL_JOBS.parse("64")).contains(64);
        assertThat(Options.PARALLEL_JOBS.parse("65")).isEmpty();
        assertThat(Options.PARALLEL_JOBS.parse("0")).isEmpty();
        assertThat(Options.PARALLEL_JOBS.parse("two")).isEmpty();
        assertThat(Options.BANDWIDTH_LIMIT.parse("0")).contains(0);
        assertThat(Options.BANDWIDTH_LIMIT.parse("32")).contains(32);
        assertThat(Options.BANDWIDTH_LIMIT.parse("31")).isEmpty();
        assertThat(Options.BANDWIDTH_LIMIT.parse("1048577")).isEmpty();
        assertThat(Options.BASEBACKUP_RETRY_SLEEP.parse("30")).contains(Duration.ofSeconds(30));
    }

    @Test
    void takesALevelAsANumberOrAWord() {
        assertThat(Options.COMPRESSION_LEVEL.parse("-7")).contains("-7");
        assertThat(Options.COMPRESSION_LEVEL.parse("+3")).contains("3");
        assertThat(List.of("low", "medium", "high"))
                .allSatisfy(word ->
                        assertThat(Options.COMPRESSION_LEVEL.parse(word)).contains(word));
        assertThat(Options.COMPRESSION_LEVEL.parse("HIGH")).contains("high");
        assertThat(Options.COMPRESSION_LEVEL.parse("highest")).isEmpty();
        assertThat(Options.COMPRESSION_LEVEL.parse("3.5")).isEmpty();
    }

    @Test
    void takesIntervalsWithTheirUnit() {
        assertThat(Options.PLUGIN_WAIT.parse("90 seconds")).contains(Duration.ofSeconds(90));
        assertThat(Options.PLUGIN_WAIT.parse("1 MINUTE")).contains(Duration.ofMinutes(1));
        assertThat(Options.PLUGIN_WAIT.parse("2hours")).contains(Duration.ofHours(2));
        assertThat(Options.PLUGIN_WAIT.parse("1 DAY")).contains(Duration.ofDays(1));
        assertThat(Options.PLUGIN_WAIT.parse("2 WEEKS")).contains(Duration.ofDays(14));
        assertThat(Options.PLUGIN_WAIT.parse("5")).isEmpty();
        assertThat(Options.PLUGIN_WAIT.parse("5 FORTNIGHTS")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1 HOUR, 1",
        "36 hours, 36",
        "7 DAYS, 168",
        "1 day, 24",
        "2WEEKS, 336",
        "1 Month, 744",
        "3 MONTHS, 2232",
    })
    void takesAges(String text, long hours) {
        assertThat(MonitoringOptions.LAST_BACKUP_MAXIMUM_AGE.parse(text)).contains(Duration.ofHours(hours));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "0 DAYS", "-1 DAYS", "1 YEAR", "5 MINUTES", "DAYS", "100000 DAYS", "1.5 DAYS"})
    void refusesOtherAges(String text) {
        assertThat(MonitoringOptions.LAST_WAL_MAXIMUM_AGE.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "5000000000, 5000000000",
        "1k, 1000",
        "2Ki, 2048",
        "3 M, 3000000",
        "1Mi, 1048576",
        "10G, 10000000000",
        "1Gi, 1073741824",
        "2T, 2000000000000",
        "1 Ti, 1099511627776",
    })
    void takesSizes(String text, long bytes) {
        assertThat(MonitoringOptions.LAST_BACKUP_MINIMUM_SIZE.parse(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Gi", "1 GB", "1g", "-1", "1.5Gi", "1 i", "999999999999999Ti", "1000000000000000"})
    void refusesOtherSizes(String text) {
        assertThat(MonitoringOptions.LAST_BACKUP_MINIMUM_SIZE.parse(text)).isEmpty();
    }

    @Test
    void takesNamesAndPaths() {
        assertThat(Options.SLOT_NAME.parse("barman_1")).contains("barman_1");
        assertThat(Options.SLOT_NAME.parse("Barman")).isEmpty();
        assertThat(Options.MATRIARCH_HOME.parse("/a/../b")).contains(Path.of("/b"));
        assertThat(Options.MATRIARCH_HOME.parse("b")).isEmpty();
        assertThat(Options.MATRIARCH_HOME.parse("/\0")).isEmpty();
        assertThat(Options.CREATE_SLOT.parse("AUTO")).contains("auto");
        assertThat(Options.CREATE_SLOT.parse("never")).isEmpty();
        assertThat(Options.RECOVERY_OPTIONS.parse("get-wal")).contains(List.of("get-wal"));
        assertThat(Options.RECOVERY_OPTIONS.parse("get-wal, fly")).isEmpty();
        assertThat(Options.BACKUP_OPTIONS.parse("concurrent_backup")).contains(List.of("concurrent_backup"));
        assertThat(Options.BACKUP_OPTIONS.parse("exclusive_backup")).isEmpty();
        assertThat(Options.REPOSITORY.parse("../etc")).isEmpty();
        assertThat(Options.STREAMING_ARCHIVER_NAME.parse("größe")).isEmpty();
    }

    @Test
    void hasAnOptionForEachHook() {
        assertThat(HookOptions.BY_HOOK.values())
                .extracting(Option::name)
                .hasSize(20)
                .contains(
                        "pre_backup_script",
                        "post_archive_retry_script",
                        "pre_delete_retry_script",
                        "post_wal_delete_script",
                        "post_recovery_retry_script");
        assertThat(Options.ALL).containsAll(HookOptions.BY_HOOK.values());
    }

    @Test
    void givesEachServerTheHooksThatItsTextsSay() {
        var texts = new LinkedHashMap<>(Judgement.effective(
                Map.of("conninfo", "host=pg", "pre_backup_script", "/a 'b' $(c)"),
                Map.of("post_delete_retry_script", "true", "pre_backup_script", "false")));

        HookSettings hooks =
                Settings.configuration("main", texts, Path.of("/srv")).hooks();

        assertThat(hooks.commands())
                .containsOnly(
                        Map.entry(new Hook(HookPhase.PRE, HookEvent.BACKUP, false), "/a 'b' $(c)"),
                        Map.entry(new Hook(HookPhase.POST, HookEvent.DELETE, true), "true"));
        assertThat(hooks.concerns(HookEvent.BACKUP)).isTrue();
        assertThat(hooks.concerns(HookEvent.ARCHIVE)).isFalse();
    }

    @Test
    void readsRetentionPolicies() {
        OptionType<RetentionPolicy> type = OptionType.retentionPolicy();

        assertThat(type.parser().apply("REDUNDANCY 3")).contains(new RetentionPolicy.Redundancy(3));
        assertThat(type.parser().apply("redundancy  12")).contains(new RetentionPolicy.Redundancy(12));
        assertThat(type.parser().apply("RECOVERY WINDOW OF 7 DAYS"))
                .contains(new RetentionPolicy.RecoveryWindow(7, RetentionPolicy.Unit.DAYS));
        assertThat(type.parser().apply("recovery window of 1 week"))
                .contains(new RetentionPolicy.RecoveryWindow(1, RetentionPolicy.Unit.WEEKS));
        assertThat(type.parser().apply("Recovery Window Of 2 Months").map(Object::toString))
                .contains("RECOVERY WINDOW OF 2 MONTHS");
        for (String wrong : List.of(
                "REDUNDANCY",
                "REDUNDANCY 0",
                "REDUNDANCY -1",
                "REDUNDANCY 100000",
                "3",
                "WINDOW 3 DAYS",
                "RECOVERY WINDOW OF 0 DAYS",
                "RECOVERY WINDOW OF 7",
                "RECOVERY WINDOW OF 7 YEARS",
                "REDUNDANCY 3 DAYS")) {
            assertThat(type.parser().apply(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void takesSchedules() {
        Map<String, String> texts = Judgement.effective(
                Map.of("conninfo", "host=pg", "backup_schedule", "0 3 * * *", "retention_policy_mode", "MANUAL"),
                Map.of("backup_schedule_jitter", "30 MINUTES"));
        assertThat(Settings.configuration("main", texts, Path.of("/srv")).schedule())
                .isEqualTo(new ScheduleSettings(
                        Optional.of(CronSchedule.parse("0 3 * * *")), Duration.ofMinutes(30), false));
        Map<String, String> nothing = Judgement.effective(Map.of("conninfo", "host=pg"), Map.of());
        assertThat(Settings.configuration("main", nothing, Path.of("/srv")).schedule())
                .isEqualTo(ScheduleSettings.NONE);
    }

    @Test
    void saysWhatIsWrongWithASchedule() {
        var file =
                new ConfigurationText("main.cfg", "", Map.of("conninfo", "host=pg", "backup_schedule", "0 0 31 4 *"));

        assertThat(Judgement.ofServer("main", file, Map.of()))
                .singleElement()
                .satisfies(
                        problem -> assertThat(Judgement.line(problem))
                                .isEqualTo(
                                        "backup_schedule = '0 0 31 4 *' in 'main.cfg' is not allowed: it never comes: there is no day"
                                                + " 31 in APR; allowed is minute, hour, day of month, month and day of week as cron has them,"
                                                + " such as '0 3 * * *' or '30 1 * * MON-FRI'; or @hourly, @daily, @weekly, @monthly or @yearly"));
    }

    @Test
    void hasADefaultThatItWouldTakeItself() {
        assertThat(Options.ALL).allMatch(option -> option.allows(option.defaultText()));
    }

    @Test
    void namesTheNearestOfAWrongKey() {
        assertThat(Options.whyUnknown("minimun_redundancy"))
                .isEqualTo("is not an option; the nearest is 'minimum_redundancy'");
        assertThat(Options.whyUnknown("worm_mode")).isEqualTo("is an option of Barman that is not supported yet");
        assertThat(Options.whyUnknown("pre_backup_skript"))
                .isEqualTo("is not an option; the nearest is 'pre_backup_script'");
        assertThat(Options.whyUnknown("aws_region")).isEqualTo("is an option of Barman that is not supported yet");
        assertThat(Options.whyUnknown("barman_home"))
                .isEqualTo("is called 'matriarch_home' here, and stands in org.matriarch.cfg");
    }
}
