package dev.meerkat.server.internal.methods;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.server.internal.methods.Operations.FoundInput;
import dev.meerkat.server.internal.wire.LogStretch;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds inputs by their ids or by the keys of external events, and how far they got. */
final class InputSearch {
    /** How many of the newest events are searched for a key, which no index finds. */
    private static final long SEARCHED = 10_000;

    /** What stands before the keys that senders of external events give. */
    private static final String CALLER = "caller:";

    private final Clock clock;

    InputSearch(Clock clock) {
        this.clock = clock;
    }

    Optional<FoundInput> find(Session session, InputId id) throws InterruptedException {
        Optional<InputStatus> status = session.inputStatus(id);
        return status.isEmpty()
                ? Optional.empty()
                : Optional.of(new FoundInput(status.get(), admittedAt(session, status.get())));
    }

    Optional<FoundInput> find(Session session, String key) throws InterruptedException {
        Optional<InputId> id = byKey(session, key);
        return id.isEmpty() ? Optional.empty() : find(session, id.get());
    }

    private Instant admittedAt(Session session, InputStatus status) throws InterruptedException {
        if (status.position().isEmpty()) {
            return clock.instant();
        }
        Cursor position = status.position().get();
        Cursor before = new Cursor(position.sequence() - 1);
        return find(session, before, position, input -> input.id().equals(status.id()))
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
            throw new WireFault(ErrorCode.CAPABILITY_UNAVAILABLE, message, ErrorForm.outcome(ErrorForm.NOT_DONE));
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

    /** The first input of a stretch of the log that is looked for. */
    private static Optional<AdmittedInput> find(
            Session session, Cursor after, Cursor last, Predicate<AdmittedInput> wanted) throws InterruptedException {
        return LogStretch.first(
                session,
                after,
                last,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        ? Optional.of(admitted.input()).filter(wanted)
                        : Optional.empty());
    }
}
