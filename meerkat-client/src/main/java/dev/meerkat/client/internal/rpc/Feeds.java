package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.internal.calls.FeedSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open streams of one connection, by their ids. Thread-safe. */
final class Feeds {
    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    /** Messages of streams that are kept because they may have come before the answer that names their stream. */
    private static final int EARLY_MESSAGES = 256;

    private final ClientLimits limits;
    private final BiConsumer<String, ObjectNode> post;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, RpcFeed> open = new HashMap<>();
    private final List<Early> early = new ArrayList<>();
    private int opening;

    /** A message of a stream that is not known yet. */
    private record Early(String stream, boolean end, JsonNode params) {}

    /**
     * Streams of a connection.
     *
     * @param post writes a call whose answer does not matter
     */
    Feeds(ClientLimits limits, BiConsumer<String, ObjectNode> post) {
        this.limits = limits;
        this.post = post;
    }

    /**
     * Makes room for a stream.
     *
     * @throws NotDoneException if too many are open
     */
    RpcFeed begin(FeedSink sink) {
        lock.lock();
        try {
            if (open.size() + opening >= limits.streams()) {
                throw new NotDoneException(
                        "client_busy", "no stream was opened: " + limits.streams() + " are open already");
            }
            opening++;
            return new RpcFeed(this, sink);
        } finally {
            lock.unlock();
        }
    }

    /** Called by the reading thread when the stream is open, so that no event passes it by. */
    void opened(RpcFeed feed, JsonNode result) {
        JsonNode id = result.path("stream_id");
        if (!id.isTextual()) {
            throw new FailedException(RpcAnswer.Lost.INVALID_ANSWER, "stream_id is no text in an answer", null);
        }
        List<Early> missed = new ArrayList<>();
        boolean wanted;
        lock.lock();
        try {
            wanted = feed.name(id.textValue());
            if (wanted) {
                open.put(id.textValue(), feed);
                early.stream()
                        .filter(message -> message.stream().equals(id.textValue()))
                        .forEach(missed::add);
                opened();
            }
        } finally {
            lock.unlock();
        }
        if (!wanted) {
            closeAtServer(id.textValue());
        }
        missed.forEach(message -> deliver(feed, message));
    }

    private void opened() {
        opening--;
        if (opening == 0) {
            early.clear();
        }
    }

    /** The stream was not opened, or not in time. */
    void failed(RpcFeed feed) {
        lock.lock();
        try {
            if (feed.fail()) {
                opened();
            }
        } finally {
            lock.unlock();
        }
        // The answer may have come at the last moment.
        feed.close();
    }

    /** Forgets a stream that its reader has closed. */
    void closed(String id) {
        lock.lock();
        try {
            if (open.remove(id) == null) {
                return;
            }
        } finally {
            lock.unlock();
        }
        closeAtServer(id);
    }

    private void closeAtServer(String id) {
        post.accept(
                "session/stream_close", JsonNodeFactory.instance.objectNode().put("stream_id", id));
    }

    void event(JsonNode params) {
        route(new Early(params.path("stream_id").asText(""), false, params));
    }

    void ended(JsonNode params) {
        route(new Early(params.path("stream_id").asText(""), true, params));
    }

    private void route(Early message) {
        @Nullable RpcFeed feed;
        lock.lock();
        try {
            feed = message.end() ? open.remove(message.stream()) : open.get(message.stream());
            // Beyond the bound it is the sequence that tells of the loss.
            if (feed == null && opening > 0 && early.size() < EARLY_MESSAGES) {
                early.add(message);
            }
        } finally {
            lock.unlock();
        }
        if (feed != null) {
            deliver(feed, message);
        } else {
            LOG.trace("no open stream has the id {}", message.stream());
        }
    }

    private void deliver(RpcFeed feed, Early message) {
        if (message.end()) {
            forget(message.stream());
            feed.end(!message.params().path("outcome").asText("").equals("remote_end"));
        } else {
            feed.event(message.params());
        }
    }

    private void forget(String id) {
        lock.lock();
        try {
            open.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** The connection is over. */
    void lost() {
        List<RpcFeed> all;
        lock.lock();
        try {
            all = List.copyOf(open.values());
            open.clear();
            early.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(feed -> feed.end(true));
    }
}
