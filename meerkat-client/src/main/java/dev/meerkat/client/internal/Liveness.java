package dev.meerkat.client.internal;

import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a new keep-alive session has come to life. Over JSON-RPC a server answers before that, and
 * when it then fails, for one because a live session has the name already, it tells nobody: the new
 * session is listed and takes events, and never runs.
 */
final class Liveness {
    private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);
    private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();

    private final RemoteContext context;

    Liveness(RemoteContext context) {
        this.context = context;
    }

    /** Waits until the session has its comms; a session that stays without is archived. */
    void await(SessionId session, String commsName) throws InterruptedException {
        long deadline =
                context.clock().getAsLong() + context.timeouts().connect().toNanos();
        while (!alive(session)) {
            if (context.clock().getAsLong() > deadline) {
                discard(session);
                throw new NotDoneException(
                        "keep_alive_not_started",
                        "the server did not bring the new session to life; another live session may have the comms_name: \""
                                + commsName + "\"");
            }
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while a keep-alive session was starting");
            }
        }
    }

    private boolean alive(SessionId session) throws InterruptedException {
        try {
            context.calls().peers(session);
            return true;
        } catch (NotDoneException e) {
            if (e.code().equals(AnsweredFaults.COMMS_NOT_ENABLED)) {
                return false;
            }
            throw e;
        }
    }

    private void discard(SessionId session) throws InterruptedException {
        try {
            context.calls().archive(session);
        } catch (MeerkatException e) {
            LOG.warn("session {}: did not start, and cannot be archived: {}", session, e.getMessage());
        }
    }
}
