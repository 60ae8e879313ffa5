package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.internal.memory.Creations;
import dev.meerkat.core.internal.memory.MemoryRequests;
import dev.meerkat.core.internal.memory.MemorySchedules;
import dev.meerkat.core.internal.memory.MemorySession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions in memory, for as long as this object lives: closing it, or the runtime that uses
 * it, loses nothing, so a test can open it again. Nothing survives the process. Thread-safe.
 */
public final class MemoryStore implements SessionStore {
    private record Name(String realm, String commsName) {}

    private final int retained;
    private final Map<SessionId, MemorySession> sessions = new ConcurrentHashMap<>();
    private final Map<Name, SessionId> names = new ConcurrentHashMap<>();
    private final MemoryRequests requests;
    private final MemorySchedules schedules = new MemorySchedules();
    private final AtomicLong epoch = new AtomicLong(1);
    private final Creations all = new Creations();

    private MemoryStore(int retained) {
        this.retained = retained;
        this.requests = new MemoryRequests(retained);
    }

    /** {@return a new store that keeps everything} */
    public static MemoryStore create() {
        return new MemoryStore(Integer.MAX_VALUE);
    }

    /**
     * A store that keeps the newest part of each session only: a reader that wants more gets a {@link
     * SessionEvent.Gap}, and a second delivery is known for what while the first is waiting. Waiting
     * inputs and idempotency keys are always kept.
     *
     * @param entries how many events, and how many transcript entries, to keep of each session, and
     *     how many answered requests to keep at least in all, at least 1
     * @return a new store
     */
    public static MemoryStore retaining(int entries) {
        if (entries < 1) {
            throw new IllegalArgumentException("entries must be at least 1: " + entries);
        }
        return new MemoryStore(entries);
    }

    @Override
    public boolean durable() {
        return false;
    }

