package dev.meerkat.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named arguments of a driver, as they go through a command line. Not thread-safe. */
final class Arguments {
    private final Map<String, String> values = new LinkedHashMap<>();

    static Arguments of(String name, Object value) {
        return new Arguments().with(name, value);
    }

    Arguments with(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    static Arguments parse(String[] words, int from) {
        Arguments arguments = new Arguments();
        for (int i = from; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            arguments.with(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return arguments;
    }

    String[] words() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name);
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    Duration millis(String name) {
        return Duration.ofMillis(number(name));
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }
}
