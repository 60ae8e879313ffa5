package dev.meerkat.store.sqlite;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.RestoreResult;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in a session. It begins as one that is being deleted: its rows are written under a number that no session has, and what a crash
 * leaves of them is deleted at the next opening. The last write makes that number a session.
 */
final class SqliteRestore implements SessionRestore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteRestore.class);
    private static final long CLOSE_SECONDS = 120;

    private final Committer committer;
    private final CompletionStage<Boolean> cleaned;
    private final SessionPart.Head head;
    /** What all sessions have in common, or what a session has few of: written at the end. */
    private final List<SessionPart> last = new ArrayList<>();

    private long externalBytes;
    private long entries;
    private long no;
    private boolean begun;
    private boolean finished;

    /** {@code cleaned} completes when nothing is left of what a crash cut, which may have been an import of the same session. */
    SqliteRestore(Committer committer, CompletionStage<Boolean> cleaned, SessionPart.Head head) {
        StoredNumbers.check(head.createdAt());
        this.committer = committer;
        this.cleaned = cleaned;
        this.head = head;
        this.entries = head.cut().entries();
    }

    @Override
    public CompletionStage<ChangeResult> add(List<SessionPart> parts) {
        return begun().thenCompose(there -> there
                ? committer.submit(new Rows(parts)).thenApply(rows -> new ChangeResult.Done())
                : CompletableFuture.completedFuture(new ChangeResult.Absent()));
    }

    @Override
    public CompletionStage<RestoreResult> finish() {
        return begun().thenCompose(there -> there
                ? committer.submit(new Finish()).thenApply(result -> {
                    finished = result instanceof RestoreResult.Restored;
                    return result;
                })
                : CompletableFuture.completedFuture(new RestoreResult.IdTaken()));
    }

    private CompletionStage<Boolean> begun() {
        if (begun) {
            return CompletableFuture.completedFuture(no > 0);
        }
        begun = true;
        return cleaned.thenCompose(all -> committer.submit(new Begin())).thenApply(number -> {
            no = number;
            return number > 0;
        });
    }

    @Override
    public void close() {
        if (!begun || finished) {
            return;
        }
        finished = true;
        CompletableFuture<?> rows = committer
                .submit(new Abandon())
                .thenCompose(number ->
                        number == 0 ? CompletableFuture.completedFuture(null) : RowDeletion.begin(committer, number))
                .toCompletableFuture();
        try {
            rows.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("what was imported of session {} is deleted when the store is opened again", head.id(), e);
        }
    }

    /** Takes a number; 0 if the id is taken. */
    private final class Begin extends Write<Long> {
        @Override
        long payloadBytes() {
            return 0;
        }

        @Override
        Long apply(Tables tables) throws SQLException {
            return tables.sessions.get(head.id()) != null || tables.sessionRows.deleting(head.id()) > 0
                    ? 0
                    : tables.sessionRows.begin(head.id());
        }
    }

    /** Looks which rows are to be deleted; 0 if none are, because the session is there. */
    private final class Abandon extends Write<Long> {
        @Override
        long payloadBytes() {
            return 0;
        }

        @Override
        Long apply(Tables tables) throws SQLException {
            long there = tables.sessionRows.deleting(head.id());
            return no == 0 || there == no ? there : 0;
        }
    }

    /** An input with its stored form. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one write, and is not compared
    private record Body(SessionPart.Input input, byte[] bytes, long sum) {}

    /** The same of all other parts. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one write, and is not compared
    private record Other(SessionPart part, byte[] bytes) {}

    /** Writes parts. */
    private final class Rows extends Write<Boolean> {
        private final List<Body> inputs = new ArrayList<>();
        private final List<Other> others = new ArrayList<>();
        private final long first = entries;
        private long bytes;

        Rows(List<SessionPart> parts) {
            for (SessionPart part : parts) {
                if (part instanceof SessionPart.Input input) {
                    input(input);
                } else if (part instanceof SessionPart.Planned
                        || (part instanceof SessionPart.Request request
                                && !request.request().requester().equals(head.id()))) {
                    last.add(part);
                } else {
                    other(part);
                }
            }
        }

        private void input(SessionPart.Input part) {
            StoredNumbers.check(part.input().at());
            if (part.input().body() instanceof InputBody.External external) {
                externalBytes += external.event().sizeBytes();
            }
            byte[] body = StoreCodec.encode(new NewInput(
                    part.input().id(),
                    part.input().at(),
                    part.track(),
                    part.input().body(),
                    part.input().trace()));
            inputs.add(new Body(part, body, externalBytes));
            bytes += body.length;
        }

        private void other(SessionPart part) {
            byte[] form = {};
            if (part instanceof SessionPart.Event event) {
                form = StoreCodec.encode(event.event());
            } else if (part instanceof SessionPart.Entry entry) {
                StoredNumbers.check(entry.entry().at());
                form = StoreCodec.encode(entry.entry());
                entries++;
            } else if (part instanceof SessionPart.Unsent unsent) {
                form = StoreCodec.encode(unsent.envelope());
            } else if (part instanceof SessionPart.Request request
                    && request.request().reply().isPresent()) {
                form = StoreCodec.encode(request.request().reply().get());
            }
            others.add(new Other(part, form));
            bytes += form.length;
        }

        @Override
        long payloadBytes() {
            return bytes;
        }

        @Override
        Boolean apply(Tables tables) throws SQLException {
            HotSession session = new HotSession(head.id(), no, true, 0, Edges.NONE);
            for (Body input : inputs) {
                tables.inputs.restore(no, input.input(), input.bytes(), input.sum());
                SessionPart.Input part = input.input();
                if (part.failed().isPresent()) {
                    InputRows.Place place = new InputRows.Place(StoredNumbers.of(part.track()), part.number());
                    tables.failed.put(no, place, part.failed().get());
                }
            }
            long entry = first;
            for (Other other : others) {
                SessionPart part = other.part();
                if (part instanceof SessionPart.Entry of) {
                    InputRows.@Nullable Place place = of.entry() instanceof TranscriptEntry.Input input
                            ? tables.inputs.place(session, input.input().id())
                            : null;
                    tables.log.restore(no, entry++, of.entry(), place, other.bytes());
                } else if (part instanceof SessionPart.Event event) {
                    tables.draft.update(
                            RowChange.EVENT, no, event.event().cursor().sequence(), other.bytes());
                } else if (part instanceof SessionPart.Key key) {
                    tables.draft.update(
                            RowChange.CONTEXT_KEY,
                            no,
                            key.key().key(),
                            key.key().digest());
                } else if (part instanceof SessionPart.ReplyId reply) {
                    tables.inputs.insertHandleReply(
                            no, reply.id(), reply.position().sequence());
                } else if (part instanceof SessionPart.Unsent unsent) {
                    tables.log.insertEnvelope(session, unsent.envelope().id(), other.bytes());
                } else if (part instanceof SessionPart.Request request) {
                    own(tables, request.request(), other.bytes());
                }
            }
            return true;
        }

        private void own(Tables tables, StoredRequest request, byte[] reply) throws SQLException {
            tables.requests.insert(opens(request), request.responder());
            if (request.reply().isPresent()) {
                tables.requests.answer(request.id(), reply);
            }
        }
    }

    private static Correlation.Opens opens(StoredRequest request) {
        return new Correlation.Opens(request.id(), request.requester(), request.toHandle(), request.deadline());
    }

    /** Makes a session of the rows. */
    private final class Finish extends Write<RestoreResult> {
        private final byte[] spec = StoreCodec.encode(head.spec());
        private final byte[] progress = StoreCodec.encode(head.standing().progress());

        @Override
        long payloadBytes() {
            return (long) spec.length + progress.length;
        }

        @Override
        RestoreResult apply(Tables tables) throws SQLException {
            if (tables.sessionRows.deleting(head.id()) != no) {
                throw new StoreException("what was imported of session " + head.id() + " is not there any more", null);
            }
            SessionId holder =
                    head.standing().archived() || head.spec().commsName().isEmpty()
                            ? null
                            : tables.sessionRows.holder(
                                    head.spec().realm(), head.spec().commsName().get());
            if (holder != null) {
                return new RestoreResult.NameTaken(holder);
            }
            tables.sessionRows.restore(no, head, spec, progress);
            HotSession session = new HotSession(head.id(), no, false, 0, Edges.NONE);
            for (SessionPart part : last) {
                if (part instanceof SessionPart.Planned planned) {
                    tables.schedules.of(session).put(planned.schedule());
                } else if (part instanceof SessionPart.Request request
                        && tables.requests.find(request.request().id()) == null) {
                    tables.requests.insert(
                            opens(request.request()), request.request().responder());
                }
            }
            tables.draft.update(RowChange.DELETED_ALL, no);
            return new RestoreResult.Restored();
        }
    }
}
