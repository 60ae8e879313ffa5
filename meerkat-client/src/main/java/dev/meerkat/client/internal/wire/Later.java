package dev.meerkat.client.internal.wire;

/** Marks what is not there yet. */
public final class Later {
    private Later() {}

    /** Throws. */
    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
    public static <T> T later(Object... unused) {
        throw new UnsupportedOperationException("not there yet " + unused.length);
    }
}
