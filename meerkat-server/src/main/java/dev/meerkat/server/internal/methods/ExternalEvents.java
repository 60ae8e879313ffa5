package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Session;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.wire.internal.Params;
import java.time.Clock;

/** {@code session/external_event}. Holds no worker while the store writes, so that it can group as many as come. */
final class ExternalEvents implements Method {
    private final Sessions sessions;
    private final Clock clock;

    ExternalEvents(Sessions sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    @Override
    public boolean runsAtOnce(ObjectNode params) {
        return sessions.isAtHand(params.path("session_id").asText());
    }

    @Override
    public void run(Params params, Caller caller, Pending pending) throws InterruptedException {
        String locator = params.text("session_id");
        ExternalEvent event = InputReader.event(params);
        Session session = sessions.open(locator);
        if (session instanceof StagedIngress staged) {
            pending.complete(staged.admit(event), outcome -> InputWriter.outcome(outcome, clock.instant()));
        } else {
            pending.complete(InputWriter.outcome(session.sendExternalEvent(event), clock.instant()));
        }
    }
}
