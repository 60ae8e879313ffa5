package dev.meerkat.core.internal.time;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Timing;
import dev.meerkat.core.internal.time.CronField.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Map;
import java.util.Optional;

/** The times of a {@link Timing.Cron}, as its documentation says. Immutable and thread-safe. */
public final class CronTimes {
    private static final Map<String, String> SHORT = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *");
    private static final int FIELDS = 5;
    private static final int DAYS_OF_WEEK = 7;

    /** How far to look: each date comes again within eight years, and each of its days of the week within forty. */
    private static final int MOST_YEARS = 41;

    /** How many times tell how close together they may come. */
    private static final int SAMPLE = 1_500;

    private final String expression;
    private final ZoneId zone;
    private final Instant end;
    private final CronField minutes;
    private final CronField hours;
    private final CronField days;
    private final CronField months;
    private final CronField weekdays;

    private CronTimes(Timing.Cron cron, String[] fields) {
        this.expression = cron.expression();
        this.zone = cron.zone();
        this.end = cron.end().orElse(Instant.MAX);
        this.minutes = CronField.parse(Kind.MINUTE, fields[0], expression);
        this.hours = CronField.parse(Kind.HOUR, fields[1], expression);
        this.days = CronField.parse(Kind.DAY_OF_MONTH, fields[2], expression);
        this.months = CronField.parse(Kind.MONTH, fields[3], expression);
        this.weekdays = CronField.parse(Kind.DAY_OF_WEEK, fields[4], expression);
    }

    /**
     * Reads an expression.
     *
     * @param cron the expression with its zone and its end
     * @return its times
     * @throws InvalidFieldException naming {@code cron} if it is wrong
     */
    public static CronTimes of(Timing.Cron cron) {
        String text = cron.expression();
        String[] fields = SHORT.getOrDefault(text, text).split(" +", -1);
        if (fields.length != FIELDS) {
            throw new InvalidFieldException(
                    "cron",
                    text,
                    "must have 5 fields, minute, hour, day of month, month and day of week, or be one of "
                            + SHORT.keySet().stream().sorted().toList());
        }
        return new CronTimes(cron, fields);
    }

    /**
     * Refuses times that come closer together than is allowed. Looks at the first of them.
     *
     * @param now where to begin
     * @param gap the shortest allowed time between two of them
     * @throws InvalidFieldException naming {@code cron} if they come closer, or there is none
     */
    public void check(Instant now, Duration gap) {
        Optional<Instant> last = next(now);
        if (last.isEmpty()) {
            throw new InvalidFieldException("cron", expression, "is never due, or not before its end");
        }
        // Nothing comes closer than a minute.
        for (int i = 0; i < SAMPLE && gap.compareTo(Duration.ofMinutes(1)) > 0; i++) {
            Optional<Instant> next = next(last.orElseThrow());
            if (next.isEmpty()) {
                return;
            }
            Duration between = Duration.between(last.orElseThrow(), next.orElseThrow());
            if (between.compareTo(gap) < 0) {
                throw new InvalidFieldException(
                        "cron", expression, "is due twice within " + between + ", and " + gap + " is the least");
            }
            last = next;
        }
    }

    /**
     * The next time.
     *
     * @param after the time before it
     * @return the first one later than that; empty if there is none before the end
     */
    public Optional<Instant> next(Instant after) {
        return (hours.any() ? nextReal(after) : nextLocal(after)).filter(next -> !next.isAfter(end));
    }

    /** Each real minute counts. */
    private Optional<Instant> nextReal(Instant after) {
        ZonedDateTime at = after.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        LocalDate last = at.toLocalDate().plusYears(MOST_YEARS);
        while (!at.toLocalDate().isAfter(last)) {
            if (!has(at.toLocalDate())) {
                Optional<LocalDate> day = nextDay(at.toLocalDate());
                if (day.isEmpty()) {
                    return Optional.empty();
                }
                at = day.get().atStartOfDay(zone);
            } else if (!hours.has(at.getHour()) || minutes.from(at.getMinute()) < 0) {
                at = at.plusMinutes(60L - at.getMinute());
            } else if (!minutes.has(at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at.toInstant());
            }
        }
        return Optional.empty();
    }

    /** Each local time counts once: the first time that it comes, or right after the gap in which it is left out. */
    private Optional<Instant> nextLocal(Instant after) {
        LocalDateTime from = LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.MINUTES);
        LocalDate day = from.toLocalDate();
        LocalTime time = from.toLocalTime();
        while (true) {
            Optional<LocalTime> found = has(day) ? nextTime(time) : Optional.empty();
            if (found.isEmpty()) {
                Optional<LocalDate> next = nextDay(day);
                if (next.isEmpty()) {
                    return Optional.empty();
                }
                day = next.get();
                time = LocalTime.MIN;
                continue;
            }
            Instant due = instant(day.atTime(found.get()));
            if (due.isAfter(after)) {
                return Optional.of(due);
            }
            if (found.get().equals(LocalTime.of(23, 59))) {
                day = day.plusDays(1);
                time = LocalTime.MIN;
            } else {
                time = found.get().plusMinutes(1);
            }
        }
    }

    private Instant instant(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        return change != null && change.isGap()
                ? change.getInstant()
                : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }

    private Optional<LocalTime> nextTime(LocalTime from) {
        int minute = hours.has(from.getHour()) ? minutes.from(from.getMinute()) : -1;
        if (minute >= 0) {
            return Optional.of(LocalTime.of(from.getHour(), minute));
        }
        int hour = hours.from(from.getHour() + 1);
        return hour < 0 ? Optional.empty() : Optional.of(LocalTime.of(hour, minutes.from(0)));
    }

    /** The next day that counts after one. */
    private Optional<LocalDate> nextDay(LocalDate after) {
        LocalDate last = after.plusYears(MOST_YEARS);
        LocalDate day = after.plusDays(1);
        while (!day.isAfter(last)) {
            if (!months.has(day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else if (has(day)) {
                return Optional.of(day);
            } else {
                day = day.plusDays(1);
            }
        }
        return Optional.empty();
    }

    private boolean has(LocalDate day) {
        boolean ofMonth = days.has(day.getDayOfMonth());
        boolean ofWeek = weekdays.has(day.getDayOfWeek().getValue() % DAYS_OF_WEEK);
        boolean either = !days.any() && !weekdays.any();
        boolean counts = either ? (ofMonth || ofWeek) : (ofMonth && ofWeek);
        return months.has(day.getMonthValue()) && counts;
    }
}
