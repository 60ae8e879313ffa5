package dev.meerkat.core.internal.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import dev.meerkat.core.store.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One session of a {@link MemoryStore}. All methods must be called under its monitor, which is never
 * held while waiting. What an idle session does not need is null.
 */
public final class MemorySession {
    public final SessionId id;
    private final byte[] identitySeed;
    private final Instant at;
    private final int retained;
    /** Each event gets its position when it is read: that is its number here. */
    private final Tail<SessionEvent> log;

    private final Tail<TranscriptEntry> transcript;
    /** Only those in which something waits: of the others, all is consumed. */
    private Map<Track, Tail<Waiting>> tracks = Map.of();

    private Map<InputId, Waiting> inputs = Map.of();
    private Map<String, Waiting> keys = Map.of();
    /** Responses that went to handles, with the places of their events; not in a bounded store. */
    private Map<InputId, Cursor> replies = Map.of();

    private Map<String, String> contextKeys = Map.of();
    private Map<InputId, FailedInput> failed = Map.of();
    /** What took more than one attempt; not in a bounded store. */
    private Map<InputId, FailedInput> handled = Map.of();

    private @Nullable Map<EnvelopeId, Outgoing> outbox;
    /** Number of the newest envelope that was ever there. */
    private long sent;

    private SessionProgress progress = SessionProgress.START;
    private long version;
    private long waitingExternalBytes;
    private boolean archived;
    private SessionSpec spec;

    /** Those before and after it in the order of creation, and whether it is deleted; guarded by the {@link Creations}. */
    @Nullable
    MemorySession previous;

    @Nullable
    MemorySession next;

    boolean gone;

    public MemorySession(NewSession created, int retained) {
        this.id = created.id();
        this.identitySeed = created.identitySeed();
        this.at = created.at();
        this.retained = retained;
        this.spec = created.spec();
        this.log = new Tail<>(0);
        this.transcript = new Tail<>(0);
        created.spec()
                .systemPrompt()
                .ifPresent(text -> transcript.add(new TranscriptEntry.SystemPrompt(created.at(), text)));
        record(new SessionEvent.Lifecycle(Cursor.START, created.at(), SessionEvent.Lifecycle.Phase.CREATED));
        created.prompt().ifPresent(this::admit);
    }

    /** Makes one of what another store had of it. */
    public MemorySession(SessionPart.Head head, List<SessionPart> parts) {
        this.id = head.id();
        this.identitySeed = head.identitySeed();
        this.at = head.createdAt();
        this.retained = Integer.MAX_VALUE;
        this.spec = head.spec();
        this.progress = head.standing().progress();
        this.version = head.standing().version();
        this.archived = head.standing().archived();
        long begin = head.cut().events().sequence();
        this.log = new Tail<>(begin);
        this.transcript = new Tail<>(head.cut().entries());
        List<SessionEvent> events = new ArrayList<>();
        for (SessionPart part : parts) {
            if (part instanceof SessionPart.Input input) {
                restore(input);
                if (input.input().position().sequence() > begin) {
                    events.add(new SessionEvent.InputAdmitted(input.input()));
                }
            } else if (part instanceof SessionPart.Event event) {
                events.add(event.event());
            } else {
                restore(part);
            }
        }
        events.sort(Comparator.comparing(SessionEvent::cursor));
        events.forEach(log::add);
    }

    private void restore(SessionPart.Input part) {
        AdmittedInput input = part.input();
        Waiting place = new Waiting(part.track(), part.number(), input);
        inputs = Few.with(inputs, input.id(), place);
        boolean waits = part.number() > progress.consumed().get(part.track());
        if (waits) {
            track(part.track()).add(place);
        }
        if (input.body() instanceof InputBody.External external) {
            waitingExternalBytes += waits ? external.event().sizeBytes() : 0;
            external.event().idempotencyKey().ifPresent(key -> keys = Few.with(keys, key, place));
        }
        part.failed().ifPresent(this::put);
    }

    private void restore(SessionPart part) {
        if (part instanceof SessionPart.Entry entry) {
            transcript.add(entry.entry());
        } else if (part instanceof SessionPart.Key key) {
            contextKeys = Few.with(contextKeys, key.key().key(), key.key().digest());
        } else if (part instanceof SessionPart.ReplyId reply) {
            replies = Few.with(replies, reply.id(), reply.position());
        } else if (part instanceof SessionPart.Unsent unsent) {
            outbox().put(unsent.envelope().id(), new Outgoing(++sent, unsent.envelope()));
        }
    }

