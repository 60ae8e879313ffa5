package dev.meerkat.client.internal;

import dev.meerkat.client.internal.wire.ReadEvent;
import java.util.OptionalLong;

/** What a live feed brought. */
sealed interface FeedItem {
    /** An event. */
    record Event(ReadEvent event) implements FeedItem {}

    /** Events are missing here; how many, 0 if not known. */
    record Missing(long count) implements FeedItem {
        /** How many, if that is known. */
        OptionalLong known() {
            return count == 0 ? OptionalLong.empty() : OptionalLong.of(count);
        }
    }

    /** Events that are not kept, up to this position. */
    record Told(long position) implements FeedItem {}
}
