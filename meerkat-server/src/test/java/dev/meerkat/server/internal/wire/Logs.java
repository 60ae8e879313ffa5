package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.testkit.Gate;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A runtime in memory whose sessions live through all that there is, and what the wire makes of their logs. */
public final class Logs implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public final Meerkat meerkat;
    private final Gate held = Gate.named("held");
    private final Gate heldToo = Gate.named("held too");

    public Logs() {
        meerkat = MeerkatRuntime.of(this::answer)
                .retry(RetryPolicy.inPlace(2, Duration.ofMillis(1), Duration.ofMillis(1)))
                .open();
    }

    private String answer(TurnContext turn) throws Exception {
        List<String> texts = turn.inputs().stream().map(Logs::text).toList();
        if (texts.contains("poison")) {
            throw new IOException("asked to fail");
        }
        if (texts.contains("once more") && turn.attempt() == 1) {
            throw new IOException("asked to fail once");
        }
        if (texts.contains("tool")) {
            turn.emit("par");
            turn.tool("clock", Json.parse("{\"zone\":\"utc\"}"), key -> Json.of("12:00"));
            turn.comms().send(CommsCommand.PeerMessage.to("agent-b", "It is noon."));
            return "done";
        }
        if (texts.contains("hold")) {
            held.pass();
            turn.safePoint();
            return "held done";
        }
        if (texts.contains("interrupted")) {
            turn.emit("half an ");
            heldToo.pass();
        }
        return "ok";
    }

    private static String text(AdmittedInput input) {
        if (input.body() instanceof InputBody.Prompt prompt) {
            return prompt.text();
        }
        if (input.body() instanceof InputBody.Local local) {
            return local.command().body();
        }
        return input.body() instanceof InputBody.PeerMessage message
                ? message.command().body()
                : "";
    }

    /** A keep-alive session whose first turn has ended. */
    public Session named(String name) throws InterruptedException {
        Session session =
                meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name));
        ended(session.initialTurn().orElseThrow());
        return session;
    }

    public static TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow();
    }

    /** A session in whose life all has happened; it is archived. */
    public Session busyLife() throws Exception {
        Session a = named("agent-a");
        Session b = named("agent-b");
        ended(a.startTurn("tool"));
        a.send(CommsCommand.Input.of("local"));
        completedAfter(
                a,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && text(admitted.input()).equals("local"));
        a.sendExternalEvent(ExternalEvent.genericJson("deploy", Json.parse("{\"env\":\"prod\"}")));
        completedAfter(
                a,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.External);
        peers(a, b);
        steered(a);
        ended(a.startTurn("once more"));
        ended(a.startTurn("poison"));
        Turn stopped = a.startTurn("interrupted");
        heldToo.awaitReached(PATIENCE);
        a.interrupt();
        ended(stopped);
        ended(a.startTurn("last"));
        a.archive();
        return a;
    }

    private void peers(Session a, Session b) throws InterruptedException {
        b.send(CommsCommand.PeerMessage.to("agent-a", "Build failed in CI."));
        b.send(new CommsCommand.PeerLifecycle(
                PeerRef.named("agent-a"), LifecycleKind.PEER_ADDED, Json.parse("{\"peer\":\"x\"}")));
        var asked = b.send(CommsCommand.PeerRequest.to("agent-a", "sum", Json.parse("{\"of\":[1,2]}")));
        a.send(CommsCommand.PeerResponse.completed(PeerRef.named("agent-b"), asked.requestId(), Json.parse("3")));
        var asks = a.send(CommsCommand.PeerRequest.to("agent-b", "name", Json.NULL));
        b.send(CommsCommand.PeerResponse.completed(PeerRef.named("agent-a"), asks.requestId(), Json.of("b")));
        completedAfter(
                a,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.PeerResponse);
        Reply reply = a.request(CommsCommand.PeerRequest.to("agent-b", "age", Json.NULL));
        b.send(CommsCommand.PeerResponse.completed(PeerRef.named("agent-a"), reply.requestId(), Json.parse("7")));
        assertThat(reply.await(PATIENCE)).isPresent();
    }

    private void steered(Session a) throws InterruptedException {
        Turn turn = a.startTurn("hold");
        held.awaitReached(PATIENCE);
        a.send(CommsCommand.Input.of("steered").withHandlingMode(HandlingMode.STEER));
        held.open();
        ended(turn);
    }

    /** Waits until an input of the session was given up. */
    public void awaitDeadLetter(Session session) throws InterruptedException {
        await(session, SessionEvent.InputDeadLettered.class::isInstance);
    }

    /** Waits until a turn has handled an input. */
    public void awaitConsumed(Session session, InputId input) throws InterruptedException {
        await(
                session,
                event -> event instanceof SessionEvent.InputConsumed consumed
                        && consumed.inputs().contains(input));
    }

    private static void await(Session session, Predicate<SessionEvent> wanted) throws InterruptedException {
        try (EventStream events = session.events(Cursor.START)) {
            Optional<SessionEvent> event;
            do {
                event = events.next(PATIENCE);
            } while (event.isPresent() && !wanted.test(event.get()));
            assertThat(event).isPresent();
        }
    }

    /** Waits until a turn that took up {@code hold} waits for the test. */
    public void awaitHeld() throws InterruptedException {
        held.awaitReached(PATIENCE);
    }

    /** Lets it go on. */
    public void openHeld() {
        held.open();
    }

    /** Waits until a turn is completed after an event. */
    public static void completedAfter(Session session, Predicate<SessionEvent> first) throws InterruptedException {
        try (EventStream stream = session.events(Cursor.START)) {
            boolean met = false;
            while (true) {
                SessionEvent event = stream.next(PATIENCE).orElseThrow();
                met |= first.test(event);
                if (met && event instanceof SessionEvent.TurnCompleted) {
                    return;
                }
            }
        }
    }

    /** All logged events of ours, as they are now. */
    public static List<SessionEvent> log(Session session) throws InterruptedException {
        Cursor last = session.snapshot().lastCursor().orElseThrow();
        List<SessionEvent> log = new ArrayList<>();
        try (EventStream stream = session.events(Cursor.START)) {
            while (stream.position().compareTo(last) < 0) {
                Optional<SessionEvent> next = stream.next(PATIENCE);
                next.filter(event -> !(event instanceof SessionEvent.Live)).ifPresent(log::add);
            }
        }
        return log;
    }

    /** What the wire makes of the log after a cursor, with what it holds beside its numbered events. */
    public static List<WireEvent> wire(Session session, ContractLine line, Cursor after) throws InterruptedException {
        EventWriter writer = EventWriter.after(after, line, session, new Inputs(), InstantSource.system());
        List<WireEvent> written = new ArrayList<>();
        for (SessionEvent event : log(session)) {
            if (event.cursor().compareTo(after) > 0) {
                written.addAll(writer.write(event));
            }
        }
        return written;
    }

    public static List<WireEvent> logged(List<WireEvent> events) {
        return events.stream().filter(WireEvent::logged).toList();
    }

    public static JsonNode payload(WireEvent event) {
        return event.envelope().path("payload");
    }

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As a client reads it. */
    public static JsonNode read(JsonNode written) {
        try {
            return MAPPER.readTree(written.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        held.open();
        heldToo.open();
        meerkat.close();
    }
}