    /** What there is of it, but for its requests, its outbox and its schedules. */
    public List<SessionPart> parts() {
        StoredSession stored = stored();
        List<SessionPart> parts = new ArrayList<>();
        parts.add(new SessionPart.Head(
                id, spec, identitySeed, at, stored.standing(), stored.inbox().admitted(), stored.log(), cut()));
        inputs.values().stream()
                .sorted(Comparator.comparing(Waiting::track).thenComparingLong(Waiting::number))
                .map(place -> new SessionPart.Input(
                        place.track(),
                        place.number(),
                        place.input(),
                        fate(place.input().id())))
                .forEach(parts::add);
        numbered(log.dropped(), Integer.MAX_VALUE).stream()
                .filter(event -> !(event instanceof SessionEvent.InputAdmitted))
                .map(SessionPart.Event::new)
                .forEach(parts::add);
        transcript.after(0, Integer.MAX_VALUE).stream()
                .map(SessionPart.Entry::new)
                .forEach(parts::add);
        contextKeys.entrySet().stream()
                .map(key -> new ContextKey(key.getKey(), key.getValue()))
                .sorted(Comparator.comparing(key -> key.key().getBytes(UTF_8), Arrays::compareUnsigned))
                .map(SessionPart.Key::new)
                .forEach(parts::add);
        replies.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(reply -> new SessionPart.ReplyId(reply.getKey(), reply.getValue()))
                .forEach(parts::add);
        return parts;
    }

    private Optional<FailedInput> fate(InputId input) {
        FailedInput fault = failed.get(input);
        return Optional.ofNullable(fault == null ? handled.get(input) : fault);
    }

    public SessionSpec spec() {
        return spec;
    }

    public boolean archived() {
        return archived;
    }

    SessionProgress progress() {
        return progress;
    }

    public Cursor record(SessionEvent event) {
        log.add(event);
        if (log.size() > retained) {
            log.dropTo(log.last() - retained);
        }
        return new Cursor(log.last());
    }

    /** What is there already under the input's id or key, or null. */
    @Nullable
    public AppendResult known(NewInput input) {
        Waiting same = inputs.get(input.id());
        if (same != null) {
            return new AppendResult.Duplicate(input.id(), same.input().position());
        }
        Cursor reply = replies.get(input.id());
        if (reply != null) {
            return new AppendResult.Duplicate(input.id(), reply);
        }
        String key = InboxRules.key(input.body());
        Waiting first = key == null ? null : keys.get(key);
        if (first == null) {
            return null;
        }
        AdmittedInput found = first.input();
        AppendResult result = InboxRules.sameKey(
                new InboxRules.AdmittedKey(found.id(), found.position(), (InputBody.External) found.body()),
                input.body());
        return result instanceof AppendResult.Duplicate && redrive(found.id(), input.at())
                ? new AppendResult.Duplicate(found.id(), found.position(), true)
                : result;
    }

    public AppendResult.Appended admit(NewInput input) {
        Tail<Waiting> track = track(input.track());
        AdmittedInput admitted = input.admitted(new Cursor(log.last() + 1));
        Waiting waiting = new Waiting(input.track(), track.last() + 1, admitted);
        track.add(waiting);
        inputs = Few.with(inputs, input.id(), waiting);
        if (input.body() instanceof InputBody.External external) {
            waitingExternalBytes += external.event().sizeBytes();
            external.event().idempotencyKey().ifPresent(key -> keys = Few.with(keys, key, waiting));
        }
        record(new SessionEvent.InputAdmitted(admitted));
        return new AppendResult.Appended(admitted, input.track(), waiting.number());
    }

    private Tail<Waiting> track(Track of) {
        Tail<Waiting> track = tracks.get(of);
        if (track == null) {
            track = new Tail<>(progress.consumed().get(of));
            tracks = Few.with(tracks, of, track);
        }
        return track;
    }

    /** Records a response for a handle; its id is kept, so that a second delivery is known. */
    public Cursor replied(NewInput input, PeerReply reply) {
        Cursor position = record(new SessionEvent.ReplyReceived(Cursor.START, reply));
        if (retained == Integer.MAX_VALUE) {
            replies = Few.with(replies, input.id(), position);
        }
        return position;
    }

