package dev.meerkat.agent;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Conversations of sessions between their turns, so that a turn reads only what the transcript got since. Those that were
 * not used for longest are left out first: their sessions read the whole transcript. Thread-safe.
 */
final class KeptConversations {
    /** Of all conversations together: 16 to 32 MiB. */
    static final long MOST_CHARS = 16L << 20;
    /** What a message costs beside its text. */
    private static final int CHARS_PER_MESSAGE = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SessionId, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final long mostChars;
    private long chars;

    KeptConversations(long mostChars) {
        this.mostChars = mostChars;
    }

    /**
     * A conversation that is not changed any more.
     *
     * @param conversation what the model reads of the entries
     * @param entries how many entries of the transcript it holds, at least 1
     * @param last the last of them
     */
    record Kept(Conversation conversation, long entries, TranscriptEntry last) {
        /**
         * Whether these entries of the transcript, from the last one on that is held, only add to it. A transcript is only
         * added to; but another store may have a session of the same id.
         */
        boolean isContinuedBy(List<TranscriptEntry> read) {
            return !read.isEmpty()
                    && read.get(0).equals(last)
                    && read.stream().skip(1).noneMatch(TranscriptEntry.Compacted.class::isInstance);
        }

        private long chars() {
            return conversation.chars()
                    + (long) CHARS_PER_MESSAGE * conversation.messages().size();
        }
    }

    Optional<Kept> of(SessionId session) {
        lock.lock();
        try {
            return Optional.ofNullable(kept.get(session));
        } finally {
            lock.unlock();
        }
    }

    void keep(SessionId session, Kept conversation) {
        lock.lock();
        try {
            Kept before = kept.put(session, conversation);
            chars += conversation.chars() - (before == null ? 0 : before.chars());
            Iterator<Kept> oldest = kept.values().iterator();
            while (chars > mostChars && oldest.hasNext()) {
                chars -= oldest.next().chars();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }
}
