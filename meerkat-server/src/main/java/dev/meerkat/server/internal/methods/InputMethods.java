package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Session;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.Dialect;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.InputReader;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.server.internal.wire.Params;
import java.time.Clock;
import java.util.Map;

/** What outside systems tell a session. */
final class InputMethods {
    private final Sessions sessions;
    private final Dialect dialect;
    private final Clock clock;

    InputMethods(Sessions sessions, Dialect dialect, Clock clock) {
        this.sessions = sessions;
        this.dialect = dialect;
        this.clock = clock;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("session/external_event", new ExternalEvents(sessions, clock));
        methods.put("session/peer_response_terminal", Method.direct(this::answerFor));
        methods.put("session/inject_context", Method.direct(this::injectContext));
    }

    private ObjectNode answerFor(Params params, Caller caller) throws InterruptedException {
        String locator = params.text("session_id");
        PeerAnswer answer = InputReader.answer(params);
        return InputWriter.outcome(sessions.open(locator).answerFor(answer), clock.instant());
    }

    private ObjectNode injectContext(Params params, Caller caller) throws InterruptedException {
        String locator = params.text("session_id");
        ContextNote note = InputReader.note(params, dialect);
        Session session = sessions.open(locator);
        try {
            return WireJson.object().put("status", session.injectContext(note) ? dialect.contextTaken() : "duplicate");
        } catch (NotDoneException e) {
            throw e.code().equals("input_idempotency_conflict")
                    ? Faults.contextConflict(note.idempotencyKey().orElse(""))
                    : e;
        }
    }
}
