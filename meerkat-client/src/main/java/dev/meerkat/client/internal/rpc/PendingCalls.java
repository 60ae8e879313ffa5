package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.NotDoneException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The calls of a connection that wait for answers; bounded. Thread-safe. */
final class PendingCalls {
    /** Servers of all known lines lose the id of these when they cannot read the parameters. */
    private static final Set<String> ANSWERED_WITHOUT_ID =
            Set.of("comms/send", "comms/peers", "session/external_event", "session/peer_response_terminal");

    private static final int MOST_ABANDONED = 64;

    private final int limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, OpenCall> calls = new LinkedHashMap<>();
    /** Those given up whose results still have to be dealt with. */
    private final Map<Long, OpenCall> abandoned = new LinkedHashMap<>();

    private long lastId;

    PendingCalls(int limit) {
        this.limit = limit;
    }

    /**
     * A new call.
     *
     * @throws NotDoneException if too many wait
     */
    OpenCall add(String method, Consumer<JsonNode> onResult) {
        lock.lock();
        try {
            if (calls.size() >= limit) {
                throw new NotDoneException("client_busy", method + " was not sent: " + limit + " calls wait already");
            }
            OpenCall call = new OpenCall(++lastId, method, onResult);
            calls.put(call.id(), call);
            return call;
        } finally {
            lock.unlock();
        }
    }

    /** An id for a message whose answer does not matter. */
    long unusedId() {
        lock.lock();
        try {
            return ++lastId;
        } finally {
            lock.unlock();
        }
    }

    /** The call that an answer is for, once; null if none waits under this id. */
    @Nullable
    OpenCall take(long id) {
        lock.lock();
        try {
            OpenCall call = calls.remove(id);
            return call == null ? abandoned.remove(id) : call;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops waiting for an answer; a result that comes all the same is still given to what the call has to
     * do with it.
     *
     * @return whether it waited
     */
    boolean abandon(OpenCall call) {
        lock.lock();
        try {
            boolean waited = calls.remove(call.id(), call);
            if (waited && !call.onResult().equals(OpenCall.NOTHING)) {
                abandoned.put(call.id(), call);
                abandoned.keySet().removeIf(id -> abandoned.size() > MOST_ABANDONED);
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    List<OpenCall> takeAll() {
        lock.lock();
        try {
            List<OpenCall> all = new ArrayList<>(calls.values());
            calls.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The calls that an error without an id may be the answer to: those of methods that are known to be
     * answered like that, or else all.
     */
    List<OpenCall> takeForErrorWithoutId() {
        lock.lock();
        try {
            List<OpenCall> candidates = new ArrayList<>(calls.values());
            candidates.removeIf(call -> !ANSWERED_WITHOUT_ID.contains(call.method()));
            if (candidates.isEmpty()) {
                candidates.addAll(calls.values());
            }
            calls.values().removeAll(candidates);
            return candidates;
        } finally {
            lock.unlock();
        }
    }
}
