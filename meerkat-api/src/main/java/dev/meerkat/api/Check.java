package dev.meerkat.api;

import dev.meerkat.api.internal.Printable;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The argument checks of this package: each names the field and the value that it refuses. */
final class Check {
    static final String TIME_TO_LIVE = "time_to_live";

    private Check() {}

    static <T> T notNull(@Nullable T value, String field) {
        if (value == null) {
            throw new InvalidFieldException(field, "null", "must not be null");
        }
        return value;
    }

    /** A text that carries something: not null, not blank, encodable as UTF-8, at most {@code maxBytes} of it. */
    static String text(@Nullable String value, String field, int maxBytes) {
        wellFormed(value, field, maxBytes);
        String text = notNull(value, field);
        if (text.isBlank()) {
            throw new InvalidFieldException(field, text, "must not be blank");
        }
        return text;
    }

    /** Like {@link #text}, but may be blank. */
    static String wellFormed(@Nullable String value, String field, int maxBytes) {
        String text = notNull(value, field);
        int bytes = utf8Bytes(text, field);
        if (bytes > maxBytes) {
            throw new InvalidFieldException(
                    field, text, "is " + bytes + " bytes in UTF-8, more than the limit of " + maxBytes);
        }
        return text;
    }

    /** A name: a text without control characters or outer white space, at most {@code maxChars} characters. */
    static String name(@Nullable String value, String field, int maxChars) {
        String name = text(value, field, Integer.MAX_VALUE);
        if (name.length() > maxChars) {
            throw new InvalidFieldException(
                    field, name, "is " + name.length() + " characters, more than the limit of " + maxChars);
        }
        if (!name.strip().equals(name) || name.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidFieldException(field, name, "must not have control characters or outer white space");
        }
        return name;
    }

    /** A name of a session or a realm: a name that nobody can take for another one because of what is not seen. */
    static String distinct(@Nullable String value, String field) {
        String name = name(value, field, Limits.NAME_CHARS);
        if (!Printable.isPlain(name)) {
            throw new InvalidFieldException(field, name, "must not have characters that are not seen");
        }
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFKC)) {
            throw new InvalidFieldException(field, Printable.ascii(name), "must be in the Unicode form NFKC");
        }
        return name;
    }

    /** An idempotency key: a name within {@link Limits#KEY_BYTES}. */
    static void key(String key) {
        name(key, "idempotency_key", Limits.KEY_BYTES);
        text(key, "idempotency_key", Limits.KEY_BYTES);
    }

    static UUID uuid(@Nullable String text, String field) {
        String value = notNull(text, field);
        // UUID.fromString also takes shortened groups, which no Meerkat server writes.
        if (value.length() == 36) {
            try {
                return UUID.fromString(value);
            } catch (IllegalArgumentException e) {
                // falls through to the refusal below, which names the field
            }
        }
        throw new InvalidFieldException(field, value, "must be a hyphenated UUID");
    }

    static <T> List<T> list(@Nullable Collection<? extends T> values, String field) {
        Collection<? extends T> checked = notNull(values, field);
        for (Object value : checked) {
            notNull(value, field + "[]");
        }
        return List.copyOf(checked);
    }

    /** Labels: small texts by name, together at most {@link Limits#LABELS_BYTES}. */
    static Map<String, String> labels(@Nullable Map<String, String> labels, String field) {
        Map<String, String> checked = notNull(labels, field);
        int bytes = 0;
        for (Map.Entry<String, String> label : checked.entrySet()) {
            name(label.getKey(), field + ".key", Limits.NAME_CHARS);
            bytes += utf8Bytes(label.getKey(), field);
            bytes += utf8Bytes(notNull(label.getValue(), field + "." + label.getKey()), field + "." + label.getKey());
        }
        if (bytes > Limits.LABELS_BYTES) {
            throw new InvalidFieldException(
                    field,
                    checked.keySet().toString(),
                    "are " + bytes + " bytes, more than the limit of " + Limits.LABELS_BYTES);
        }
        return Map.copyOf(checked);
    }

    /** A time that something may last: more than zero, at most {@link Timing#LONGEST_DELAY}. */
    static Duration wait(@Nullable Duration value, String field) {
        Duration time = notNull(value, field);
        if (time.isNegative() || time.isZero() || time.compareTo(Timing.LONGEST_DELAY) > 0) {
            throw new InvalidFieldException(
                    field,
                    time.toString(),
                    "must be more than PT0S and at most P" + Timing.LONGEST_DELAY.toDays() + "D");
        }
        return time;
    }

    static void timeToLive(Optional<Duration> value) {
        notNull(value, TIME_TO_LIVE).ifPresent(time -> wait(time, TIME_TO_LIVE));
    }

    static int range(int value, String field, int min, int max) {
        if (value < min || value > max) {
            throw new InvalidFieldException(field, Integer.toString(value), "must be between " + min + " and " + max);
        }
        return value;
    }

    static long notNegative(long value, String field) {
        if (value < 0) {
            throw new InvalidFieldException(field, Long.toString(value), "must not be negative");
        }
        return value;
    }

    /** Length in UTF-8; a surrogate without its partner has no UTF-8 form and is refused. */
    static int utf8Bytes(String text, String field) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new InvalidFieldException(
                        field, text, "has an unpaired surrogate at index " + i + ", so it has no UTF-8 form");
            }
        }
        return bytes;
    }
}
