package dev.meerkat.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an outside system appends to a session: a webhook, a CI result, an alert; the params of
 * {@code session/external_event} with kind {@code generic_json} on the wire.
 *
 * <p>With an idempotency key it takes effect once per session, for as long as the session is
 * stored: the same key with the same content is a duplicate, with other content a conflict. The
 * {@code with} methods return a changed copy. Immutable and thread-safe.
 *
 * @param eventType what happened, such as {@code deploy_complete}
 * @param payload any JSON, {@link Json#NULL} for none
 * @param blocks content beside the payload, may be empty
 * @param source the system that it came from
 * @param idempotencyKey the key by which it is known again, or empty if every delivery counts
 * @param timeToLive how long after its admission a turn may still take it up, or empty for ever; then it expires: no turn
 *     gets it, and {@link SessionEvent.InputExpired} and {@link Session#inputStatus} tell so
 */
public record ExternalEvent(
        String eventType,
        Json payload,
        List<ContentBlock> blocks,
        String source,
        Optional<String> idempotencyKey,
        Optional<Duration> timeToLive)
        implements HasJson {
    /** Checks and copies. */
    public ExternalEvent {
        Check.name(eventType, "event_type", Limits.NAME_CHARS);
        Check.notNull(payload, "payload");
        blocks = Content.check(null, blocks, payload);
        Check.name(source, "source", Limits.NAME_CHARS);
        Check.notNull(idempotencyKey, "idempotency_key").ifPresent(Check::key);
        Check.timeToLive(timeToLive);
    }

    /**
     * An event with a JSON payload; its source is the event type.
     *
     * @param eventType such as {@code deploy_complete}
     * @param payload any JSON, {@link Json#NULL} for none
     * @return the event
     * @throws InvalidFieldException if a part is null, blank or too large
     */
    public static ExternalEvent genericJson(String eventType, Json payload) {
        return new ExternalEvent(eventType, payload, List.of(), eventType, Optional.empty(), Optional.empty());
    }

    /**
     * {@return a copy with other blocks}
     *
     * @param blocks content beside the payload
     */
    public ExternalEvent withBlocks(List<ContentBlock> blocks) {
        return new ExternalEvent(eventType, payload, blocks, source, idempotencyKey, timeToLive);
    }

    /**
     * {@return a copy with another source}
     *
     * @param source the system that it came from, such as {@code github}
     */
    public ExternalEvent withSource(String source) {
        return new ExternalEvent(eventType, payload, blocks, source, idempotencyKey, timeToLive);
    }

    /**
     * {@return a copy with an idempotency key: the id that the outside system gave the delivery}
     *
     * @param key at most {@link Limits#KEY_BYTES} bytes, without control characters or outer white
     *     space
     */
    public ExternalEvent withIdempotencyKey(String key) {
        return new ExternalEvent(
                eventType, payload, blocks, source, Optional.of(Check.notNull(key, "idempotency_key")), timeToLive);
    }

    /**
     * {@return a copy with a time to live: of no use if no turn takes it up by then} What a turn has taken up does
     * not expire.
     *
     * @param time how long after its admission, more than zero and at most {@link Timing#LONGEST_DELAY}
     */
    public ExternalEvent withTimeToLive(Duration time) {
        return new ExternalEvent(
                eventType,
                payload,
                blocks,
                source,
                idempotencyKey,
                Optional.of(Check.notNull(time, Check.TIME_TO_LIVE)));
    }

    /** {@return the bytes of payload and blocks in UTF-8, which count against the lane's bound} */
    public int sizeBytes() {
        return payload.sizeBytes()
                + blocks.stream().mapToInt(ContentBlock::sizeBytes).sum();
    }

    /**
     * Whether another event says the same, whatever its key and its time to live.
     *
     * @param other another event
     * @return whether type, payload, blocks and source are equal
     */
    public boolean sameContent(ExternalEvent other) {
        return eventType.equals(other.eventType)
                && payload.equals(other.payload)
                && blocks.equals(other.blocks)
                && source.equals(other.source);
    }

    /** Type, source and key; never the payload, which may hold what should not be logged. */
    @Override
    public String toString() {
        return "ExternalEvent[" + eventType + " from " + source + ", key " + idempotencyKey.orElse(null) + "]";
    }
}
