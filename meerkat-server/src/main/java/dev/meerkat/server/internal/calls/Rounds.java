package dev.meerkat.server.internal.calls;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tick once a second, shared by everything that has a deadline. Thread-safe.
 */
public final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final Set<Member> members = ConcurrentHashMap.newKeySet();

    /** Counts seconds. */
    public interface Member {
        /** A second has passed. Must not block. */
        void second();
    }

    /** Tells it from now on. */
    public void join(Member member) {
        members.add(member);
    }

    /** Tells it no more, but for a second that is being told. */
    public void leave(Member member) {
        members.remove(member);
    }

    /** Tells all members that a second has passed. */
    public void second() {
        for (Member member : members) {
            try {
                member.second();
            } catch (RuntimeException | Error e) {
                LOG.warn("a connection could not be looked after", e);
            }
        }
    }
}
