package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Session;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.time.Clock;
import java.util.Map;

/** What outside systems tell a session. */
final class InputMethods {
    private final Sessions sessions;
    private final ContractLine line;
    private final Clock clock;

    InputMethods(Sessions sessions, ContractLine line, Clock clock) {
        this.sessions = sessions;
        this.line = line;
        this.clock = clock;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("session/external_event", new ExternalEvents(sessions, clock));
        methods.put("session/peer_response_terminal", Method.direct(this::deliverPeerAnswer));
        methods.put("session/inject_context", Method.direct(this::injectContext));
    }

    private ObjectNode deliverPeerAnswer(Params params, Caller caller) throws InterruptedException {
        String locator = params.text("session_id");
        PeerAnswer answer = InputReader.answer(params);
        return InputWriter.outcome(sessions.open(locator).deliverPeerAnswer(answer), clock.instant());
    }

    private ObjectNode injectContext(Params params, Caller caller) throws InterruptedException {
        String locator = params.text("session_id");
        ContextNote note = InputReader.note(params, line);
        Session session = sessions.open(locator);
        try {
            String taken = line.contextIsContent() ? "applied" : "staged";
            return WireJson.object().put("status", session.injectContext(note) ? taken : "duplicate");
        } catch (NotDoneException e) {
            throw e.code().equals("input_idempotency_conflict")
                    ? Faults.contextConflict(note.idempotencyKey().orElse(""))
                    : e;
        }
    }
}
