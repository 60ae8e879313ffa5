package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.internal.calls.SubscribedSink;
import dev.meerkat.server.internal.calls.WireEvent;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events of one session as notifications. It takes no more than the client reads. */
abstract class Feed extends SubscribedSink {
    /** More than that is no notification any more. */
    private static final int LINE_BYTES = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final SendQueue outbox;

    /** MessageLines that wait in the outbox, which alone uses it. */
    int waiting;

    Feed(SendQueue outbox) {
        this.outbox = outbox;
    }

    @Override
    public boolean hasRoom() {
        return outbox.hasRoom(this);
    }

    /**
     * Offers an event's notification; one that cannot be written is taken and left out.
     *
     * @param params all but the event
     * @param json what is told of the event
     */
    boolean offer(WireEvent event, String method, ObjectNode params, Supplier<byte[]> json, Runnable written) {
        List<byte[]> line;
        try {
            line = MessageLines.notification(method, params, json.get());
        } catch (InvalidFieldException e) {
            LOG.warn("event {} of type {} cannot be written: {}", event.sequence(), event.type(), e.field());
            return true;
        }
        long length = line.stream().mapToLong(part -> part.length).sum();
        if (length > LINE_BYTES) {
            LOG.warn("event {} of type {} is too large: {} bytes", event.sequence(), event.type(), length);
            return true;
        }
        return outbox.offer(this, line, written);
    }
}
