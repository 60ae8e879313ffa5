package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of our own client at our own server whose connections break. */
@Timeout(120)
class ReplayTest {
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_TURNS = 20;

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> {
                turn.emit("o");
                return "ok";
            })
            .open();
    private RunningServer server;

    @BeforeEach
    void serve() throws IOException {
        server = MeerkatServer.of(runtime).rest(HOST, 0).tcp(HOST, 0).start();
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        runtime.close();
    }

    private Relay relay(Access access) throws IOException {
        return new Relay(server.addresses().get(access.isRest() ? 0 : 1).getPort());
    }

    private static RemoteMeerkat client(Access access, Relay relay) throws InterruptedException {
        return access.isRest()
                ? MeerkatClient.rest(URI.create("http://" + HOST + ":" + relay.port()))
                        .open()
                : MeerkatClient.tcp(HOST, relay.port()).open();
    }

    /** Reads up to and with the end of the next turns. */
    private static List<SessionEvent> turns(EventStream stream, int turns) throws InterruptedException {
        List<SessionEvent> read = new ArrayList<>();
        for (int ended = 0; ended < turns; ) {
            SessionEvent event =
                    stream.next(PATIENCE).orElseThrow(() -> new AssertionError("nothing comes after " + read));
            read.add(event);
            ended += event instanceof SessionEvent.TurnCompleted ? 1 : 0;
        }
        return read;
    }

    private static List<SessionEvent> logged(List<SessionEvent> events) {
        return events.stream()
                .filter(event -> !(event instanceof SessionEvent.Live))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"REST", "TCP"})
    void aStreamGoesOnWithoutAGapWhenItsConnectionsBreak(Access access) throws Exception {
        try (Relay relay = relay(access);
                RemoteMeerkat client = client(access, relay)) {
            Session remote = client.create(SessionSpec.ofPrompt("one"));
            Session local = runtime.open(remote.id());
            List<SessionEvent> read = new ArrayList<>();
            try (EventStream stream = remote.events(Cursor.START)) {
                read.addAll(turns(stream, 1));
                for (String prompt : List.of("two", "three")) {
                    relay.breakAll();
                    assertThat(local.startTurn(prompt).await(PATIENCE)).isPresent();
                    read.addAll(turns(stream, 1));
                }
            }

            assertThat(read).noneMatch(SessionEvent.Gap.class::isInstance);
            try (EventStream again = remote.events(Cursor.START)) {
                assertThat(logged(read)).isEqualTo(turns(again, 3));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REST", "TCP"})
    void aStreamBeginsBehindAnyEvent(Access access) throws Exception {
        try (Relay relay = relay(access);
                RemoteMeerkat client = client(access, relay)) {
            Session session = client.create(SessionSpec.ofPrompt("one"));
            List<SessionEvent> all;
            try (EventStream stream = session.events(Cursor.START)) {
                all = turns(stream, 1);
            }
            for (int i = 0; i < all.size() - 1; i++) {
                try (EventStream rest = session.events(all.get(i).cursor())) {
                    assertThat(turns(rest, 1)).isEqualTo(all.subList(i + 1, all.size()));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REST", "TCP"})
    void anAnswerIsSeenAsItGrows(Access access) throws Exception {
        try (Relay relay = relay(access);
                RemoteMeerkat client = client(access, relay)) {
            Session session = client.create(SessionSpec.ofPrompt("one"));
            try (EventStream stream =
                    session.events(session.snapshot().lastCursor().orElseThrow())) {
                List<SessionEvent> deltas = List.of();
                // A stream that has just been opened may still read the log, which has no parts of answers.
                for (int i = 0; i < MOST_TURNS && deltas.isEmpty(); i++) {
                    session.startTurn("two");
                    List<SessionEvent> read = turns(stream, 1);
                    assertThat(read.get(read.size() - 2)).isNotInstanceOf(SessionEvent.TextDelta.class);
                    deltas = read.stream()
                            .filter(SessionEvent.TextDelta.class::isInstance)
                            .toList();
                }
                assertThat(deltas)
                        .singleElement()
                        .satisfies(event -> assertThat(((SessionEvent.TextDelta) event).delta())
                                .isEqualTo("o"));
            }
        }
    }
}
