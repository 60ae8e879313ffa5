package dev.meerkat.core.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.EventDraft;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a step has gathered so far, to be committed as one. Confined to the loop's thread. */
final class Step {
    final List<TranscriptEntry> transcript = new ArrayList<>();
    final List<EventDraft> events = new ArrayList<>();
    final List<Envelope> outbox = new ArrayList<>();
    final List<InputId> deadLetters = new ArrayList<>();
    /** Bytes of the external events that the step consumes. */
    long consumedBytes;

    boolean archives;

    @Nullable
    ContextKey contextKey;

    @Nullable
    Boolean keepAlive;

    Step event(Function<Cursor, SessionEvent> event) {
        events.add(event::apply);
        return this;
    }

    boolean isEmpty() {
        return transcript.isEmpty() && events.isEmpty() && outbox.isEmpty();
    }

    /** The step as the store takes it. */
    StepCommit commit(SessionId session, long version, SessionProgress progress) {
        return new StepCommit(
                session, version, progress, transcript, events, outbox, deadLetters, archives, contextKey, keepAlive);
    }
}
