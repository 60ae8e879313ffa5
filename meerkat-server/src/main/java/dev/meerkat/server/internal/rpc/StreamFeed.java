package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream of events that a client opened: {@code session/stream_event}, and one {@code session/stream_end}. */
final class StreamFeed extends Feed {
    private final UUID id;
    private final SendQueue outbox;
    private final Consumer<StreamFeed> onEnd;
    private final AtomicBoolean over = new AtomicBoolean();
    private String session = "";
    private long sequence;

    StreamFeed(UUID id, SendQueue outbox, Consumer<StreamFeed> onEnd) {
        super(outbox);
        this.id = id;
        this.outbox = outbox;
        this.onEnd = onEnd;
    }

    UUID id() {
        return id;
    }

    /** Names the session; before it is started. */
    void of(String sessionId) {
        session = sessionId;
    }

    @Override
    public boolean offer(WireEvent event) {
        if (over.get()) {
            return true;
        }
        ObjectNode params = WireJson.object();
        params.put("stream_id", id.toString());
        params.put("sequence", sequence + 1);
        params.put("session_id", session);
        boolean taken = offer(event, "session/stream_event", params, event::json, () -> {});
        if (taken) {
            sequence++;
        }
        return taken;
    }

    @Override
    public void ended(@Nullable WireFault error) {
        if (over.compareAndSet(false, true)) {
            onEnd.accept(this);
            ObjectNode params = end(error == null ? "remote_end" : "terminal_error");
            if (error != null) {
                ObjectNode why = WireJson.object();
                why.put("code", "stream_receiver_gone");
                why.put("message", error.message());
                params.set("error", why);
            }
            outbox.last(MessageLines.notification("session/stream_end", params), () -> {});
        }
    }

    /** The client closes it. */
    void closed(Runnable written) {
        if (over.compareAndSet(false, true)) {
            outbox.last(MessageLines.notification("session/stream_end", end("explicit_close")), written);
        } else {
            written.run();
        }
    }

    private ObjectNode end(String outcome) {
        ObjectNode params = WireJson.object();
        params.put("stream_id", id.toString());
        params.put("session_id", session);
        params.put("ended", true);
        params.put("outcome", outcome);
        return params;
    }
}
