package dev.meerkat.store.jdbc;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.AppendResult.Reason;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoreCodec;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes an input to an inbox, with all that goes with it. */
final class AppendInput extends Write<AppendResult> {
    /** An event for a sender's log, ready to be written. */
    @SuppressWarnings("ArrayRecordComponent") // neither compared nor printed
    private record Note(HotSession sender, byte[] event) {}

    private final InputAppend append;
    private final NewInput input;
    private final byte[] body;
    private final int laneBytes;
    private final @Nullable String key;
    private final long[] keyHashes;

    AppendInput(InputAppend append) {
        this.append = append;
        this.input = append.input();
        Codes.check(input.at());
        this.body = StoreCodec.encode(input.body());
        ExternalEvent event = input.body() instanceof InputBody.External external ? external.event() : null;
        this.laneBytes = event == null ? 0 : event.sizeBytes();
        this.key = event == null ? null : event.idempotencyKey().orElse(null);
        this.keyHashes = key == null ? new long[0] : Codes.hashes(key);
    }

    @Override
    long payloadBytes() {
        return body.length;
    }

    @Override
    AppendResult apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(append.session());
        if (session == null) {
            return new AppendResult.Refused(Reason.UNKNOWN_SESSION);
        }
        if (session.archived()) {
            return new AppendResult.Refused(Reason.ARCHIVED);
        }
        return append.correlation() instanceof Correlation.None && append.note() == null
                ? admit(tables, session)
                : admitWithMore(tables, session);
    }

    /** The common case, in which the inserts themselves find a duplicate. */
    private AppendResult admit(Tables tables, HotSession session) throws SQLException {
        InputRows.Claim claim = key == null ? null : tables.inputs.claim(session, key, keyHashes);
        if (claim != null && claim.first() != null) {
            return known(tables, session, claim.first());
        }
        if (!tables.inputs.insert(session, input, body, laneBytes)) {
            if (claim != null) {
                tables.inputs.release(session, claim);
            }
            return duplicate(tables.inputs.seq(session, input.id()));
        }
        AdmittedInput admitted = new AdmittedInput(input.id(), new Cursor(session.lastSeq()), input.at(), input.body());
        return new AppendResult.Appended(admitted, input.track(), session.admitted(input.track()));
    }

    private AppendResult known(Tables tables, HotSession session, InputRows.Found first) throws SQLException {
        long sameId = tables.inputs.seq(session, input.id());
        if (sameId > 0) {
            return duplicate(sameId);
        }
        ExternalEvent event = ((InputBody.External) input.body()).event();
        return first.body().event().sameContent(event)
                ? new AppendResult.Duplicate(first.id(), new Cursor(first.seq()))
                : new AppendResult.Conflict(first.id());
    }

    private AppendResult duplicate(long seq) {
        if (seq == 0) {
            throw new IllegalStateException("input " + input.id() + " was not inserted and is not there");
        }
        return new AppendResult.Duplicate(input.id(), new Cursor(seq));
    }

    private AppendResult admitWithMore(Tables tables, HotSession session) throws SQLException {
        long seq = tables.inputs.seq(session, input.id());
        if (seq > 0) {
            return duplicate(seq);
        }
        if (append.correlation() instanceof Correlation.Answers answers) {
            return answer(tables, session, answers);
        }
        Note note = note(tables, session);
        AppendResult result = admit(tables, session);
        if (result instanceof AppendResult.Appended) {
            if (append.correlation() instanceof Correlation.Opens opens) {
                tables.requests.insert(opens, append.session());
            }
            write(tables, note);
        }
        return result;
    }

    private AppendResult answer(Tables tables, HotSession requester, Correlation.Answers answers) throws SQLException {
        RequestRows.Found request = tables.requests.find(answers.request());
        if (request == null
                || !request.responder().equals(answers.responder())
                || !request.requester().equals(append.session())) {
            return new AppendResult.Refused(Reason.UNKNOWN_REQUEST);
        }
        if (request.answered()) {
            return new AppendResult.Refused(Reason.ALREADY_ANSWERED);
        }
        PeerReply reply = reply();
        Note note = note(tables, requester);
        if (reply.status().terminal()) {
            tables.requests.answer(answers.request(), StoreCodec.encode(reply));
        }
        AppendResult result = request.toHandle() ? record(tables, requester, reply) : admit(tables, requester);
        write(tables, note);
        return result;
    }

    private AppendResult record(Tables tables, HotSession requester, PeerReply reply) throws SQLException {
        Cursor position = new Cursor(requester.lastSeq() + 1);
        tables.log.insertEvent(requester, StoreCodec.encode(new SessionEvent.ReplyReceived(position, reply)));
        tables.inputs.insertHandleReply(requester, input.id());
        return new AppendResult.Replied(append.session(), reply, position);
    }

    private PeerReply reply() {
        InputBody.PeerResponse response = (InputBody.PeerResponse) input.body();
        CommsCommand.PeerResponse command = response.command();
        return new PeerReply(
                command.inReplyTo(), response.from(), command.status(), command.result(), command.blocks(), input.at());
    }

    /** The sender's event at its place; foreign code makes it, so it comes before the first change. */
    private @Nullable Note note(Tables tables, HotSession receiver) throws SQLException {
        InputAppend.Note note = append.note();
        HotSession sender = note == null ? null : tables.sessions.get(note.sender());
        if (note == null || sender == null) {
            return null;
        }
        long before = sender == receiver ? 1 : 0;
        Cursor cursor = new Cursor(sender.lastSeq() + before + 1);
        return new Note(sender, StoreCodec.encode(note.event().at(cursor)));
    }

    private static void write(Tables tables, @Nullable Note note) throws SQLException {
        if (note != null) {
            tables.log.insertEvent(note.sender(), note.event());
        }
    }
}
