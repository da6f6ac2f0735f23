package org.matriarch.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When schedules come, and which are refused. */
final class CronScheduleTest {

    /** From a moment on, the moments that follow, all in UTC. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // each field
                "* * * * *           | UTC | 2026-11-21T20:00:00 | 2026-11-21T20:01 2026-11-21T20:02",
                "* * * * *           | UTC | 2026-11-21T20:00:59 | 2026-11-21T20:01",
                "0 3 * * *           | UTC | 2026-11-21T20:00:00 | 2026-11-22T03:00 2026-11-23T03:00",
                "0 3 * * *           | UTC | 2026-11-21T03:00:00 | 2026-11-22T03:00",
                "0 3 * * *           | UTC | 2026-11-21T02:59:59 | 2026-11-21T03:00",
                "5,35 1-2 * * *      | UTC | 2026-11-21T00:00:00 | 2026-11-21T01:05 2026-11-21T01:35 2026-11-21T02:05",
                "*/25 4 * * *        | UTC | 2026-11-21T00:00:00 | 2026-11-21T04:00 2026-11-21T04:25 2026-11-21T04:50 2026-11-22T04:00",
                "10-30/10 4 * * *    | UTC | 2026-11-21T00:00:00 | 2026-11-21T04:10 2026-11-21T04:20 2026-11-21T04:30 2026-11-22T04:10",
                "0 0,6-10/2,23 * * * | UTC | 2026-11-21T00:00:00 | 2026-11-21T06:00 2026-11-21T08:00 2026-11-21T10:00 2026-11-21T23:00",
                "59 23 31 12 *       | UTC | 2026-11-21T00:00:00 | 2026-12-31T23:59 2027-12-31T23:59",
                "0 0 1 JAN,jul *     | UTC | 2026-11-21T00:00:00 | 2027-01-01T00:00 2027-07-01T00:00",
                "0 0 1 nov-dec *     | UTC | 2026-11-21T00:00:00 | 2026-12-01T00:00 2027-11-01T00:00",
                "0 0 31 * *          | UTC | 2026-11-21T00:00:00 | 2026-12-31T00:00 2027-01-31T00:00 2027-03-31T00:00",
                // days of the week; 2026-11-21 is a Saturday
                "0 0 * * 0           | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-29T00:00",
                "0 0 * * 7           | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-29T00:00",
                "0 0 * * Sun         | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-29T00:00",
                "0 0 * * 5-7         | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-27T00:00 2026-11-28T00:00",
                "0 0 * * SAT-SUN     | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-28T00:00 2026-11-29T00:00",
                "0 0 * * SUN-TUE     | UTC | 2026-11-21T00:00:00 | 2026-11-22T00:00 2026-11-23T00:00 2026-11-24T00:00 2026-11-29T00:00",
                "0 0 * * mon-fri     | UTC | 2026-11-21T00:00:00 | 2026-11-23T00:00 2026-11-24T00:00",
                // both days: one is enough, unless one of them is open
                "0 0 13 * FRI        | UTC | 2026-11-28T00:00:00 | 2026-12-04T00:00 2026-12-11T00:00 2026-12-13T00:00 2026-12-18T00:00",
                "0 0 31 4 MON        | UTC | 2026-11-21T00:00:00 | 2027-04-05T00:00",
                "0 0 */2 * MON       | UTC | 2026-11-21T00:00:00 | 2026-11-23T00:00 2026-12-07T00:00",
                "0 0 1-7 * */7       | UTC | 2026-11-21T00:00:00 | 2026-12-06T00:00 2027-01-03T00:00",
                // leap days, also where a century has none
                "0 0 29 2 *          | UTC | 2026-11-21T00:00:00 | 2028-02-29T00:00 2032-02-29T00:00",
                "0 0 29 2 *          | UTC | 2096-03-01T00:00:00 | 2104-02-29T00:00",
                "0 0 29 2 */7        | UTC | 2026-11-21T00:00:00 | 2032-02-29T00:00 2060-02-29T00:00 2088-02-29T00:00 2128-02-29T00:00",
                // words
                "@hourly             | UTC | 2026-11-21T20:00:00 | 2026-11-21T21:00",
                "@daily              | UTC | 2026-11-21T20:00:00 | 2026-11-22T00:00",
                "@midnight           | UTC | 2026-11-21T20:00:00 | 2026-11-22T00:00",
                "@Weekly             | UTC | 2026-11-21T20:00:00 | 2026-11-22T00:00 2026-11-29T00:00",
                "@monthly            | UTC | 2026-11-21T20:00:00 | 2026-12-01T00:00",
                "@yearly             | UTC | 2026-11-21T20:00:00 | 2027-01-01T00:00",
                "@annually           | UTC | 2026-11-21T20:00:00 | 2027-01-01T00:00",
                // zones
                "0 3 * * *           | Asia/Kolkata     | 2026-11-21T20:00:00 | 2026-11-21T21:30 2026-11-22T21:30",
                "0 0 1 * *           | America/New_York | 2026-11-21T00:00:00 | 2026-12-01T05:00",
                // in spring: what is skipped comes right after the gap, once
                "30 2 * * *          | Europe/Berlin    | 2026-03-28T01:30:00 | 2026-03-29T01:00 2026-03-30T00:30",
                "0,30 2 * * *        | Europe/Berlin    | 2026-03-28T12:00:00 | 2026-03-29T01:00 2026-03-30T00:00",
                "0 2,3 * * *         | Europe/Berlin    | 2026-03-28T12:00:00 | 2026-03-29T01:00 2026-03-30T00:00",
                "30 1,2,3 * * *      | Europe/Berlin    | 2026-03-28T12:00:00 | 2026-03-29T00:30 2026-03-29T01:00 2026-03-29T01:30",
                "30 2 29 3 *         | Europe/Berlin    | 2026-03-28T12:00:00 | 2026-03-29T01:00 2027-03-29T00:30",
                "0 0 * * *           | America/Havana   | 2026-03-07T12:00:00 | 2026-03-08T05:00 2026-03-09T04:00",
                "0 3 30 12 *         | Pacific/Apia     | 2011-12-01T00:00:00 | 2011-12-30T10:00 2012-12-29T13:00",
                // in autumn: what there is twice comes the first time only
                "30 2 * * *          | Europe/Berlin    | 2026-10-24T12:00:00 | 2026-10-25T00:30 2026-10-26T01:30",
                "30 2 * * *          | Europe/Berlin    | 2026-10-25T01:00:00 | 2026-10-26T01:30",
                "0-59/20 2 * * *     | Europe/Berlin    | 2026-10-24T12:00:00 | 2026-10-25T00:00 2026-10-25T00:20 2026-10-25T00:40 2026-10-26T01:00",
                "0 2,3 * * *         | Europe/Berlin    | 2026-10-24T12:00:00 | 2026-10-25T00:00 2026-10-25T02:00 2026-10-26T01:00",
                "0 0 * * *           | America/Havana   | 2026-10-31T12:00:00 | 2026-11-01T04:00 2026-11-02T05:00",
                "45 1 * * *          | Australia/Lord_Howe | 2026-04-04T00:00:00 | 2026-04-04T14:45 2026-04-05T15:15",
                // every hour: the pace is kept
                "30 * * * *          | Europe/Berlin    | 2026-03-29T00:00:00 | 2026-03-29T00:30 2026-03-29T01:30 2026-03-29T02:30",
                "0 0-23 * * *        | Europe/Berlin    | 2026-10-24T23:30:00 | 2026-10-25T00:00 2026-10-25T01:00 2026-10-25T02:00 2026-10-25T03:00",
                "*/20 * * * *        | Europe/Berlin    | 2026-10-25T00:30:00 | 2026-10-25T00:40 2026-10-25T01:00 2026-10-25T01:20 2026-10-25T01:40 2026-10-25T02:00",
                "* * * * *           | Europe/Berlin    | 2026-10-25T00:59:00 | 2026-10-25T01:00 2026-10-25T01:01",
                "45 * * * *          | Australia/Lord_Howe | 2026-04-04T14:00:00 | 2026-04-04T14:45 2026-04-04T15:15 2026-04-04T16:15",
                "0 * 25 10 *         | Europe/Berlin    | 2026-10-25T21:30:00 | 2026-10-25T22:00 2027-10-24T22:00",
            })
    void comes(String schedule, String zone, String after, String expected) {
        var moments = new ArrayList<Instant>();
        Instant moment = utc(after);
        for (int i = 0; i < expected.split(" ").length; i++) {
            moment = CronSchedule.parse(schedule).next(moment, ZoneId.of(zone));
            moments.add(moment);
        }

        assertThat(moments)
                .containsExactlyElementsOf(List.of(expected.split(" ")).stream()
                        .map(CronScheduleTest::utc)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''              | it has not five fields",
                "0 3 * *         | it has not five fields",
                "0 3 * * * root  | it has not five fields",
                "daily           | it has not five fields",
                "@reboot         | there is no '@reboot'",
                "60 3 * * *      | the minute '60' is not from 0 to 59",
                "-1 3 * * *      | the minute '' is not from 0 to 59",
                "+5 3 * * *      | the minute '+5' is not from 0 to 59",
                "005 3 * * *     | the minute '005' is not from 0 to 59",
                "1, 3 * * *      | the minute '' is not from 0 to 59",
                "x 3 * * *       | the minute 'x' is not from 0 to 59",
                "0 24 * * *      | the hour '24' is not from 0 to 23",
                "0 3 0 * *       | the day of month '0' is not from 1 to 31",
                "0 3 32 * *      | the day of month '32' is not from 1 to 31",
                "0 3 L * *       | the day of month 'L' is not from 1 to 31",
                "0 3 ? * *       | the day of month '?' is not from 1 to 31",
                "0 3 * 13 *      | the month '13' is not from 1 to 12, or JAN to DEC",
                "0 3 * JANUARY * | the month 'JANUARY' is not from 1 to 12, or JAN to DEC",
                "0 3 * * 8       | the day of week '8' is not from 0 to 7, or SUN to SAT",
                "0 3 * * FRI-MON | the day of week 'FRI-MON' runs backwards",
                "30-10 3 * * *   | the minute '30-10' runs backwards",
                "5/10 3 * * *    | the minute '5/10' has a step without a range",
                "*/0 3 * * *     | the step '0' of the minute is not from 1 to 59",
                "*/90 3 * * *    | the step '90' of the minute is not from 1 to 59",
                "*/ 3 * * *      | the step '' of the minute is not from 1 to 59",
                "**/2 3 * * *    | the minute '**' is not from 0 to 59",
                "0 0 30 2 *      | it never comes: there is no day 30 in FEB",
                "0 0 31 4 *      | it never comes: there is no day 31 in APR",
                "0 0 31 4,6-9/3 */2 | it never comes: there is no day 31 in APR, JUN, SEP",
            })
    void refuses(String schedule, String reason) {
        assertThatThrownBy(() -> CronSchedule.parse(schedule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    /** Every moment of some years, asked for one by one, in a zone that changes its clock. */
    @Test
    void neverGoesBackAndNeverMissesADay() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        CronSchedule daily = CronSchedule.parse("30 2 * * *");
        Instant moment = utc("2024-01-01T00:00:00");
        for (int day = 0; day < 3 * 365; day++) {
            Instant next = daily.next(moment, zone);
            assertThat(next).isAfter(moment);
            assertThat(next.atZone(zone).toLocalDate())
                    .isEqualTo(utc("2024-01-01T12:00:00")
                            .atZone(zone)
                            .toLocalDate()
                            .plusDays(day));
            moment = next;
        }
    }

    @Test
    void isItsText() {
        CronSchedule schedule = CronSchedule.parse("  0   3 * * * ");

        assertThat(schedule).hasToString("0   3 * * *");
        assertThat(schedule)
                .isEqualTo(CronSchedule.parse("0   3 * * *"))
                .hasSameHashCodeAs(CronSchedule.parse("0   3 * * *"));
        assertThat(schedule).isNotEqualTo(CronSchedule.parse("0 4 * * *")).isNotEqualTo("0   3 * * *");
    }

    private static Instant utc(String time) {
        return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC);
    }
}
