package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Timing;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how long something lasts: short forms, and those of ISO 8601. */
final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smhd])");

    private Durations() {}

    static Duration of(String option, String text) {
        Matcher parts = SHORT.matcher(text);
        Duration time;
        try {
            time = Duration.parse(!parts.matches() ? text : parts.group(2).equals("d") ? "P" + text : "PT" + text);
        } catch (DateTimeException e) {
            throw new InvalidFieldException(option, text, "must be a time such as 90s, 10m, 2h, 3d or PT1H30M", e);
        }
        if (time.isNegative() || time.compareTo(Timing.LONGEST_DELAY) > 0) {
            throw new InvalidFieldException(option, text, "must be from 0s to " + Timing.LONGEST_DELAY.toDays() + "d");
        }
        return time;
    }
}
