package dev.meerkat.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers ids in the order in which they appear, because they differ from run to run. */
final class StableIds {
    private static final Pattern ID =
            Pattern.compile("\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b");

    private final Map<String, String> names = new LinkedHashMap<>();

    /** Each id as its name. */
    String hide(String text) {
        return ID.matcher(text)
                .replaceAll(found -> names.computeIfAbsent(found.group(), id -> "{id-" + (names.size() + 1) + "}"));
    }

    /** Each name as the id that it was given for. */
    String show(String text) {
        String shown = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            shown = shown.replace(name.getValue(), name.getKey());
        }
        return shown;
    }
}
