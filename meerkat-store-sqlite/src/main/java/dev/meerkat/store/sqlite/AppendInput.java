package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.AppendResult.Reason;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Waiting;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes an input to an inbox, with all that goes with it. */
final class AppendInput extends Write<AppendResult> {
    private final InputAppend append;
    private final NewInput input;
    private final byte[] body;
    private final byte @Nullable [] note;
    private final int laneBytes;
    private final @Nullable String key;
    private final long[] keyHashes;

    AppendInput(InputAppend append) {
        this.append = append;
        this.input = append.input();
        StoredNumbers.check(input.at());
        this.note = append.note().map(note -> StoreCodec.encode(note.event())).orElse(null);
        this.body = StoreCodec.encode(input);
        ExternalEvent event = input.body() instanceof InputBody.External external ? external.event() : null;
        this.laneBytes = event == null ? 0 : event.sizeBytes();
        this.key = InboxRules.key(input.body());
        this.keyHashes = key == null ? new long[0] : Codes.hashes(key);
    }

    @Override
    long payloadBytes() {
        return (long) body.length + (note == null ? 0 : note.length);
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
        return append.correlation() instanceof Correlation.None && append.note().isEmpty()
                ? admit(tables, session)
                : admitWithMore(tables, session);
    }

    private AppendResult admit(Tables tables, HotSession session) throws SQLException {
        InboxRules.AdmittedKey first = key == null ? null : tables.inputs.first(session, key, keyHashes);
        if (first != null) {
            return known(tables, session, first);
        }
        long sameId = tables.inputs.seq(session, input.id());
        if (sameId > 0) {
            return duplicate(sameId);
        }
        if (key != null) {
            tables.inputs.insertKey(session, keyHashes);
        }
        tables.inputs.insert(session, input, body, laneBytes);
        AdmittedInput admitted = input.admitted(new Cursor(session.lastSeq()));
        return new AppendResult.Appended(admitted, input.track(), session.admitted(input.track()));
    }

    private AppendResult known(Tables tables, HotSession session, InboxRules.AdmittedKey first) throws SQLException {
        long sameId = tables.inputs.seq(session, input.id());
        if (sameId > 0) {
            return duplicate(sameId);
        }
        AppendResult result = InboxRules.sameKey(first, input.body());
        return result instanceof AppendResult.Duplicate && tables.failed.redrive(session, first.id(), input.at())
                ? new AppendResult.Duplicate(first.id(), first.position(), true)
                : result;
    }

    private AppendResult duplicate(long seq) {
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
        AppendResult result = admit(tables, session);
        if (result instanceof AppendResult.Appended) {
            if (append.correlation() instanceof Correlation.Opens opens) {
                tables.requests.insert(opens, append.session());
            }
            note(tables);
        }
        return result;
    }

    private AppendResult answer(Tables tables, HotSession requester, Correlation.Answers answers) throws SQLException {
        InboxRules.Asked request = tables.requests.find(answers.request());
        Reason refusal = InboxRules.refusal(answers, append.session(), request);
        if (request == null || refusal != null) {
            return new AppendResult.Refused(refusal == null ? Reason.UNKNOWN_REQUEST : refusal);
        }
        PeerReply reply = InboxRules.reply(input);
        if (reply.status().terminal()) {
            tables.requests.answer(answers.request(), StoreCodec.encode(reply));
        }
        AppendResult result = request.toHandle() ? record(tables, requester, reply) : admit(tables, requester);
        note(tables);
        return result;
    }

    private AppendResult record(Tables tables, HotSession requester, PeerReply reply) throws SQLException {
        Cursor position = new Cursor(requester.lastSeq() + 1);
        tables.log.insertEvent(requester, StoreCodec.encode(new SessionEvent.ReplyReceived(position, reply)));
        tables.inputs.insertHandleReply(requester.no, input.id(), requester.lastSeq());
        return new AppendResult.Replied(append.session(), reply, position);
    }

    private void note(Tables tables) throws SQLException {
        InputAppend.Note of = append.note().orElse(null);
        HotSession sender = of == null ? null : tables.sessions.get(of.sender());
        if (note != null && sender != null) {
            tables.log.insertEvent(sender, note);
        }
    }

    @Override
    void publish(RecentInputs recent) {
        if (result() instanceof AppendResult.Appended appended) {
            recent.appended(
                    append.session(), new Waiting(appended.track(), appended.number(), appended.input()), body.length);
        }
    }
}
