package dev.meerkat.core;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import java.util.List;
import java.util.Optional;

/** Work of a runtime that takes time. A listener ignores kinds that it does not know. */
public sealed interface RuntimeWork {

    /** Work within an attempt at a turn. */
    sealed interface InTurn extends RuntimeWork {
        /** {@return the id of the turn} */
        TurnId turn();
    }

    /**
     * An attempt at a turn, from when its start is stored to when its end is.
     *
     * @param session the session
     * @param name the session's comms name, or empty if it has none
     * @param turn the turn
     * @param attempt which attempt, 1 for the first
     * @param inputs what it took up
     */
    record Attempt(SessionId session, Optional<String> name, TurnId turn, int attempt, List<AdmittedInput> inputs)
            implements InTurn {}

    /**
     * A call of the agent. A turn calls it again when steered inputs came at its end.
     *
     * @param session the session
     * @param name the session's comms name, or empty if it has none
     * @param turn the turn
     */
    record AgentWork(SessionId session, Optional<String> name, TurnId turn) implements InTurn {}

    /**
     * A call of a tool, perhaps on a thread of its own. A call whose result is taken from the transcript is none.
     *
     * @param session the session
     * @param turn the turn
     * @param tool the tool's name
     * @param key the key of the call
     */
    record ToolWork(SessionId session, TurnId turn, String tool, String key) implements InTurn {}

    /**
     * A call of a model.
     *
     * @param session the session
     * @param turn the turn
     * @param provider who serves the model, such as {@code openai}, or empty if that is not known
     * @param model the model's name, or empty if that is not known
     */
    record ModelWork(SessionId session, TurnId turn, Optional<String> provider, Optional<String> model)
            implements InTurn {}

    /**
     * A message to a peer is made: by a turn, whose step takes it along, or by the host. Its trace is the one that is
     * current meanwhile.
     *
     * @param session the sender
     * @param receiver the receiver's comms name
     * @param kind the kind of command, such as {@code peer_message}
     * @param envelope the message's id
     */
    record SendWork(SessionId session, String receiver, String kind, EnvelopeId envelope) implements RuntimeWork {}

    /**
     * The store brings a group of writes to disk.
     *
     * @param writes how many
     */
    record GroupCommit(int writes) implements RuntimeWork {}
}
