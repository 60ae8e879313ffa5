package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session of a {@link MemoryStore}. All methods must be called under its monitor, which is never
 * held while waiting. What an idle session does not need is null.
 */
final class MemorySession {
    final NewSession created;
    /** Place in the order of creation, from 0. */
    final int number;

    private final int retained;
    private final Tail<SessionEvent> log = new Tail<>();
    private final Tail<TranscriptEntry> transcript = new Tail<>();
    private final Map<Track, Tail<Waiting>> tracks = new EnumMap<>(Track.class);
    private final Map<InputId, Waiting> inputs = new HashMap<>(2);
    private @Nullable Map<String, Waiting> keys;
    private @Nullable Map<String, String> contextKeys;
    private @Nullable Set<InputId> deadLetters;
    private @Nullable Map<EnvelopeId, Envelope> outbox;
    private SessionProgress progress = SessionProgress.START;
    private long version;
    private long waitingExternalBytes;
    private boolean archived;
    private SessionSpec spec;

    MemorySession(NewSession created, int number, int retained) {
        this.created = created;
        this.number = number;
        this.retained = retained;
        this.spec = created.spec();
        created.spec()
                .systemPrompt()
                .ifPresent(text -> transcript.add(new TranscriptEntry.SystemPrompt(created.at(), text)));
        record(cursor -> new SessionEvent.Lifecycle(cursor, created.at(), SessionEvent.Lifecycle.Phase.CREATED));
        admit(created.prompt());
    }

    boolean archived() {
        return archived;
    }

    SessionProgress progress() {
        return progress;
    }

    Cursor record(EventDraft draft) {
        Cursor cursor = new Cursor(log.last() + 1);
        log.add(draft.at(cursor));
        if (log.size() > retained) {
            log.dropTo(log.last() - retained);
        }
        return cursor;
    }

    /** What is there already under the input's id or key, or null. */
    @Nullable
    AppendResult known(NewInput input) {
        Waiting same = inputs.get(input.id());
        if (same != null) {
            return new AppendResult.Duplicate(input.id(), same.input().position());
        }
        if (keys != null
                && input.body() instanceof InputBody.External external
                && external.event().idempotencyKey().isPresent()) {
            Waiting first = keys.get(external.event().idempotencyKey().get());
            if (first != null) {
                ExternalEvent firstEvent = ((InputBody.External) first.input().body()).event();
                return firstEvent.sameContent(external.event())
                        ? new AppendResult.Duplicate(
                                first.input().id(), first.input().position())
                        : new AppendResult.Conflict(first.input().id());
            }
        }
        return null;
    }

    AppendResult.Appended admit(NewInput input) {
        Tail<Waiting> track = track(input.track());
        AdmittedInput admitted = new AdmittedInput(input.id(), new Cursor(log.last() + 1), input.at(), input.body());
        Waiting waiting = new Waiting(input.track(), track.last() + 1, admitted);
        track.add(waiting);
        inputs.put(input.id(), waiting);
        if (input.body() instanceof InputBody.External external) {
            waitingExternalBytes += external.event().sizeBytes();
            external.event().idempotencyKey().ifPresent(key -> keys().put(key, waiting));
        }
        record(cursor -> new SessionEvent.InputAdmitted(admitted));
        return new AppendResult.Appended(admitted, input.track(), waiting.number());
    }

    /** Records a response for a handle; its id is kept, so that a second delivery is known. */
    Cursor replied(NewInput input, PeerReply reply) {
        Cursor position = record(cursor -> new SessionEvent.ReplyReceived(cursor, reply));
        if (retained == Integer.MAX_VALUE) {
            AdmittedInput admitted = new AdmittedInput(input.id(), position, input.at(), input.body());
            inputs.put(input.id(), new Waiting(Track.PASSIVE, 0, admitted));
        }
        return position;
    }

    StepResult commit(StepCommit commit) {
        if (archived || commit.expectedVersion() != version) {
            return new StepResult.Stale(version);
        }
        ContextKey key = commit.contextKey();
        if (key != null) {
            String before = contextKeys().putIfAbsent(key.key(), key.digest());
            if (before != null) {
                return new StepResult.KeyTaken(before.equals(key.digest()));
            }
        }
        version++;
        progress = commit.progress();
        commit.transcript().forEach(transcript::add);
        if (transcript.size() > retained) {
            transcript.dropTo(transcript.last() - retained);
        }
        commit.events().forEach(this::record);
        for (Envelope envelope : commit.outbox()) {
            outbox().putIfAbsent(envelope.id(), envelope);
        }
        if (!commit.deadLetters().isEmpty()) {
            deadLetters().addAll(commit.deadLetters());
        }
        dropConsumed(progress.consumed());
        archived |= commit.archives();
        spec = commit.keepAlive() == null ? spec : spec.keepAlive(commit.keepAlive());
        return new StepResult.Committed(version, new Cursor(log.last()));
    }

