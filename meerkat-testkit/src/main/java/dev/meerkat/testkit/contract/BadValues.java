package dev.meerkat.testkit.contract;

import dev.meerkat.api.Limits;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Values that no command takes, and how one row of the table of refusals reads. */
final class BadValues {
    static final String BLANK = " \t\n";
    static final String SURROGATE = "half a " + (char) 0xD83D + " pair";
    static final String OVER_MESSAGE = "x".repeat(Limits.MESSAGE_BYTES + 1);
    /** Under the limit in characters, over it in UTF-8. */
    static final String OVER_MESSAGE_IN_UTF8 = "ü".repeat(Limits.MESSAGE_BYTES / 2 + 1);

    static final String OVER_NAME = "n".repeat(Limits.NAME_CHARS + 1);
    static final String CONTROL = "bell" + (char) 7;
    static final Map<String, String> OVER_LABELS = Map.of("key", "v".repeat(Limits.LABELS_BYTES));

    private BadValues() {}

    /** A null where none is allowed, past the compiler. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nil() {
        return null;
    }

    /** One refused call: what it is called, the field that the refusal must name, and the call. */
    record Row(String name, String field, ThrowingCallable call) {}

    static Row row(String name, String field, ThrowingCallable call) {
        return new Row(name, field, call);
    }
}
