package dev.meerkat.core.store;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an input, by what a store already has: the same in every store. Stores look up and write; they decide
 * by these rules. An append is looked at in this order: its session, its id, its request, its idempotency key.
 */
public final class InboxRules {
    private InboxRules() {}

    /**
     * What a store knows of a request.
     *
     * @param requester the session that sent it
     * @param responder the session that received it
     * @param toHandle whether its response goes to a handle instead of the requester's inbox
     * @param answered whether it has its terminal response
     */
    public record Asked(SessionId requester, SessionId responder, boolean toHandle, boolean answered) {}

    /**
     * Why a response is not taken.
     *
     * @param answers what it answers, and who answers
     * @param receiver the session to which it goes
     * @param asked the request, or null if there is none
     * @return the reason, or null if it is taken
     */
    public static AppendResult.@Nullable Reason refusal(
            Correlation.Answers answers, SessionId receiver, @Nullable Asked asked) {
        if (asked == null
                || !asked.responder().equals(answers.responder())
                || !asked.requester().equals(receiver)) {
            return AppendResult.Reason.UNKNOWN_REQUEST;
        }
        return asked.answered() ? AppendResult.Reason.ALREADY_ANSWERED : null;
    }

    /**
     * Whether a lane has room for one more input.
     *
     * @param room the bounds
     * @param track the input's track
     * @param bytes the input's bytes, if it is an external event
     * @param waiting how many inputs of each track wait
     * @param waitingBytes bytes of the external events that wait
     * @return why it has none, or null
     */
    public static AppendResult.@Nullable Reason noRoom(
            InputAppend.Room room, Track track, long bytes, Marks waiting, long waitingBytes) {
        long before = track == Track.PROMPT || track == Track.EXTERNAL
                ? waiting.get(track)
                : waiting.queued() + waiting.steered() + waiting.passive();
        if (before >= room.inputs()) {
            return AppendResult.Reason.TOO_MANY_INPUTS;
        }
        return track == Track.EXTERNAL && waitingBytes + bytes > room.bytes()
                ? AppendResult.Reason.TOO_MANY_BYTES
                : null;
    }

    /**
     * A response as its request keeps it.
     *
     * @param input an input whose correlation is {@link Correlation.Answers}
     * @return the reply
     */
    public static PeerReply reply(NewInput input) {
        InputBody.PeerResponse response = (InputBody.PeerResponse) input.body();
        CommsCommand.PeerResponse command = response.command();
        return new PeerReply(
                command.inReplyTo(),
                response.from(),
                command.status(),
                command.result(),
                command.blocks(),
                command.contentTaint(),
                input.at());
    }

    /**
     * The key under which an input is admitted once.
     *
     * @param body what it says
     * @return the key, or null if it has none
     */
    public static @Nullable String key(InputBody body) {
        return body instanceof InputBody.External external
                ? external.event().idempotencyKey().orElse(null)
                : null;
    }

    /**
     * What becomes of an input whose key an earlier one has. Where it is a duplicate of a dead letter, that is redriven.
     *
     * @param first the earlier input
     * @param next the input
     * @return a duplicate that changed nothing, or a conflict
     */
    public static AppendResult sameKey(AdmittedKey first, InputBody next) {
        return first.body().event().sameContent(((InputBody.External) next).event())
                ? new AppendResult.Duplicate(first.id(), first.position())
                : new AppendResult.Conflict(first.id());
    }

    /**
     * An external event that has a key.
     *
     * @param id its id
     * @param position its place in the log
     * @param body what it says
     */
    public record AdmittedKey(InputId id, Cursor position, InputBody.External body) {}

    /**
     * The event of a dead letter that is tried again.
     *
     * @param together the dead letters of its turn, which are tried again with it
     * @param at when
     * @return the event
     */
    public static SessionEvent redriven(List<FailedInput> together, Instant at) {
        List<InputId> ids = together.stream().map(dead -> dead.input().id()).toList();
        return new SessionEvent.InputRedriven(Cursor.START, at, ids);
    }

    /**
     * The event of a dead letter that is given up for good.
     *
     * @param input its id
     * @param at when
     * @return the event
     */
    public static SessionEvent discarded(InputId input, Instant at) {
        return new SessionEvent.InputDiscarded(Cursor.START, at, List.of(input));
    }
}
