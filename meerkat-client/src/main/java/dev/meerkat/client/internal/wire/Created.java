package dev.meerkat.client.internal.wire;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import org.jspecify.annotations.Nullable;

/**
 * A new session.
 *
 * @param session its id
 * @param realm the server's realm, or null if it does not tell
 * @param firstTurn how the first turn ended; null if it has not run yet
 */
public record Created(
        SessionId session, @Nullable String realm, @Nullable TurnOutcome firstTurn) {}