    @Override
    public long epoch() {
        return epoch.get();
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public CompletionStage<CreateResult> create(NewSession session) {
        Optional<Name> name =
                session.spec().commsName().map(n -> new Name(session.spec().realm(), n));
        MemorySession stored = new MemorySession(session, retained);
        synchronized (all) {
            SessionId holder = name.map(names::get).orElse(null);
            if (holder != null) {
                return done(new CreateResult.NameTaken(holder));
            }
            all.add(stored);
            // Whoever finds the name must find the session too.
            sessions.put(session.id(), stored);
            name.ifPresent(n -> names.put(n, session.id()));
        }
        synchronized (stored) {
            return done(new CreateResult.Created(stored.stored()));
        }
    }

    @Override
    public CompletionStage<AppendResult> append(InputAppend append) {
        MemorySession session = sessions.get(append.session());
        if (session == null) {
            return done(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
        }
        AppendResult result;
        synchronized (session) {
            result = append(session, append);
        }
        InputAppend.Note note = append.note().orElse(null);
        if (note != null && (result instanceof AppendResult.Appended || result instanceof AppendResult.Replied)) {
            MemorySession sender = sessions.get(note.sender());
            if (sender != null) {
                synchronized (sender) {
                    sender.record(note.event());
                }
            }
        }
        return done(result);
    }

    private AppendResult append(MemorySession session, InputAppend append) {
        if (session.archived()) {
            return new AppendResult.Refused(AppendResult.Reason.ARCHIVED);
        }
        NewInput input = append.input();
        AppendResult known = session.known(input);
        if (known != null) {
            return known;
        }
        if (append.correlation() instanceof Correlation.Opens opens) {
            requests.open(opens, append.session());
        } else if (append.correlation() instanceof Correlation.Answers answers) {
            PeerReply reply = InboxRules.reply(input);
            MemoryRequests.Verdict verdict = requests.answer(answers, append.session(), reply);
            if (verdict.refusal() != null) {
                return new AppendResult.Refused(verdict.refusal());
            }
            if (verdict.toHandle()) {
                return new AppendResult.Replied(append.session(), reply, session.replied(input, reply));
            }
        }
        return session.admit(input);
    }

    @Override
    public CompletionStage<StepResult> commit(StepCommit commit) {
        MemorySession session = sessions.get(commit.session());
        if (session == null) {
            return done(new StepResult.Stale(0));
        }
        StepResult result;
        SessionSpec spec;
        synchronized (session) {
            result = session.commit(commit);
            if (session.archived()) {
                schedules.dropAll(commit.session());
                requests.dropDeadlines(commit.session());
            }
            spec = session.spec();
        }
        if (commit.archives() && result instanceof StepResult.Committed) {
            spec.commsName().ifPresent(n -> names.remove(new Name(spec.realm(), n), commit.session()));
        }
        return done(result);
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return changed(read(sender, false, session -> session.settle(envelope, failure)));
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return changed(read(change.session(), false, session -> session.change(change)));
    }

    @Override
    public CompletionStage<ScheduleResult> change(ScheduleChange change) {
        return done(read(
                change.session(),
                new ScheduleResult.Absent(),
                session -> session.archived() ? new ScheduleResult.Absent() : schedules.change(change)));
    }

    @Override
    public List<StoredSchedule> schedules(@Nullable SessionId id, @Nullable StoredSchedule after, int limit) {
        return schedules.page(id, after, limit);
    }

    @Override
    public CompletionStage<DeleteResult> delete(SessionId id) {
        MemorySession session = sessions.get(id);
        if (session == null) {
            return done(DeleteResult.ABSENT);
        }
        synchronized (session) {
            if (!session.archived()) {
                return done(DeleteResult.LIVE);
            }
        }
        if (sessions.remove(id) == null) {
            return done(DeleteResult.ABSENT);
        }
        all.remove(session);
        requests.forget(id);
        return done(DeleteResult.DELETED);
    }

    @Override
    public CompletionStage<Boolean> trim(Trim trim) {
        return done(read(trim.session(), false, session -> {
            session.trim(trim);
            return false;
        }));
    }

    @Override
    public Cut cut(SessionId id) {
        return read(id, Cut.NONE, MemorySession::cut);
    }

    @Override
    public List<SessionId> retained(boolean all, @Nullable SessionId after, int limit) {
        return scan(
                last(after),
                limit,
                0,
                session -> all || session.spec().retention().isPresent());
    }

    private static CompletionStage<ChangeResult> changed(boolean there) {
        return done(there ? new ChangeResult.Done() : new ChangeResult.Absent());
    }

    @Override
    public Optional<StoredSession> load(SessionId id) {
        return read(id, Optional.empty(), session -> Optional.of(session.stored()));
    }

    @Override
    public Optional<SessionId> find(String realm, String commsName) {
        return Optional.ofNullable(names.get(new Name(realm, commsName)));
    }

    @Override
    public List<SessionId> named(String realm, @Nullable SessionId after, int limit) {
        return scan(last(after), limit, 0, session -> {
            return !session.archived()
                    && session.spec().commsName().isPresent()
                    && session.spec().realm().equals(realm);
        });
    }

    @Override
    public List<SessionId> list(SessionQuery query) {
        return scan(
                null,
                query.limit(),
                query.offset(),
                session -> session.archived() == query.archived()
                        && session.spec()
                                .labels()
                                .entrySet()
                                .containsAll(query.labels().entrySet()));
    }

    @Override
    public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
        return scan(last(after), limit, 0, MemorySession::unfinished);
    }

    /** Where a scan goes on; a session that is gone meanwhile has it begin anew. */
    private @Nullable MemorySession last(@Nullable SessionId after) {
        return after == null ? null : sessions.get(after);
    }

    private List<SessionId> scan(@Nullable MemorySession after, int limit, int skip, Predicate<MemorySession> wanted) {
        List<SessionId> found = new ArrayList<>();
        int passed = 0;
        for (MemorySession session = all.after(after);
                session != null && found.size() < limit;
                session = all.after(session)) {
            synchronized (session) {
                if (wanted.test(session) && passed++ >= skip) {
                    found.add(session.id);
                }
            }
        }
        return found;
    }

    @Override
    public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
        return read(id, List.of(), session -> session.waiting(track, after, limit));
    }

    @Override
    public Optional<InputPlace> place(SessionId id, InputId input) {
        return read(id, Optional.empty(), session -> session.place(input));
    }

