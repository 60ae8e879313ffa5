package dev.meerkat.webhooks;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.TranscriptEntry;
import java.time.Duration;
import java.util.Optional;

/** Finds the trace to which an event belongs: that of an input which its turn took up, or gave up. */
final class NotificationTraces {
    /** An input further back is not looked for: telling does not depend on it. */
    private static final int ENTRIES = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Meerkat meerkat;

    NotificationTraces(Meerkat meerkat) {
        this.meerkat = meerkat;
    }

    Optional<TraceContext> of(Session session, SessionEvent.Logged event) throws InterruptedException {
        if (event instanceof SessionEvent.InputDeadLettered given
                && meerkat.capabilities().has(Capability.DEAD_LETTERS)) {
            for (DeadLetter letter : session.deadLetters(0, ENTRIES).deadLetters()) {
                if (given.inputs().contains(letter.input().id())) {
                    return of(session, letter.input());
                }
            }
            return Optional.empty();
        }
        return event instanceof SessionEvent.OfTurn ofTurn ? ofTurn(session, ofTurn) : Optional.empty();
    }

    private static Optional<TraceContext> ofTurn(Session session, SessionEvent.OfTurn event)
            throws InterruptedException {
        long entries = session.history(0, 1).messageCount();
        HistoryPage newest = session.history(Math.max(0, entries - ENTRIES), ENTRIES);
        for (TranscriptEntry entry : newest.entries()) {
            if (entry instanceof TranscriptEntry.Input input && input.turnId().equals(event.turnId())) {
                Optional<TraceContext> trace = of(session, input.input());
                if (trace.isPresent()) {
                    return trace;
                }
            }
        }
        return Optional.empty();
    }

    /** The log has the trace of an input; a transcript may not. */
    private static Optional<TraceContext> of(Session session, AdmittedInput input) throws InterruptedException {
        if (input.trace().isPresent() || input.position().sequence() < 1) {
            return input.trace();
        }
        try (EventStream log = session.events(new Cursor(input.position().sequence() - 1))) {
            return log.next(PATIENCE)
                    .filter(SessionEvent.InputAdmitted.class::isInstance)
                    .flatMap(admitted ->
                            ((SessionEvent.InputAdmitted) admitted).input().trace());
        }
    }
}
