package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.SessionId;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the tests of this package share. */
final class Rpc {
    static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-000000000001");

    /** Long, so that a test that waits for one of them fails by its own guard. */
    static final ClientTimeouts PATIENT = new ClientTimeouts(
            Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));

    /** For what never comes. */
    static final Duration SHORT = Duration.ofMillis(150);

    private Rpc() {}

    static RpcSetup setup(ClientTimeouts timeouts) {
        return RpcSetup.DEFAULT.withTimeouts(timeouts);
    }

    static RpcSetup setup(CallbackTool... tools) {
        return setup(PATIENT).withTools(List.of(tools));
    }

    static ServerCalls connect(ScriptedServer server, RpcSetup setup) throws InterruptedException {
        return RpcCalls.tcp(server.host(), server.port(), setup);
    }

    static ServerCalls connect(ScriptedServer server) throws InterruptedException {
        return connect(server, setup(PATIENT));
    }

    static String envelope(int seq, String text) {
        return "{'event_id':'01900000-0000-7000-8000-0000000000ff','source':{'type':'session','session_id':'" + SESSION
                + "'},'seq':" + seq + ",'timestamp_ms':1,'payload':{'type':'text_delta','delta':'" + text + "'}}";
    }

    static String row(String model) {
        return "{'session_id':'" + SESSION + "','created_at':1,'updated_at':1,'message_count':1,'is_active':false,"
                + "'model':'" + model + "','provider':'p'}";
    }

    static String run(String text) {
        return "{'session_id':'" + SESSION + "','text':'" + text + "','turns':1,'tool_calls':0,"
                + "'usage':{'input_tokens':1,'output_tokens':1,'total_tokens':2}}";
    }

    /** Writes down what a feed brings. */
    static final class Notes implements FeedSink {
        private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();

        @Override
        public void event(ReadEvent event) {
            notes.add(event.payload().path("delta").asText(event.type()));
        }

        @Override
        public void dropped(long count) {
            notes.add("dropped " + count);
        }

        @Override
        public void ended(boolean lost) {
            notes.add(lost ? "lost" : "ended");
        }

        String next() throws InterruptedException {
            String note = notes.poll(20, TimeUnit.SECONDS);
            if (note == null) {
                throw new AssertionError("nothing came");
            }
            return note;
        }

        boolean quiet() {
            return notes.isEmpty();
        }
    }
}
