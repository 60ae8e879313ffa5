package dev.meerkat.api;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names by which JSON tells the kinds of a sealed type. */
final class TypeName {
    private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    private TypeName() {}

    /** The name of the class in lower-case words joined by underscores. */
    static String of(Object value) {
        return WORDS.matcher(value.getClass().getSimpleName()).replaceAll("_").toLowerCase(Locale.ROOT);
    }
}
