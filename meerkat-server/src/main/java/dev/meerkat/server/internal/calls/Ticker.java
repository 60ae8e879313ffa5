package dev.meerkat.server.internal.calls;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A one-second tick shared by everything that has a deadline. Thread-safe. */
public final class Ticker {
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

    private final Set<Member> members = ConcurrentHashMap.newKeySet();

    /** Counts seconds. */
    public interface Member {
        /** A second has passed. Must not block. */
        void second();
    }

    /** Ticks for a member from now on. */
    public void join(Member member) {
        members.add(member);
    }

    /** Ticks for a member no more, but for a tick that is under way. */
    public void leave(Member member) {
        members.remove(member);
    }

    /** A second has passed. */
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
