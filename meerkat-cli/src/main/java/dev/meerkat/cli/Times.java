package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Timing;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How options tell how long something is. */
final class Times {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([smhd])");

    private Times() {}

    /** Reads one such as 90s, 10m, 2h, 3d or PT1H30M. */
    static Duration duration(String option, String text) {
        Matcher parts = SHORT.matcher(text);
        try {
            return Duration.parse(!parts.matches() ? text : parts.group(2).equals("d") ? "P" + text : "PT" + text);
        } catch (DateTimeException e) {
            throw new InvalidFieldException(option, text, "must be a time such as 90s, 10m, 2h, 3d or PT1H30M", e);
        }
    }

    /** Reads how long something waits, or may last. */
    static Duration wait(String option, String text) {
        Duration time = duration(option, text);
        if (time.isNegative() || time.compareTo(Timing.LONGEST_DELAY) > 0) {
            throw new InvalidFieldException(option, text, "must be from 0s to " + Timing.LONGEST_DELAY.toDays() + "d");
        }
        return time;
    }
}
