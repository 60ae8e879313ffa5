package dev.meerkat.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * Why a model ended an answer.
 *
 * @param word one of {@code stop}, {@code length}, {@code tool_calls} and {@code content_filter}, or the provider's
 *     own word for anything else; not blank
 */
public record FinishReason(String word) {
    /** The model said all that it had to say. */
    public static final FinishReason STOP = of(Kind.STOP);

    /** The answer came to its greatest length, and may end in the middle. */
    public static final FinishReason LENGTH = of(Kind.LENGTH);

    /** The model asks for tools. */
    public static final FinishReason TOOL_CALLS = of(Kind.TOOL_CALLS);

    /** The provider held the answer, or the rest of it, back. */
    public static final FinishReason CONTENT_FILTER = of(Kind.CONTENT_FILTER);

    /** Kinds of reasons. */
    public enum Kind {
        /** The model said all that it had to say. */
        STOP,
        /** The answer came to its greatest length, and may end in the middle. */
        LENGTH,
        /** The model asks for tools. */
        TOOL_CALLS,
        /** The provider held the answer, or the rest of it, back. */
        CONTENT_FILTER,
        /** Something else, for which the provider has its own word. */
        OTHER
    }

    /** Checks the word. */
    public FinishReason {
        if (Objects.requireNonNull(word, "word").isBlank()) {
            throw new InvalidFieldException("word", word, "must not be blank");
        }
    }

    /** {@return which kind it is; {@link Kind#OTHER} for a provider's own word} */
    public Kind kind() {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.OTHER && spelled(kind).equals(word))
                .findFirst()
                .orElse(Kind.OTHER);
    }

    private static FinishReason of(Kind kind) {
        return new FinishReason(spelled(kind));
    }

    private static String spelled(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