    @Override
    public Optional<RetryQueue> retries(SessionId id) {
        return read(id, Optional.empty(), MemorySession::retries);
    }

    @Override
    public List<FailedInput> retries(SessionId id, TurnId turn, Cursor after, int limit) {
        return read(id, List.of(), session -> session.retries(turn, after, limit));
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable SessionId id, int offset, int limit) {
        List<SessionId> of =
                id != null ? List.of(id) : scan(null, Integer.MAX_VALUE, 0, session -> !session.archived());
        return of.stream()
                .flatMap(session -> read(session, List.<DeadLetter>of(), MemorySession::deadLetters).stream())
                .skip(offset)
                .limit(limit)
                .toList();
    }

    @Override
    public List<SessionEvent> events(SessionId id, Cursor after, int limit) {
        return read(id, List.of(), session -> session.events(after, limit));
    }

    @Override
    public List<TranscriptEntry> transcript(SessionId id, long offset, int limit) {
        return read(id, List.of(), session -> session.transcript(offset, limit));
    }

    @Override
    public Optional<StoredRequest> request(RequestId id) {
        return requests.get(id);
    }

    @Override
    public List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit) {
        return requests.deadlines(after, limit);
    }

    @Override
    public List<Outgoing> outbox(SessionId id, long after, int limit) {
        return read(id, List.of(), session -> session.outbox(after, limit));
    }

    @Override
    public boolean export(SessionId id, Consumer<SessionPart> to) {
        if (retained != Integer.MAX_VALUE) {
            throw new NotSupportedException("a store in memory that keeps only a part of each session exports none");
        }
        MemorySession session = sessions.get(id);
        if (session == null) {
            return false;
        }
        List<SessionPart> parts;
        synchronized (session) {
            parts = session.parts();
            requests.of(id).forEach(request -> parts.add(new SessionPart.Request(request)));
            PartPages.outbox(session::outbox, parts::add);
            PartPages.schedules((after, limit) -> schedules.page(id, after, limit), parts::add);
        }
        parts.forEach(to);
        return true;
    }

    @Override
    public SessionRestore restore(SessionPart.Head head) {
        if (retained != Integer.MAX_VALUE) {
            throw new NotSupportedException("a store in memory that keeps only a part of each session imports none");
        }
        return new Restore(head);
    }

    /** The parts are kept here until all are there. */
    private final class Restore implements SessionRestore {
        private final SessionPart.Head head;
        private final List<SessionPart> parts = new ArrayList<>();

        Restore(SessionPart.Head head) {
            this.head = head;
        }

        @Override
        public CompletionStage<ChangeResult> add(List<SessionPart> more) {
            parts.addAll(more);
            return changed(!sessions.containsKey(head.id()));
        }

        @Override
        public CompletionStage<RestoreResult> finish() {
            synchronized (all) {
                Optional<Name> name = head.standing().archived()
                        ? Optional.empty()
                        : head.spec().commsName().map(n -> new Name(head.spec().realm(), n));
                SessionId holder = name.map(names::get).orElse(null);
                if (sessions.containsKey(head.id())) {
                    return done(new RestoreResult.IdTaken());
                }
                if (holder != null) {
                    return done(new RestoreResult.NameTaken(holder));
                }
                MemorySession session = new MemorySession(head, parts);
                for (SessionPart part : parts) {
                    if (part instanceof SessionPart.Request request) {
                        requests.restore(request.request());
                    } else if (part instanceof SessionPart.Planned planned) {
                        schedules.restore(head.id(), planned.schedule());
                    }
                }
                all.add(session);
                sessions.put(head.id(), session);
                name.ifPresent(n -> names.put(n, head.id()));
            }
            return done(new RestoreResult.Restored());
        }

        @Override
        public void close() {
            parts.clear();
        }
    }

    @Override
    public void close() {
        epoch.incrementAndGet();
    }

    private <T> T read(SessionId id, T absent, Function<MemorySession, T> read) {
        MemorySession session = sessions.get(id);
        if (session == null) {
            return absent;
        }
        synchronized (session) {
            return read.apply(session);
        }
    }

    private static <T> CompletionStage<T> done(T result) {
        return CompletableFuture.completedFuture(result);
    }
}
