package dev.meerkat.core.internal.time;

import dev.meerkat.api.InvalidFieldException;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * One field of a cron expression: the values that it names. Immutable.
 *
 * @param any whether it begins with {@code *}, and so leaves the choice to the other fields
 * @param values the values
 */
record CronField(boolean any, BitSet values) {
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final int SUNDAY_TOO = 7;

    /** Which values a field may have. */
    enum Kind {
        MINUTE(0, 59, List.of()),
        HOUR(0, 23, List.of()),
        DAY_OF_MONTH(1, 31, List.of()),
        MONTH(1, 12, MONTHS),
        DAY_OF_WEEK(0, 7, DAYS);

        private final int min;
        private final int max;

        @SuppressWarnings("ImmutableEnumChecker") // the lists are
        private final List<String> names;

        Kind(int min, int max, List<String> names) {
            this.min = min;
            this.max = max;
            this.names = names;
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Reads the text of a field in an expression. */
    static CronField parse(Kind kind, String text, String expression) {
        BitSet values = new BitSet();
        for (String part : text.split(",", -1)) {
            add(kind, part, expression, values);
        }
        if (kind == Kind.DAY_OF_WEEK && values.get(SUNDAY_TOO)) {
            values.clear(SUNDAY_TOO);
            values.set(0);
        }
        return new CronField(text.startsWith("*"), values);
    }

    private static void add(Kind kind, String part, String expression, BitSet values) {
        int slash = part.indexOf('/');
        String range = slash < 0 ? part : part.substring(0, slash);
        int step = slash < 0 ? 1 : number(kind, part.substring(slash + 1), expression);
        if (step < 1 || step > kind.max) {
            throw wrong(kind, part, expression, "has a step that is not between 1 and " + kind.max);
        }
        int dash = range.indexOf('-');
        int first;
        int last;
        if (range.equals("*")) {
            first = kind.min;
            last = kind == Kind.DAY_OF_WEEK ? kind.max - 1 : kind.max;
        } else if (dash > 0) {
            first = value(kind, range.substring(0, dash), expression);
            last = value(kind, range.substring(dash + 1), expression);
        } else {
            first = value(kind, range, expression);
            last = slash < 0 ? first : kind.max;
        }
        if (first > last) {
            throw wrong(kind, part, expression, "has a range that ends before it begins");
        }
        for (int i = first; i <= last; i += step) {
            values.set(i);
        }
    }

    private static int value(Kind kind, String text, String expression) {
        int named = kind.names.indexOf(text.toUpperCase(Locale.ROOT));
        int value = named < 0 ? number(kind, text, expression) : named + kind.min;
        if (value < kind.min || value > kind.max) {
            throw wrong(kind, text, expression, "must be between " + kind.min + " and " + kind.max);
        }
        return value;
    }

    private static int number(Kind kind, String text, String expression) {
        if (text.isEmpty() || text.length() > 2 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(kind, text, expression, "is no number" + (kind.names.isEmpty() ? "" : " and no name"));
        }
        return Integer.parseInt(text);
    }

    private static InvalidFieldException wrong(Kind kind, String part, String expression, String problem) {
        return new InvalidFieldException("cron", expression, kind.label() + " \"" + part + "\" " + problem);
    }

    boolean has(int value) {
        return values.get(value);
    }

    /** The first value from this one on, or -1 if there is none. */
    int from(int value) {
        return values.nextSetBit(value);
    }
}
