package dev.meerkat.api;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long the past of a session is kept. What is older is removed now and then, in small parts. What waits, is running, is
 * tried again or is on its way to a peer is never removed, and the newest event and transcript entry always stay.
 *
 * <p>The content of an input stays as long as the log, the transcript or its key needs it. A reader of the log with an old
 * cursor gets a {@link SessionEvent.Gap} first.
 *
 * @param transcript of the transcript: {@link Session#history} begins where it begins
 * @param events of the event log
 * @param keys how long ids and idempotency keys of inputs that were handled are known, at least; without {@code bytes}
 * @param deadLetters of dead letters: a removed one is discarded, which is logged; without {@code bytes}
 */
public record Retention(Keep transcript, Keep events, Keep keys, Keep deadLetters) {
    /** Everything is kept. */
    public static final Retention FOREVER = new Retention(Keep.FOREVER, Keep.FOREVER, Keep.FOREVER, Keep.FOREVER);

    private static final Duration LEAST_AGE = Duration.ofMinutes(1);

    /** Checks. */
    public Retention {
        Check.notNull(transcript, "transcript");
        Check.notNull(events, "events");
        withoutBytes(Check.notNull(keys, "keys"), "keys.bytes");
        withoutBytes(Check.notNull(deadLetters, "dead_letters"), "dead_letters.bytes");
    }

    private static void withoutBytes(Keep keep, String field) {
        if (keep.bytes().isPresent()) {
            throw new InvalidFieldException(
                    field, Long.toString(keep.bytes().getAsLong()), "must not be set: only age and count are");
        }
    }

    /**
     * Keeps everything for a while.
     *
     * @param age how long, at least a minute
     * @return a retention
     */
    public static Retention ofAge(Duration age) {
        Keep keep = Keep.FOREVER.withAge(age);
        return new Retention(keep, keep, keep, keep);
    }

    /**
     * {@return a copy with another rule for the transcript}
     *
     * @param keep the rule
     */
    public Retention withTranscript(Keep keep) {
        return new Retention(keep, events, keys, deadLetters);
    }

    /**
     * {@return a copy with another rule for the event log}
     *
     * @param keep the rule
     */
    public Retention withEvents(Keep keep) {
        return new Retention(transcript, keep, keys, deadLetters);
    }

    /**
     * {@return a copy with another rule for ids and keys}
     *
     * @param keep the rule
     */
    public Retention withKeys(Keep keep) {
        return new Retention(transcript, events, keep, deadLetters);
    }

    /**
     * {@return a copy with another rule for dead letters}
     *
     * @param keep the rule
     */
    public Retention withDeadLetters(Keep keep) {
        return new Retention(transcript, events, keys, keep);
    }

    /** {@return whether nothing is ever removed, as for {@link #FOREVER}} */
    public boolean isForever() {
        return equals(FOREVER);
    }

    /**
     * A rule: what passes any of its bounds is removed.
     *
     * @param age how old it may be, at least a minute; empty for any age
     * @param count how many of the newest are kept, at least 1; empty for all
     * @param bytes about how many bytes the newest may have together, at least 1; empty for any number
     */
    public record Keep(Optional<Duration> age, OptionalLong count, OptionalLong bytes) {
        /** Everything. */
        public static final Keep FOREVER = new Keep(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

        /** Checks. */
        public Keep {
            Check.notNull(age, "age").ifPresent(longest -> {
                if (longest.compareTo(LEAST_AGE) < 0) {
                    throw new InvalidFieldException("age", longest.toString(), "must be at least " + LEAST_AGE);
                }
            });
            positive(Check.notNull(count, "count"), "count");
            positive(Check.notNull(bytes, "bytes"), "bytes");
        }

        private static void positive(OptionalLong value, String field) {
            if (value.isPresent() && value.getAsLong() < 1) {
                throw new InvalidFieldException(field, Long.toString(value.getAsLong()), "must be at least 1");
            }
        }

        /**
         * At most so old.
         *
         * @param age the age, at least a minute
         * @return a changed copy
         */
        public Keep withAge(Duration age) {
            return new Keep(Optional.of(Check.notNull(age, "age")), count, bytes);
        }

        /**
         * At most so many.
         *
         * @param count the number, at least 1
         * @return a changed copy
         */
        public Keep withCount(long count) {
            return new Keep(age, OptionalLong.of(count), bytes);
        }

        /**
         * At most about so many bytes together.
         *
         * @param bytes the number, at least 1
         * @return a changed copy
         */
        public Keep withBytes(long bytes) {
            return new Keep(age, count, OptionalLong.of(bytes));
        }
    }
}
