package dev.meerkat.core.internal.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTimesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");
    private static final ZoneId APIA = ZoneId.of("Pacific/Apia");
    private static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");

    private static CronTimes times(String expression, ZoneId zone) {
        return CronTimes.of(Timing.Cron.of(expression, zone));
    }

    private static Instant at(String local, ZoneId zone) {
        return LocalDateTime.parse(local).atZone(zone).toInstant();
    }

    /** The next times, with their offsets. */
    private static List<String> next(String expression, ZoneId zone, String after, int count) {
        CronTimes times = times(expression, zone);
        List<String> found = new ArrayList<>();
        Instant last = at(after, zone);
        for (int i = 0; i < count; i++) {
            last = times.next(last).orElseThrow();
            found.add(last.atZone(zone).toOffsetDateTime().toString());
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * * *            | 2026-01-01T00:00    | 2026-01-01T00:01
            * * * * *            | 2026-01-01T00:00:59 | 2026-01-01T00:01
            */15 * * * *         | 2026-01-01T00:15    | 2026-01-01T00:30
            5/20 * * * *         | 2026-01-01T00:45    | 2026-01-01T01:05
            10-20/5 * * * *      | 2026-01-01T00:15    | 2026-01-01T00:20
            10-20/5 * * * *      | 2026-01-01T00:20    | 2026-01-01T01:10
            0,30 8-9 * * *       | 2026-01-01T08:30    | 2026-01-01T09:00
            0,30 8-9 * * *       | 2026-01-01T09:30    | 2026-01-02T08:00
            59 23 * * *          | 2026-01-01T23:59    | 2026-01-02T23:59
            0 9 * * MON-FRI      | 2026-01-02T09:00    | 2026-01-05T09:00
            0 9 * * mon,Wed      | 2026-01-05T09:00    | 2026-01-07T09:00
            0 0 * * 0            | 2026-01-01T00:00    | 2026-01-04T00:00
            0 0 * * 7            | 2026-01-01T00:00    | 2026-01-04T00:00
            0 0 * * 5-7          | 2026-01-03T00:00    | 2026-01-04T00:00
            0 0 1 * *            | 2026-01-01T00:00    | 2026-02-01T00:00
            0 0 31 * *           | 2026-01-31T00:00    | 2026-03-31T00:00
            0 0 13 * FRI         | 2026-01-01T00:00    | 2026-01-02T00:00
            0 0 13 * FRI         | 2026-01-09T00:00    | 2026-01-13T00:00
            0 0 */2 * FRI        | 2026-01-02T00:00    | 2026-01-09T00:00
            0 0 29 2 *           | 2026-01-01T00:00    | 2028-02-29T00:00
            0 0 29 2 *           | 2096-02-29T00:00    | 2104-02-29T00:00
            0 0 1 JAN-mar/2 *    | 2026-01-01T00:00    | 2026-03-01T00:00
            @hourly              | 2026-01-01T00:00    | 2026-01-01T01:00
            @daily               | 2026-01-01T00:00    | 2026-01-02T00:00
            @weekly              | 2026-01-01T00:00    | 2026-01-04T00:00
            @monthly             | 2026-01-31T00:00    | 2026-02-01T00:00
            @yearly              | 2026-01-01T00:00    | 2027-01-01T00:00
            """)
    void theNextTimeIsTheFirstThatAllFieldsHave(String expression, String after, String expected) {
        assertThat(times(expression, ZoneOffset.UTC).next(at(after, ZoneOffset.UTC)))
                .contains(at(expected, ZoneOffset.UTC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 0 *",
                "* * * 13 *",
                "* * * * 8",
                "* * * * MONDAY",
                "* * * FOO *",
                "-1 * * * *",
                "1- * * * *",
                "5-1 * * * *",
                "*/0 * * * *",
                "*/60 * * * *",
                "1,,2 * * * *",
                "1, * * * *",
                "1/ * * * *",
                "@never",
                "+1 * * * *",
                "\u0661 * * * *",
                "100 * * * *",
                "L * * * *",
                "? * * * *"
            })
    void whatIsNoExpressionIsRefusedByItsName(String expression) {
        assertThatThrownBy(() -> times(expression, ZoneOffset.UTC))
                .isInstanceOfSatisfying(InvalidFieldException.class, e -> {
                    assertThat(e.field()).isEqualTo("cron");
                    assertThat(e.value()).contains(expression.substring(1));
                });
    }

    @Test
    void aTimeThatIsLeftOutIsDueRightAfterTheGap() {
        // 02:00 to 03:00 is left out on 29 March 2026.
        assertThat(next("30 2 * * *", BERLIN, "2026-03-28T00:00", 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(next("0,20,40 2 * * *", BERLIN, "2026-03-29T00:00", 2))
                .as("several are due once")
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(next("0 2,3 * * *", BERLIN, "2026-03-29T00:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
    }

    @Test
    void aTimeThatComesTwiceIsDueTheFirstTime() {
        // 02:00 to 03:00 comes twice on 25 October 2026.
        assertThat(next("30 2 * * *", BERLIN, "2026-10-24T12:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(times("30 2 * * *", BERLIN).next(Instant.parse("2026-10-25T01:00:00Z")))
                .as("also for who asks in the second pass")
                .contains(Instant.parse("2026-10-26T01:30:00Z"));
    }

    @Test
    void whereAnyHourCountsEachRealMinuteDoes() {
        assertThat(next("30 * * * *", BERLIN, "2026-03-29T01:00", 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00");
        assertThat(next("30 * * * *", BERLIN, "2026-10-25T01:00", 4))
                .containsExactly(
                        "2026-10-25T01:30+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:30+01:00");
    }

    @Test
    void changesByHalfAnHourAtMidnightAndByADayAreBorne() {
        // Clocks go back from 02:00 to 01:30 on 5 April 2026, and forward from 02:00 to 02:30 on 4 October 2026.
        assertThat(next("45 * * * *", LORD_HOWE, "2026-04-05T00:50", 3))
                .containsExactly("2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30", "2026-04-05T02:45+10:30");
        assertThat(next("10 2 * * *", LORD_HOWE, "2026-10-03T12:00", 1)).containsExactly("2026-10-04T02:30+11:00");
        // Midnight was left out on 4 November 2018.
        assertThat(next("0 0 * * *", SAO_PAULO, "2018-11-03T12:00", 2))
                .containsExactly("2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00");
        assertThat(next("0 * * * *", SAO_PAULO, "2018-11-03T23:30", 1)).containsExactly("2018-11-04T01:00-02:00");
        // 30 December 2011 was left out.
        assertThat(next("0 9 * * *", APIA, "2011-12-29T08:00", 3))
                .containsExactly("2011-12-29T09:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00");
    }

    @Test
    void overYearsTheTimesGrowAndNoneIsLeftOut() {
        for (String expression : List.of("17 * * * *", "30 2 * * *", "*/7 1-3 * * 0", "0 */6 1,15 * *")) {
            for (ZoneId zone : List.of(BERLIN, LORD_HOWE, SAO_PAULO)) {
                CronTimes times = times(expression, zone);
                Instant last = at("2015-01-01T00:00", zone);
                for (int i = 0; i < 2_000; i++) {
                    Instant next = times.next(last).orElseThrow();
                    assertThat(next).isAfter(last);
                    assertThat(times.next(next.minusNanos(1)))
                            .as(expression + " in " + zone)
                            .contains(next);
                    // Whoever asks anywhere between finds the same.
                    Instant between = last.plus(Duration.between(last, next).dividedBy(2));
                    assertThat(times.next(between)).contains(next);
                    last = next;
                }
            }
        }
    }

    @Test
    void nothingIsDueAfterTheEndOrOnDaysThatDoNotExist() {
        Instant now = at("2026-01-01T00:00", ZoneOffset.UTC);
        CronTimes ending = CronTimes.of(
                Timing.Cron.of("0 9 * * *", ZoneOffset.UTC).withEnd(at("2026-01-01T09:00", ZoneOffset.UTC)));
        assertThat(ending.next(now)).contains(at("2026-01-01T09:00", ZoneOffset.UTC));
        assertThat(ending.next(at("2026-01-01T09:00", ZoneOffset.UTC))).isEmpty();
        for (String never : List.of("0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 * 31 2 *")) {
            assertThat(times(never, ZoneOffset.UTC).next(now)).as(never).isEqualTo(Optional.empty());
            assertThatThrownBy(() -> times(never, ZoneOffset.UTC).check(now, Duration.ZERO))
                    .isInstanceOf(InvalidFieldException.class);
        }
    }

    @Test
    void timesThatComeCloserThanTheGapAreRefused() {
        Instant now = at("2026-01-01T00:00", ZoneOffset.UTC);
        Duration gap = Duration.ofMinutes(10);
        for (String close : List.of("* * * * *", "0,5 12 * * *", "0,59 * * * *")) {
            assertThatThrownBy(() -> times(close, ZoneOffset.UTC).check(now, gap))
                    .as(close)
                    .isInstanceOf(InvalidFieldException.class);
        }
        for (String wide : List.of("*/10 * * * *", "0 12 * * *", "0 0 1 1 *")) {
            assertThatCode(() -> times(wide, ZoneOffset.UTC).check(now, gap)).doesNotThrowAnyException();
        }
    }
}
