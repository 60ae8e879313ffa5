package dev.meerkat.server.internal.wire;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;

/** How what begins a run ends, if it does not fail. */
public sealed interface RunEnd {
    /** The session. */
    SessionId session();

    /** The session is there, without a turn. */
    record Deferred(SessionId session) implements RunEnd {}

    /** The session is there, and its first turn runs. */
    record Begun(SessionId session) implements RunEnd {}

    /** The turn has its answer. */
    record Completed(SessionId session, TurnOutcome.Completed outcome) implements RunEnd {}
}
