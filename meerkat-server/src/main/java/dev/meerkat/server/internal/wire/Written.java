package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.WireEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What large events became on the wire, so that many readers of one session tell the same objects, each of which is encoded
 * once. The newest are kept, up to a sixty-fourth of the heap, but one always. Thread-safe.
 */
final class Written {
    /** Smaller events are written faster than they are looked for. */
    private static final int LARGE_CHARS = 16 << 10;

    private static final int PARTS_OF_HEAP = 64;

    private final long most;
    private final Map<Key, Kept> newest = new LinkedHashMap<>();
    private long chars;

    /** Of the usual size. */
    Written() {
        this(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP);
    }

    /**
     * With another bound.
     *
     * @param most characters
     */
    Written(long most) {
        this.most = most;
    }

    /**
     * An event of a log.
     *
     * @param told whether its beginning was told live, so that less of it is told now
     */
    record Key(SessionId session, Cursor cursor, boolean told) {}

    private record Kept(List<WireEvent> events, long chars) {}

    /** What an event became, or null if that is not known. */
    @Nullable
    synchronized List<WireEvent> find(Key key) {
        Kept known = newest.get(key);
        return known == null ? null : known.events();
    }

    /** Keeps what an event became, if it is large; returns what another reader kept before. */
    List<WireEvent> keep(Key key, List<WireEvent> events) {
        long size = 0;
        for (WireEvent event : events) {
            size += chars(event.envelope());
        }
        if (size < LARGE_CHARS) {
            return events;
        }
        synchronized (this) {
            Kept known = newest.putIfAbsent(key, new Kept(List.copyOf(events), size));
            if (known != null) {
                return known.events();
            }
            chars += size;
            var oldest = newest.values().iterator();
            while (chars > most && newest.size() > 1) {
                chars -= oldest.next().chars();
                oldest.remove();
            }
            return events;
        }
    }

    /** Of its texts, without writing them. */
    private static long chars(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().length();
        }
        long chars = 0;
        for (JsonNode part : node) {
            chars += chars(part);
        }
        return chars;
    }
}
