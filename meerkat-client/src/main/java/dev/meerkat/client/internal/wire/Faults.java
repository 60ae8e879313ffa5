package dev.meerkat.client.internal.wire;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The error answers of servers as typed errors. */
public final class Faults {
    /** The code of a session that has no comms now: made without a name, deferred, or not live. */
    public static final String COMMS_NOT_ENABLED = "comms_not_enabled";

    private Faults() {}

    /** The typed error of a call on a session; session is null for a call on none. */
    public static MeerkatException typed(Fault fault, @Nullable SessionId session) {
        return Later.later();
    }

    /** The typed error of a send. */
    public static MeerkatException ofSend(Fault fault, SessionId session, CommsCommand<?> command) {
        return Later.later();
    }

    /** How a turn ended, if the error answers for the turn and not for the call. */
    public static Optional<TurnOutcome> ofTurn(Fault fault) {
        return Later.later();
    }

    /** The session that REST says it has made although its first turn failed. */
    public static Optional<Created> createdDespite(Fault fault) {
        return Later.later();
    }
}
