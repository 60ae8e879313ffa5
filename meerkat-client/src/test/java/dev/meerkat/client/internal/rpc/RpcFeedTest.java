package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.ServerCalls;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcFeedTest {
    private final Rpc.Notes notes = new Rpc.Notes();

    private static boolean opens(JsonNode message) {
        return message.path("method").asText().equals("session/stream_open");
    }

    private static void open(JsonNode message, ScriptedServer.Peer peer, String stream) throws IOException {
        peer.answer(message, "{'stream_id':'" + stream + "','session_id':'" + Rpc.SESSION + "','opened':true}");
    }

    @Test
    void eventsComeInOrderUntilTheSessionEnds() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    open(message, peer, "s1");
                    peer.event("s1", 1, "a");
                    peer.event("s1", 2, "b");
                    peer.event("s1", 2, "b again");
                    peer.end("s1", "remote_end");
                    peer.event("s1", 3, "too late");
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);

            assertThat(notes.next()).isEqualTo("a");
            assertThat(notes.next()).isEqualTo("b");
            assertThat(notes.next()).isEqualTo("ended");
            feed.close();
            assertThat(notes.quiet()).isTrue();
        }
    }

    @Test
    void eventsBeforeTheAnswerThatNamesTheirStreamAreKept() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    peer.event("other", 1, "not mine");
                    peer.event("s1", 1, "a");
                    open(message, peer, "s1");
                    peer.event("s1", 2, "b");
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);

            assertThat(notes.next()).isEqualTo("a");
            assertThat(notes.next()).isEqualTo("b");
            feed.close();
        }
    }

    @Test
    void eventsThatArriveAfterTheTurnsAnswerAreKept() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (opens(message)) {
                        open(message, peer, "s1");
                    } else {
                        peer.event("s1", 1, "before");
                        peer.answer(message, Rpc.run("done"));
                        peer.event("s1", 2, "after");
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);
            assertThat(calls.turn(Rpc.SESSION, "go").outcome()).succeedsWithin(60, TimeUnit.SECONDS);

            assertThat(notes.next()).isEqualTo("before");
            assertThat(notes.next()).isEqualTo("after");
            feed.close();
        }
    }

    @Test
    void streamsAreUsedBecauseSessionEventsGoToTheNewestConnection() throws Exception {
        AtomicReference<ScriptedServer.Peer> newest = new AtomicReference<>();
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (opens(message)) {
                        open(message, peer, "s" + peer.number());
                    } else if (message.path("method").asText().equals("session/read")) {
                        newest.set(peer);
                        peer.answer(message, Rpc.row("m"));
                    } else {
                        // Whoever connected last gets the copy; the stream stays with who has opened it.
                        newest.get()
                                .send("{'jsonrpc':'2.0','method':'session/event','params':{'session_id':'" + Rpc.SESSION
                                        + "','event':" + Rpc.envelope(1, "copy") + "}}");
                        peer.event("s" + peer.number(), 1, "streamed");
                        peer.answer(message, Rpc.run("done"));
                    }
                });
                ServerCalls older = Rpc.connect(server);
                ServerCalls newer = Rpc.connect(server)) {
            Rpc.Notes newerNotes = new Rpc.Notes();
            LiveFeed olderFeed = older.feed(Rpc.SESSION, notes);
            LiveFeed newerFeed = newer.feed(Rpc.SESSION, newerNotes);
            assertThat(newer.read(Rpc.SESSION).model()).contains("m");

            assertThat(older.turn(Rpc.SESSION, "go").outcome()).succeedsWithin(60, TimeUnit.SECONDS);
            assertThat(notes.next()).isEqualTo("streamed");
            assertThat(server.await("turn/start").at("/params/session_events").asBoolean(true))
                    .isFalse();
            // Another answer on that connection: what came before it was read.
            assertThat(newer.read(Rpc.SESSION).model()).contains("m");
            assertThat(newerNotes.quiet()).isTrue();
            olderFeed.close();
            newerFeed.close();
        }
    }

    @Test
    void whatTheServerLeftOutIsReported() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    open(message, peer, "s1");
                    peer.event("s1", 1, "a");
                    peer.event("s1", 5, "b");
                    peer.send("{'jsonrpc':'2.0','method':'session/stream_event','params':{'stream_id':'s1',"
                            + "'sequence':6,'event':17}}");
                    peer.end("s1", "terminal_error");
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);

            assertThat(notes.next()).isEqualTo("a");
            assertThat(notes.next()).isEqualTo("dropped 3");
            assertThat(notes.next()).isEqualTo("b");
            assertThat(notes.next()).isEqualTo("dropped 1");
            assertThat(notes.next()).isEqualTo("lost");
            feed.close();
        }
    }

    @Test
    void aLossThatTheServerReportsItselfIsReportedOnce() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    open(message, peer, "s1");
                    peer.send("{'jsonrpc':'2.0','method':'session/stream_event','params':{'stream_id':'s1',"
                            + "'sequence':8,'event':"
                            + Rpc.envelope(0, "x")
                                    .replace(
                                            "'type':'text_delta'",
                                            "'type':'stream_truncated','reason':{'kind':'stream_lagged','dropped':7}")
                                    .replace(",'delta':'x'", "")
                            + "}}");
                    peer.event("s1", 9, "b");
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);

            assertThat(notes.next()).isEqualTo("stream_truncated");
            assertThat(notes.next()).isEqualTo("b");
            feed.close();
        }
    }

    @Test
    void aClosedFeedHearsNothingAndIsClosedAtTheServer() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (opens(message)) {
                        open(message, peer, "s1");
                    } else if (message.path("method").asText().equals("session/stream_close")) {
                        peer.event("s1", 1, "crossed the close");
                        peer.end("s1", "explicit_close");
                        peer.answer(message, "{'closed':true}");
                    } else {
                        peer.answer(message, Rpc.row("m"));
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            LiveFeed feed = calls.feed(Rpc.SESSION, notes);
            feed.close();
            feed.close();

            assertThat(server.await("session/stream_close")
                            .at("/params/stream_id")
                            .asText())
                    .isEqualTo("s1");
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");
            assertThat(notes.quiet()).isTrue();
        }
    }

    @Test
    void aStreamThatOpensAfterItsCallerWentAwayIsClosedAtTheServer() throws Exception {
        AtomicReference<JsonNode> asked = new AtomicReference<>();
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    if (opens(message)) {
                        asked.set(message);
                    } else if (message.path("method").asText().equals("session/read")) {
                        open(asked.get(), peer, "s1");
                        peer.answer(message, Rpc.row("m"));
                    }
                });
                ServerCalls calls = Rpc.connect(server)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = new Thread(() -> thrown.set(catchThrowable(() -> calls.feed(Rpc.SESSION, notes))));
            caller.start();
            assertThat(server.await("session/stream_open").has("id")).isTrue();
            caller.interrupt();
            caller.join(20_000);
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(calls.read(Rpc.SESSION).model()).contains("m");

            assertThat(server.await("session/stream_close")
                            .at("/params/stream_id")
                            .asText())
                    .isEqualTo("s1");
            assertThat(notes.quiet()).isTrue();
        }
    }

    @Test
    void aLostConnectionEndsEachFeed() throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer((message, peer) -> open(message, peer, "s" + message.get("id")));
                ServerCalls calls = Rpc.connect(server)) {
            Rpc.Notes others = new Rpc.Notes();
            LiveFeed first = calls.feed(Rpc.SESSION, notes);
            LiveFeed second = calls.feed(Rpc.SESSION, others);
            server.dropAll();

            assertThat(notes.next()).isEqualTo("lost");
            assertThat(others.next()).isEqualTo("lost");
            first.close();
            second.close();
        }
    }

    @Test
    void refusedAndUnnamedStreamsAreTypedErrorsAndTakeNoRoom() throws Exception {
        RpcSetup setup =
                Rpc.setup(Rpc.PATIENT).withLimits(ClientLimits.defaults().withStreams(1));
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {
                    switch (message.get("id").asInt()) {
                        case 3 -> peer.refuse(message, -32001, "Session not found: x");
                        case 4 -> peer.answer(message, "{'opened':true}");
                        default -> open(message, peer, "s1");
                    }
                });
                ServerCalls calls = Rpc.connect(server, setup)) {
            assertThatThrownBy(() -> calls.feed(Rpc.SESSION, notes)).isInstanceOf(SessionNotFoundException.class);
            assertThatThrownBy(() -> calls.feed(Rpc.SESSION, notes))
                    .isInstanceOfSatisfying(
                            FailedException.class, e -> assertThat(e.code()).isEqualTo("invalid_answer"));
            LiveFeed open = calls.feed(Rpc.SESSION, notes);
            assertThatThrownBy(() -> calls.feed(Rpc.SESSION, notes))
                    .isInstanceOfSatisfying(
                            NotDoneException.class, e -> assertThat(e.code()).isEqualTo("client_busy"));
            open.close();
            LiveFeed next = calls.feed(Rpc.SESSION, notes);
            next.close();
        }
    }
}
