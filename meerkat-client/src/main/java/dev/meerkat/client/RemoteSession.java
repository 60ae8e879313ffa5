package dev.meerkat.client;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.Session;

/** A {@link Session} on a remote server, with what only a server has. Thread-safe. */
public interface RemoteSession extends Session {
    @Override
    RemoteTurn startTurn(String prompt) throws InterruptedException;

    /**
     * Adds a text to the transcript without running a turn; {@code session/inject_context} on the wire.
     *
     * @param note the text
     * @return false if the same key and text were added before
     * @throws dev.meerkat.api.NotDoneException if the key was used for another text
     * @throws InterruptedException if interrupted while waiting
     */
    boolean injectContext(ContextNote note) throws InterruptedException;

    /**
     * Gives a request of this session its last answer on behalf of the peer that was asked, and wakes
     * the session; {@code session/peer_response_terminal} on the wire.
     *
     * @param answer whose answer to what
     * @return what became of it
     * @throws InterruptedException if interrupted while waiting
     */
    EventOutcome answerFor(PeerAnswer answer) throws InterruptedException;
}
