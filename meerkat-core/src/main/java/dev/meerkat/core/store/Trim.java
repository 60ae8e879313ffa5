package dev.meerkat.core.store;

import dev.meerkat.api.SessionId;
import java.time.Instant;

/**
 * What is no longer needed of a session.
 *
 * @param session the session, archived or not
 * @param upTo where its log and transcript are to begin
 * @param keysBefore ids and keys of inputs that came before this need not be known
 * @param keysKept neither need those of inputs that are not among so many newest ones of their track
 */
public record Trim(SessionId session, Cut upTo, Instant keysBefore, long keysKept) {}
