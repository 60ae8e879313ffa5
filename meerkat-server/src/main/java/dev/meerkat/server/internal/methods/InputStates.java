package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.InputWriter;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** How far inputs got, by their ids or by the keys of external events. */
final class InputStates {
    /** How many of the newest events are searched for a key, which no index finds. */
    private static final long SEARCHED = 10_000;

    /** What stands before the keys that senders of external events give. */
    private static final String CALLER = "caller:";

    private final Sessions sessions;
    private final Clock clock;

    InputStates(Sessions sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("session/input_status", Method.direct(this::status));
    }

    private ObjectNode status(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of("session_id", "selector"));
        Params selector = params.object("selector").only(Set.of("by", "value"));
        String by =
                selector.oneOf("by", Set.of("input_id", "idempotency_key")).orElseThrow(() -> selector.missing("by"));
        String value = selector.text("value");
        Session session = sessions.open(params.text("session_id"));
        Optional<InputId> id = by.equals("input_id") ? Optional.of(InputId.of(value)) : byKey(session, value);
        Optional<InputStatus> status = id.isEmpty() ? Optional.empty() : session.inputStatus(id.get());
        return status.isEmpty()
                ? WireJson.object()
                : InputWriter.status(status.get(), admittedAt(session, status.get()));
    }

    private Instant admittedAt(Session session, InputStatus status) throws InterruptedException {
        if (status.position().equals(Cursor.START)) {
            return clock.instant();
        }
        Cursor before = new Cursor(status.position().sequence() - 1);
        return find(session, before, status.position(), input -> input.id().equals(status.id()))
                .map(AdmittedInput::at)
                .orElseGet(clock::instant);
    }

    private static Optional<InputId> byKey(Session session, String stored) throws InterruptedException {
        String key = stored.startsWith(CALLER) ? stored.substring(CALLER.length()) : stored;
        Cursor last = session.snapshot().lastCursor().orElse(Cursor.START);
        long from = Math.max(0, last.sequence() - SEARCHED);
        Optional<InputId> found = find(session, new Cursor(from), last, input -> hasKey(input, key))
                .map(AdmittedInput::id);
        if (found.isEmpty() && from > 0) {
            String message = "an input is found by its idempotency_key among the newest " + SEARCHED
                    + " events only; ask by its input_id";
            throw new WireFault(ErrorCode.CAPABILITY_UNAVAILABLE, message, null);
        }
        return found;
    }

    private static boolean hasKey(AdmittedInput input, String key) {
        if (!(input.body() instanceof InputBody.External external)) {
            return false;
        }
        ExternalEvent event = external.event();
        return event.idempotencyKey().filter(key::equals).isPresent();
    }

    /** The first input of a stretch of the log that is looked for. Reads what is there and waits for nothing. */
    private static Optional<AdmittedInput> find(
            Session session, Cursor after, Cursor last, Predicate<AdmittedInput> wanted) throws InterruptedException {
        try (EventStream stream = session.events(after)) {
            while (stream.position().compareTo(last) < 0) {
                Optional<SessionEvent> event = stream.next(Duration.ZERO);
                if (event.isEmpty()) {
                    break;
                }
                if (event.get() instanceof SessionEvent.InputAdmitted admitted && wanted.test(admitted.input())) {
                    return Optional.of(admitted.input());
                }
            }
            return Optional.empty();
        }
    }
}
