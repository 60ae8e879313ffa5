package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.RecentSet;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import dev.meerkat.wire.internal.form.ApiCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** The streams of events that a client has open on its connection. Thread-safe. */
final class Streams {
    /** Of one connection at one time. */
    static final int OPEN = 1_024;

    private static final int REMEMBERED = 1_024;

    private final Calls calls;
    private final SendQueue outbox;
    private final Semaphore slots;
    private final String connection;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<UUID, StreamFeed> open = new HashMap<>();
    private final RecentSet<UUID> gone = new RecentSet<>(REMEMBERED);
    private boolean closed;

    Streams(Calls calls, SendQueue outbox, Semaphore slots, String connection) {
        this.calls = calls;
        this.outbox = outbox;
        this.slots = slots;
        this.connection = connection;
    }

    /** Opens a stream; its first event comes after the answer. */
    void open(ObjectNode params, Call call) throws InterruptedException {
        String sessionId = text(params, "session_id", Set.of("session_id", "after_sequence", ApiCall.EVENTS));
        JsonNode after = params.path("after_sequence");
        if (!after.isMissingNode()
                && !(after.isIntegralNumber() && after.canConvertToLong() && after.longValue() >= 0)) {
            throw RpcErrors.invalidParams("Invalid params: `after_sequence` must be an integer of at least 0");
        }
        JsonNode whole = params.path(ApiCall.EVENTS);
        if (!whole.isMissingNode() && !whole.isBoolean()) {
            throw RpcErrors.invalidParams("Invalid params: `" + ApiCall.EVENTS + "` must be a boolean");
        }
        if (!slots.tryAcquire()) {
            throw full();
        }
        StreamFeed feed = new StreamFeed(nextId(), outbox, ended -> left(ended.id()));
        EventSubscription subscription = null;
        boolean kept = false;
        try {
            subscription = calls.watch(
                    sessionId, after.isMissingNode() ? Calls.LIVE : after.longValue(), whole.asBoolean(), feed);
            kept = keep(feed);
        } finally {
            if (!kept) {
                slots.release();
                if (subscription != null) {
                    subscription.close();
                }
            }
        }
        if (!kept) {
            throw full();
        }
        String session = subscription.session().toString();
        feed.of(session);
        ObjectNode result = WireJson.object();
        result.put("stream_id", feed.id().toString());
        result.put("session_id", session);
        result.put("opened", true);
        call.succeed(result);
        feed.begin(subscription);
    }

    private static WireFault full() {
        return RpcErrors.exhausted("too many streams are open", "stream_slots_exhausted");
    }

    private UUID nextId() {
        String name = connection + "/" + numbers.incrementAndGet();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized boolean keep(StreamFeed feed) {
        boolean room = !closed && open.size() < OPEN;
        if (room) {
            open.put(feed.id(), feed);
        }
        return room;
    }

    /** Closes a stream; its end is told before the answer. */
    void close(ObjectNode params, Call call) {
        String given = text(params, "stream_id", Set.of("stream_id"));
        UUID id = id(given);
        StreamFeed feed;
        boolean known;
        synchronized (this) {
            feed = open.get(id);
            known = feed != null || gone.contains(id);
        }
        if (!known && calls.line().refusesUnknownStreams()) {
            throw RpcErrors.invalidParams("Session event stream not tracked: " + id);
        }
        ObjectNode result = WireJson.object();
        result.put("stream_id", given);
        result.put("closed", true);
        result.put("already_closed", known && feed == null);
        if (feed == null) {
            call.succeed(result);
            return;
        }
        left(id);
        feed.unsubscribe();
        feed.closed(() -> call.succeed(result));
    }

    private static UUID id(String given) {
        try {
            return new SessionId(UUID.fromString(given)).toString().equals(given.toLowerCase(Locale.ROOT))
                    ? UUID.fromString(given)
                    : invalid(given);
        } catch (IllegalArgumentException | InvalidFieldException e) {
            return invalid(given);
        }
    }

    private static UUID invalid(String given) {
        throw RpcErrors.invalidParams("Invalid stream_id: " + given);
    }

    private static String text(ObjectNode params, String field, Set<String> known) {
        for (Iterator<String> names = params.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw RpcErrors.invalidParams("Invalid params: unknown field `" + name + "`, expected `" + field + "`");
            }
        }
        JsonNode value = params.path(field);
        if (value.isMissingNode()) {
            throw RpcErrors.invalidParams(
                    params.isEmpty() ? "Missing params" : "Invalid params: missing field `" + field + "`");
        }
        if (!value.isTextual()) {
            throw RpcErrors.invalidParams("Invalid params: `" + field + "` must be a string");
        }
        return value.textValue();
    }

    private void left(UUID id) {
        boolean removed;
        synchronized (this) {
            removed = open.remove(id) != null;
            if (removed) {
                gone.add(id);
            }
        }
        if (removed) {
            slots.release();
        }
    }

    /** The connection is gone. */
    void close() {
        List<StreamFeed> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(open.values());
        }
        for (StreamFeed feed : all) {
            left(feed.id());
            feed.unsubscribe();
        }
    }
}