    public StepResult commit(StepCommit commit) {
        if (archived || commit.expectedVersion() != version) {
            return new StepResult.Stale(version);
        }
        ContextKey key = commit.contextKey().orElse(null);
        if (key != null) {
            String before = contextKeys.get(key.key());
            if (before != null) {
                return new StepResult.KeyTaken(before.equals(key.digest()));
            }
            contextKeys = Few.with(contextKeys, key.key(), key.digest());
        }
        version++;
        progress = commit.progress();
        commit.added().transcript().forEach(transcript::add);
        if (transcript.size() > retained) {
            transcript.dropTo(transcript.last() - retained);
        }
        commit.added().events().forEach(this::record);
        for (Envelope envelope : commit.added().outbox()) {
            if (!outbox().containsKey(envelope.id())) {
                outbox().put(envelope.id(), new Outgoing(++sent, envelope));
            }
        }
        commit.added().failed().forEach(this::put);
        dropConsumed(progress.consumed());
        archived |= commit.archives();
        boolean keepAlive = commit.change().keepAlive(spec.keepAlive());
        if (keepAlive != spec.keepAlive()) {
            spec = spec.withKeepAlive(keepAlive);
        }
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
            if (waiting.size() == 0 && waiting.last() == consumed.get(track)) {
                tracks = Few.without(tracks, track);
            }
        }
    }

    /** Removes what is not needed. */
    public void trim(Trim trim) {
        log.dropTo(Math.min(trim.upTo().events().sequence(), log.last() - 1));
        transcript.dropTo(Math.min(trim.upTo().entries(), transcript.last() - 1));
        for (Waiting input : List.copyOf(inputs.values())) {
            if (isUnneeded(input, trim)) {
                InputId id = input.input().id();
                inputs = Few.without(inputs, id);
                handled = Few.without(handled, id);
                failed = Few.without(failed, id);
                String key = InboxRules.key(input.input().body());
                if (key != null && input.equals(keys.get(key))) {
                    keys = Few.without(keys, key);
                }
            }
        }
    }

    private boolean isUnneeded(Waiting input, Trim trim) {
        Tail<Waiting> track = tracks.get(input.track());
        long admitted = track == null ? progress.consumed().get(input.track()) : track.last();
        FailedInput fault = failed.get(input.input().id());
        // The newest consumed one stays, so that a durable store can take the session and number on from there.
        return input.number() < progress.consumed().get(input.track())
                && input.input().position().sequence() <= log.dropped()
                && (input.input().at().isBefore(trim.keysBefore()) || input.number() <= admitted - trim.keysKept())
                && (fault == null || fault.state() == FailedInput.State.DISCARDED);
    }

    /** Where log and transcript begin. */
    public Cut cut() {
        return new Cut(new Cursor(log.dropped()), transcript.dropped());
    }

    private void forget(Waiting consumed) {
        if (consumed.input().body() instanceof InputBody.External external) {
            waitingExternalBytes -= external.event().sizeBytes();
        } else if (retained != Integer.MAX_VALUE && !isFailed(consumed.input().id())) {
            // A bounded store cannot know every id for ever; keys of events are kept all the same.
            inputs = Few.without(inputs, consumed.input().id());
        }
    }

    private boolean isFailed(InputId input) {
        return failed.containsKey(input);
    }

    private void put(FailedInput changed) {
        InputId input = changed.input().id();
        if (changed.state() == FailedInput.State.HANDLED) {
            boolean marksPast = failed.containsKey(input);
            failed = Few.without(failed, input);
            if (retained == Integer.MAX_VALUE) {
                handled = Few.with(handled, input, changed);
            } else if (marksPast && !(changed.input().body() instanceof InputBody.External)) {
                inputs = Few.without(inputs, input);
            }
        } else {
            failed = Few.with(failed, input, changed);
        }
    }

    /** Whether it was a dead letter, which is changed now. */
    public boolean change(DeadLetterChange change) {
        return !archived
                && switch (change.kind()) {
                    case REDRIVE -> redrive(change.input(), change.at());
                    case DISCARD -> discard(change.input(), change.at());
                };
    }

    private boolean redrive(InputId input, Instant when) {
        FailedInput letter = failed.get(input);
        if (letter == null || letter.state() != FailedInput.State.DEAD) {
            return false;
        }
        List<FailedInput> together = failed(letter.turn().id(), FailedInput.State.DEAD);
        together.forEach(dead -> put(dead.redriven(when)));
        record(InboxRules.redriven(together, when));
        return true;
    }

    private boolean discard(InputId input, Instant when) {
        FailedInput letter = failed.get(input);
        if (letter == null || letter.state() != FailedInput.State.DEAD) {
            return false;
        }
        put(letter.as(FailedInput.State.DISCARDED));
        record(InboxRules.discarded(input, when));
        return true;
    }

    private List<FailedInput> failed(TurnId turn, FailedInput.State... states) {
        return allFailed().stream()
                .filter(f -> f.turn().id().equals(turn) && List.of(states).contains(f.state()))
                .toList();
    }

    /** In order of admission. */
    private List<FailedInput> allFailed() {
        return failed.values().stream()
                .sorted(Comparator.comparing(f -> f.input().position()))
                .toList();
    }

    public List<FailedInput> retries(TurnId turn, Cursor after, int limit) {
        return failed(turn, FailedInput.State.HELD, FailedInput.State.SET_ASIDE).stream()
                .filter(f -> f.input().position().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    public Optional<RetryQueue> retries() {
        List<FailedInput> retried = allFailed().stream()
                .filter(f -> f.state().retried())
                .sorted(Comparator.comparing(
                        f -> Objects.requireNonNull(f.turn().notBefore())))
                .toList();
        return retried.isEmpty()
                ? Optional.empty()
                : Optional.of(new RetryQueue(
                        retried.stream().anyMatch(f -> f.state() == FailedInput.State.HELD),
                        retried.get(0),
                        retried.get(retried.size() - 1)));
    }

    public List<DeadLetter> deadLetters() {
        return allFailed().stream()
                .filter(f -> f.state() == FailedInput.State.DEAD)
                .map(f -> f.deadLetter(id))
                .toList();
    }

    public boolean settle(EnvelopeId envelope, @Nullable SessionEvent failure) {
        if (outbox == null || outbox.remove(envelope) == null) {
            return false;
        }
        if (outbox.isEmpty()) {
            outbox = null;
        }
        if (failure != null) {
            record(failure);
        }
        return true;
    }

    public StoredSession stored() {
        Marks admitted = progress.consumed();
        for (Map.Entry<Track, Tail<Waiting>> track : tracks.entrySet()) {
            admitted = admitted.with(track.getKey(), track.getValue().last());
        }
        return new StoredSession(
                id,
                spec,
                identitySeed,
                at,
                new StoredSession.Standing(archived, version, progress),
                new StoredSession.Inbox(admitted, waitingExternalBytes, hasRetries()),
                new StoredSession.Log(new Cursor(log.last()), transcript.last()));
    }

    /** Whether a runtime that opens the store has something to do for this session. */
    public boolean unfinished() {
        boolean wakes = waits(Track.PROMPT)
                || (spec.keepAlive() && (waits(Track.QUEUED) || waits(Track.STEERED) || waits(Track.EXTERNAL)));
        return outbox != null || (!archived && (wakes || hasRetries() || progress.turn() != null));
    }

    private boolean hasRetries() {
        return !failed.isEmpty() && retries().isPresent();
    }

    private boolean waits(Track track) {
        Tail<Waiting> waiting = tracks.get(track);
        return waiting != null && waiting.size() > 0;
    }

    public List<Waiting> waiting(Track track, long after, int limit) {
        Tail<Waiting> waiting = tracks.get(track);
        return waiting == null ? List.of() : waiting.after(after, limit);
    }

    public Optional<InputPlace> place(InputId input) {
        FailedInput letter = failed.get(input);
        if (letter == null) {
            letter = handled.get(input);
        }
        Cursor reply = replies.get(input);
        if (reply != null) {
            // In no track: it never waits.
            return Optional.of(new InputPlace(Track.PASSIVE, 0, reply, Optional.empty()));
        }
        Waiting waiting = inputs.get(input);
        if (waiting == null && letter != null) {
            // A bounded store no longer knows its number.
            waiting = new Waiting(Track.of(letter.input().body()), 0, letter.input());
        }
        return waiting == null
                ? Optional.empty()
                : Optional.of(new InputPlace(
                        waiting.track(), waiting.number(), waiting.input().position(), Optional.ofNullable(letter)));
    }

    public List<SessionEvent> events(Cursor after, int limit) {
        if (after.sequence() >= log.dropped()) {
            return numbered(after.sequence(), limit);
        }
        List<SessionEvent> page = new ArrayList<>();
        page.add(new SessionEvent.Gap(new Cursor(log.dropped()), OptionalLong.of(log.dropped() - after.sequence())));
        page.addAll(numbered(log.dropped(), limit - 1));
        return page;
    }

    private List<SessionEvent> numbered(long after, int limit) {
        List<SessionEvent> page = log.after(after, limit);
        long number = after;
        for (int i = 0; i < page.size(); i++) {
            number++;
            if (page.get(i).cursor().sequence() != number) {
                page.set(i, page.get(i).withCursor(new Cursor(number)));
            }
        }
        return page;
    }

    public List<TranscriptEntry> transcript(long offset, int limit) {
        return transcript.after(offset, limit);
    }

    public List<Outgoing> outbox(long after, int limit) {
        return outbox == null
                ? List.of()
                : outbox.values().stream()
                        .filter(outgoing -> outgoing.number() > after)
                        .limit(limit)
                        .toList();
    }

    private Map<EnvelopeId, Outgoing> outbox() {
        if (outbox == null) {
            outbox = new LinkedHashMap<>();
        }
        return outbox;
    }
}
