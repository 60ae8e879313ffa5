package dev.meerkat.testkit.contract;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** Reads what sessions have done, in forms that are easy to compare. */
final class Seen {
    /** The guard against hanging; no test that passes waits this long. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Answers with the texts of what it was given, so that answers tell what turns took up. */
    static final Agent ECHO = turn -> String.join(" ", texts(turn.inputs()));

    private Seen() {}

    /** One word or text that tells an input from others. */
    static String text(AdmittedInput input) {
        return input.body()
                .match(
                        prompt -> prompt.text(),
                        local -> local.command().body(),
                        external -> external.event().eventType(),
                        peer -> peer.matchPeer(
                                message -> message.command().body(),
                                lifecycle -> lifecycle.command().lifecycleKind().value(),
                                request -> request.command().intent(),
                                response -> response.command().status().name()));
    }

    static List<String> texts(List<AdmittedInput> inputs) {
        return inputs.stream().map(Seen::text).toList();
    }

    /** The event log as it is now. */
    static List<SessionEvent> log(Session session) throws InterruptedException {
        return log(session, Cursor.START);
    }

    /** The event log as it is now, after a cursor. */
    static List<SessionEvent> log(Session session, Cursor after) throws InterruptedException {
        Cursor last = session.snapshot().lastCursor().orElse(Cursor.START);
        List<SessionEvent> log = new ArrayList<>();
        try (EventStream stream = session.events(after)) {
            while (stream.position().compareTo(last) < 0) {
                SessionEvent event = stream.next(PATIENCE)
                        .orElseThrow(() -> new AssertionError("the log ends before " + last + ": " + log));
                if (!(event instanceof SessionEvent.Live)) {
                    log.add(event);
                }
            }
        }
        return log;
    }

    /** The events of a type in the log as it is now. */
    static <E extends SessionEvent> List<E> log(Session session, Class<E> type) throws InterruptedException {
        return log(session).stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The whole transcript as it is now. */
    static List<TranscriptEntry> transcript(Session session) throws InterruptedException {
        return session.history(0, Limits.PAGE_ROWS).entries();
    }

    /** What the turns of a session have handled so far, turn by turn, the first one left out. */
    static List<List<String>> turns(Session session) throws InterruptedException {
        Map<Object, List<String>> turns = new LinkedHashMap<>();
        for (TranscriptEntry entry : transcript(session)) {
            if (entry instanceof TranscriptEntry.Input input) {
                turns.computeIfAbsent(input.turnId(), turn -> new ArrayList<>()).add(text(input.input()));
            }
        }
        return turns.values().stream().skip(1).toList();
    }

    /** What a session has handled so far, the first prompt too. */
    static List<String> inputs(Session session) throws InterruptedException {
        return transcript(session).stream()
                .filter(TranscriptEntry.Input.class::isInstance)
                .map(entry -> text(((TranscriptEntry.Input) entry).input()))
                .toList();
    }

    /** How often a text was handled so far. */
    static long times(Session session, String text) throws InterruptedException {
        return inputs(session).stream().filter(text::equals).count();
    }

    /** Everything that a refused call must leave as it was; with the log, if there is one. */
    static Trace trace(Session session, boolean logged) throws InterruptedException {
        SessionSnapshot now = session.snapshot();
        boolean hasPeers = now.commsName().isPresent() && now.state() != SessionSnapshot.State.ARCHIVED;
        return new Trace(
                logged ? log(session) : List.of(),
                transcript(session),
                now.waitingComms(),
                now.waitingExternal(),
                hasPeers ? session.peers() : List.of());
    }

    /** The state of a session that others can see. */
    record Trace(
            List<SessionEvent> log,
            List<TranscriptEntry> transcript,
            OptionalLong waitingComms,
            OptionalLong waitingExternal,
            List<Peer> peers) {
        Trace {
            Objects.requireNonNull(log);
        }
    }
}
