package dev.meerkat.core.store;

/**
 * One number per track: how many of its inputs were admitted, staged or consumed.
 *
 * @param prompt of {@link Track#PROMPT}
 * @param queued of {@link Track#QUEUED}
 * @param steered of {@link Track#STEERED}
 * @param passive of {@link Track#PASSIVE}
 * @param external of {@link Track#EXTERNAL}
 */
public record Marks(long prompt, long queued, long steered, long passive, long external) {
    /** Zero everywhere. */
    public static final Marks ZERO = new Marks(0, 0, 0, 0, 0);

    /**
     * The number of a track.
     *
     * @param track the track
     * @return its number
     */
    public long get(Track track) {
        return switch (track) {
            case PROMPT -> prompt;
            case QUEUED -> queued;
            case STEERED -> steered;
            case PASSIVE -> passive;
            case EXTERNAL -> external;
        };
    }

    /**
     * {@return a copy with another number for one track}
     *
     * @param track the track
     * @param number its number
     */
    public Marks with(Track track, long number) {
        return switch (track) {
            case PROMPT -> new Marks(number, queued, steered, passive, external);
            case QUEUED -> new Marks(prompt, number, steered, passive, external);
            case STEERED -> new Marks(prompt, queued, number, passive, external);
            case PASSIVE -> new Marks(prompt, queued, steered, number, external);
            case EXTERNAL -> new Marks(prompt, queued, steered, passive, number);
        };
    }

    /**
     * The higher number of each track.
     *
     * @param other other marks
     * @return the maximum, track by track
     */
    public Marks max(Marks other) {
        return new Marks(
                Math.max(prompt, other.prompt),
                Math.max(queued, other.queued),
                Math.max(steered, other.steered),
                Math.max(passive, other.passive),
                Math.max(external, other.external));
    }
}
