package dev.meerkat.testkit;

import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The event streams that a test has open, with where it opened them, and the sessions that it met. */
final class OpenHandles {
    private static final int SHOWN_FRAMES = 6;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Object, String> streams = new LinkedHashMap<>();
    private final Set<SessionId> sessions = new LinkedHashSet<>();

    void met(SessionId session) {
        lock.lock();
        try {
            sessions.add(session);
        } finally {
            lock.unlock();
        }
    }

    void opened(Object stream, SessionId session) {
        StringBuilder where = new StringBuilder("event stream of session " + session + ", opened");
        StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith(OpenHandles.class.getName())
                                && !frame.getClassName().startsWith(TrackedMeerkat.class.getName()))
                        .limit(SHOWN_FRAMES)
                        .toList())
                .forEach(frame -> where.append("\n      at ").append(frame.toStackTraceElement()));
        lock.lock();
        try {
            streams.put(stream, where.toString());
        } finally {
            lock.unlock();
        }
    }

    void closed(Object stream) {
        lock.lock();
        try {
            streams.remove(stream);
        } finally {
            lock.unlock();
        }
    }

    List<String> streams() {
        lock.lock();
        try {
            return List.copyOf(streams.values());
        } finally {
            lock.unlock();
        }
    }

    List<SessionId> sessions() {
        lock.lock();
        try {
            return new ArrayList<>(sessions);
        } finally {
            lock.unlock();
        }
    }
}
