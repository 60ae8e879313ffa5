package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.RecentSet;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ids that clients gave their requests, so that they can take them back. Thread-safe. */
final class RequestIds {
    private static final int MOST_CHARS = 256;

    private final Map<String, Running> running = new HashMap<>();
    private final RecentSet<String> ended;

    /**
     * Ids.
     *
     * @param remembered how many requests that have ended are remembered
     */
    RequestIds(int remembered) {
        this.ended = new RecentSet<>(remembered);
    }

    /** A request under way. Thread-safe. */
    static final class Running {
        private @Nullable PendingCall<?> call;
        private boolean cancelled;

        /** Its call has started. */
        void started(PendingCall<?> call) {
            boolean late;
            synchronized (this) {
                this.call = call;
                late = cancelled;
            }
            if (late) {
                call.cancel();
            }
        }

        synchronized boolean isCancelled() {
            return cancelled;
        }

        private void cancel() {
            PendingCall<?> started;
            synchronized (this) {
                cancelled = true;
                started = call;
            }
            if (started != null) {
                started.cancel();
            }
        }
    }

    /** A request begins. */
    Running begin(String id) throws WireFault {
        if (id.isBlank() || id.length() > MOST_CHARS) {
            throw HttpErrors.badRequest("X-Meerkat-Request-Id must have from 1 to " + MOST_CHARS + " characters");
        }
        Running request = new Running();
        synchronized (this) {
            if (running.putIfAbsent(id, request) != null) {
                throw HttpErrors.of(ErrorCode.DUPLICATE_REQUEST_ID, "request already admitted: " + id);
            }
            ended.remove(id);
            return request;
        }
    }

    /** A request has ended. */
    synchronized void end(String id) {
        running.remove(id);
        ended.add(id);
    }

    /** Takes a request back, if it is still under way; the answer says so. */
    ObjectNode cancel(String id) throws WireFault {
        Running request = find(id);
        ObjectNode answer = WireJson.object();
        answer.put("request_id", id);
        answer.put("cancelled", request != null);
        if (request == null) {
            answer.put("reason", "already_terminal");
        } else {
            request.cancel();
        }
        return answer;
    }

    private synchronized @Nullable Running find(String id) throws WireFault {
        Running request = running.get(id);
        if (request == null && !ended.contains(id)) {
            throw HttpErrors.notFound("request not found: " + id);
        }
        return request;
    }
}
