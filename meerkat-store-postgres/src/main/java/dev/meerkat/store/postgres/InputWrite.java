package dev.meerkat.store.postgres;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.AppendResult.Reason;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes an input to an inbox, with all that goes with it. */
final class InputWrite extends GroupWrite<AppendResult> {
    private final InputAppend append;
    private final SessionId receiver;
    private final NewInput input;
    private final byte[] body;
    private final byte @Nullable [] note;
    private final int laneBytes;
    private final @Nullable UUID keyHash;

    InputWrite(InputAppend append) {
        this.append = append;
        this.receiver = append.session();
        this.input = append.input();
        StoredNumbers.check(input.at());
        this.body = StoreCodec.encode(input);
        InputAppend.Note event = append.note().orElse(null);
        this.note = event == null ? null : StoreCodec.encode(event.event());
        this.laneBytes = input.body() instanceof InputBody.External external
                ? external.event().sizeBytes()
                : 0;
        String key = InboxRules.key(input.body());
        this.keyHash = key == null ? null : DbConnection.hash(key);
    }

    @Override
    long payloadBytes() {
        return (long) body.length + (note == null ? 0 : note.length);
    }

    @Override
    void wants(Wanted wanted) {
        wanted.session(receiver);
        wanted.input(receiver, input.id());
        if (append.room().isPresent() && laneBytes > 0) {
            wanted.externalBytes(receiver);
        }
        append.note().ifPresent(note -> wanted.session(note.sender()));
        if (keyHash != null) {
            wanted.key(receiver, keyHash);
        }
        if (append.correlation() instanceof Correlation.Answers answers) {
            wanted.request(answers.request());
        }
    }

    @Override
    AppendResult apply(Known known) {
        Hot session = known.sessions.get(receiver);
        if (session == null) {
            return new AppendResult.Refused(Reason.UNKNOWN_SESSION);
        }
        if (session.archived) {
            return new AppendResult.Refused(Reason.ARCHIVED);
        }
        Known.Input same = known.inputs.get(new Known.Of(receiver, input.id().value()));
        if (same != null) {
            return new AppendResult.Duplicate(input.id(), new Cursor(same.seq()));
        }
        AppendResult result = append.correlation() instanceof Correlation.Answers answers
                ? answer(known, session, answers)
                : keyed(known, session);
        boolean written = result instanceof AppendResult.Appended || result instanceof AppendResult.Replied;
        if (written && append.correlation() instanceof Correlation.Opens opens) {
            open(known, opens);
        }
        if (written) {
            note(known);
        }
        return result;
    }

    /** Others may have made room for what is refused. */
    @Override
    boolean holds(AppendResult outcome) {
        return !(outcome instanceof AppendResult.Refused);
    }

    private AppendResult keyed(Known known, Hot session) {
        InboxRules.AdmittedKey first = keyHash == null ? null : known.keys.get(new Known.Of(receiver, keyHash));
        if (first == null) {
            return admit(known, session);
        }
        AppendResult result = InboxRules.sameKey(first, input.body());
        return result instanceof AppendResult.Duplicate && known.redrive(session, first.id(), input.at())
                ? new AppendResult.Duplicate(first.id(), first.position(), true)
                : result;
    }

    private AppendResult admit(Known known, Hot session) {
        InputAppend.Room room = append.room().orElse(null);
        if (room != null) {
            long waiting = session.externalBytes - known.consumedBytes.getOrDefault(receiver, 0L);
            Reason full = InboxRules.noRoom(room, input.track(), laneBytes, session.waiting(), waiting);
            if (full != null) {
                return new AppendResult.Refused(full);
            }
        }
        long number = known.input(session, input, body, laneBytes);
        Cursor position = session.last();
        if (keyHash != null && input.body() instanceof InputBody.External external) {
            known.newKeys.row(session.no, keyHash, position.sequence());
            known.keys.put(new Known.Of(receiver, keyHash), new InboxRules.AdmittedKey(input.id(), position, external));
        }
        AdmittedInput admitted = input.admitted(position);
        return new AppendResult.Appended(admitted, input.track(), number);
    }

    private AppendResult answer(Known known, Hot requester, Correlation.Answers answers) {
        InboxRules.Asked request = known.requests.get(answers.request());
        Reason refusal = InboxRules.refusal(answers, receiver, request);
        if (request == null || refusal != null) {
            return new AppendResult.Refused(refusal == null ? Reason.UNKNOWN_REQUEST : refusal);
        }
        PeerReply reply = InboxRules.reply(input);
        if (reply.status().terminal()) {
            known.answers.put(answers.request(), StoreCodec.encode(reply));
            known.requests.put(
                    answers.request(),
                    new InboxRules.Asked(request.requester(), request.responder(), request.toHandle(), true));
        }
        if (!request.toHandle()) {
            return admit(known, requester);
        }
        long seq = known.event(requester, StoreCodec.encode(new SessionEvent.ReplyReceived(Cursor.START, reply)));
        known.handleReplies.row(input.id().value(), requester.no, seq);
        known.inputs.put(new Known.Of(receiver, input.id().value()), new Known.Input(seq, false, null));
        return new AppendResult.Replied(receiver, reply, new Cursor(seq));
    }

    private void open(Known known, Correlation.Opens opens) {
        known.newRequests.put(opens.request(), new @Nullable Object[] {
            opens.request().value(),
            opens.requester().value(),
            receiver.value(),
            opens.toHandle(),
            Shards.of(opens.requester()),
            opens.deadline().map(StoredNumbers::of).orElse(null)
        });
        known.answers.remove(opens.request());
        known.requests.put(opens.request(), new InboxRules.Asked(opens.requester(), receiver, opens.toHandle(), false));
    }

    private void note(Known known) {
        InputAppend.Note of = append.note().orElse(null);
        Hot sender = of == null ? null : known.sessions.get(of.sender());
        if (note != null && sender != null) {
            long unused = known.event(sender, note);
        }
    }
}
