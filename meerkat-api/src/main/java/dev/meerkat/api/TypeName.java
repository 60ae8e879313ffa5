package dev.meerkat.api;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names by which JSON tells the kinds of a sealed type. */
final class TypeName {
    private static final Pattern WORDS = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    /** Each is made once: commands are named for every message. */
    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return WORDS.matcher(type.getSimpleName()).replaceAll("_").toLowerCase(Locale.ROOT);
        }
    };

    private TypeName() {}

    /** The name of the class in lower-case words joined by underscores. */
    static String of(Object value) {
        return NAMES.get(value.getClass());
    }
}