    private void dropConsumed(Marks consumed) {
        for (Track track : Track.values()) {
            Tail<Waiting> waiting = tracks.get(track);
            if (waiting == null || waiting.dropped() >= consumed.get(track)) {
                continue;
            }
            for (long n = waiting.dropped() + 1; n <= consumed.get(track); n++) {
                forget(waiting.get(n));
            }
            waiting.dropTo(consumed.get(track));
        }
    }

    private void forget(Waiting consumed) {
        if (consumed.input().body() instanceof InputBody.External external) {
            waitingExternalBytes -= external.event().sizeBytes();
        } else if (retained != Integer.MAX_VALUE) {
            // A bounded store cannot know every id for ever; keys of events are kept all the same.
            inputs.remove(consumed.input().id());
        }
    }

    void settle(EnvelopeId envelope, @Nullable EventDraft failure) {
        if (outbox == null || outbox.remove(envelope) == null) {
            return;
        }
        if (outbox.isEmpty()) {
            outbox = null;
        }
        if (failure != null) {
            record(failure);
        }
    }

    StoredSession stored() {
        Marks admitted = Marks.ZERO;
        for (Track track : Track.values()) {
            Tail<Waiting> waiting = tracks.get(track);
            admitted = waiting == null ? admitted : admitted.with(track, waiting.last());
        }
        return new StoredSession(
                created.id(),
                spec,
                created.identitySeed(),
                created.at(),
                archived,
                version,
                progress,
                admitted,
                waitingExternalBytes,
                new Cursor(log.last()),
                transcript.last());
    }

    /** Whether a runtime that opens the store has something to do for this session. */
    boolean unfinished() {
        boolean wakes = waits(Track.PROMPT)
                || (spec.keepAlive() && (waits(Track.QUEUED) || waits(Track.STEERED) || waits(Track.EXTERNAL)));
        return !archived && (wakes || progress.turn() != null || outbox != null);
    }

    private boolean waits(Track track) {
        Tail<Waiting> waiting = tracks.get(track);
        return waiting != null && waiting.size() > 0;
    }

    List<Waiting> waiting(Track track, long after, int limit) {
        Tail<Waiting> waiting = tracks.get(track);
        return waiting == null ? List.of() : waiting.after(after, limit);
    }

    Optional<InputPlace> place(InputId id) {
        return Optional.ofNullable(inputs.get(id))
                .map(w -> new InputPlace(
                        w.track(), w.number(), w.input().position(), deadLetters != null && deadLetters.contains(id)));
    }

    List<SessionEvent> events(Cursor after, int limit) {
        if (after.sequence() >= log.dropped()) {
            return log.after(after.sequence(), limit);
        }
        List<SessionEvent> page = new ArrayList<>();
        page.add(new SessionEvent.Gap(new Cursor(log.dropped()), log.dropped() - after.sequence()));
        page.addAll(log.after(log.dropped(), limit - 1));
        return page;
    }

    List<TranscriptEntry> transcript(long offset, int limit) {
        return transcript.after(offset, limit);
    }

    List<Envelope> outboxEntries() {
        return outbox == null ? List.of() : List.copyOf(outbox.values());
    }

    private Tail<Waiting> track(Track track) {
        return tracks.computeIfAbsent(track, t -> new Tail<>());
    }

    private Map<String, Waiting> keys() {
        if (keys == null) {
            keys = new HashMap<>();
        }
        return keys;
    }

    private Map<String, String> contextKeys() {
        if (contextKeys == null) {
            contextKeys = new HashMap<>(2);
        }
        return contextKeys;
    }

    private Set<InputId> deadLetters() {
        if (deadLetters == null) {
            deadLetters = new HashSet<>();
        }
        return deadLetters;
    }

    private Map<EnvelopeId, Envelope> outbox() {
        if (outbox == null) {
            outbox = new LinkedHashMap<>();
        }
        return outbox;
    }
}
