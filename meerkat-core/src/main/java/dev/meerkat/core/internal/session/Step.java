package dev.meerkat.core.internal.session;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a step has gathered so far, to be committed as one. Confined to the loop's thread. */
public final class Step {
    public final List<TranscriptEntry> transcript = new ArrayList<>();
    final List<SessionEvent> events = new ArrayList<>();
    public final List<Envelope> outbox = new ArrayList<>();
    public final List<FailedInput> failed = new ArrayList<>();
    /** Bytes of the external events that the step consumes. */
    public long consumedBytes;

    StepCommit.Change change = StepCommit.Change.NONE;
    /** Whether the session is parked no longer. */
    boolean unparks;

    Optional<ContextKey> contextKey = Optional.empty();

    /** A step that consumes these inputs, and does no more yet. */
    public static Step consuming(TurnId turn, List<Waiting> inputs, Instant now) {
        return consuming(turn, inputs, ids(inputs), now);
    }

    /** The same with the ids of these inputs, which are kept with the step. */
    public static Step consuming(TurnId turn, List<Waiting> inputs, List<InputId> ids, Instant now) {
        Step step = new Step();
        if (inputs.isEmpty()) {
            return step;
        }
        step.event(new SessionEvent.InputConsumed(Cursor.START, now, turn, ids));
        for (Waiting waiting : inputs) {
            AdmittedInput input = waiting.input();
            if (input.body() instanceof InputBody.Prompt prompt) {
                prompt.instructions().forEach(text -> step.transcript.add(new TranscriptEntry.SystemPrompt(now, text)));
            }
            step.transcript.add(new TranscriptEntry.Input(now, turn, input));
            if (input.body() instanceof InputBody.External external) {
                step.consumedBytes += external.event().sizeBytes();
            }
        }
        return step;
    }

    public static List<InputId> ids(List<Waiting> inputs) {
        if (inputs.size() == 1) {
            return List.of(inputs.get(0).input().id());
        }
        return inputs.stream().map(w -> w.input().id()).toList();
    }

    /** Adds an event; the store gives it its cursor. */
    public Step event(SessionEvent event) {
        events.add(event);
        return this;
    }

    public boolean isEmpty() {
        return transcript.isEmpty() && events.isEmpty() && outbox.isEmpty();
    }

    /** The step as the store takes it. */
    StepCommit commit(SessionId session, long version, SessionProgress progress) {
        StepCommit.Added added = new StepCommit.Added(transcript, events, outbox, failed);
        return new StepCommit(session, version, progress, added, change, contextKey);
    }
}
