package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One stream of server-sent events: without ids, without heartbeat, without replay, and a reader that
 * is too slow loses events without being told.
 */
final class FakeSse implements FakeSession.Watcher, FakeHttp.Stream {
    private static final int MOST_FRAMES = 256;
    private static final String DONE = frame("done", Js.obj());

    private final FakeServer server;
    private final FakeSession session;
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>(MOST_FRAMES);

    private FakeSse(FakeServer server, FakeSession session) {
        this.server = server;
        this.session = session;
    }

    /** The response that streams a session's events from now on. With the lock. */
    static FakeHttp.Response of(FakeServer server, FakeSession session) {
        FakeSse stream = new FakeSse(server, session);
        stream.frames.add(
                frame("session_loaded", Js.obj("message_count", session.rows.size(), "session_id", session.id)));
        session.watchers.add(stream);
        return new FakeHttp.Response(200, "text/event-stream", new byte[0], stream);
    }

    private static String frame(String event, ObjectNode data) {
        return "event: " + event + "\ndata: " + Js.write(data) + "\n\n";
    }

    @Override
    public void event(ObjectNode envelope) {
        frames.offer(frame(envelope.at("/payload/type").asText(), envelope));
    }

    @Override
    public void ended() {
        // On the line 0.6 only the end of the server ends a stream.
        if (server.line().is09()) {
            frames.offer(DONE);
        }
    }

    @Override
    public void write(FakeHttp.Pieces pieces) throws IOException, InterruptedException {
        try {
            String frame;
            do {
                frame = frames.take();
                pieces.piece(frame);
            } while (!frame.equals(DONE));
        } finally {
            server.locked(() -> session.watchers.remove(this));
        }
    }

    /** What has come so far. */
    String taken() {
        StringBuilder all = new StringBuilder();
        for (String frame = frames.poll(); frame != null; frame = frames.poll()) {
            all.append(frame);
        }
        return all.toString();
    }
}
