package dev.meerkat.core.internal;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Asides;
import dev.meerkat.core.internal.session.FencedFault;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.store.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that only the owner of a session can do. It is done here if this runtime owns the session, and by the owner
 * otherwise, to whom it goes through the store as text.
 *
 * @param kind what to do
 * @param arguments its arguments
 */
record OwnerCall(Kind kind, List<String> arguments) {
    /** What to do. */
    enum Kind {
        ARCHIVE,
        CANCEL,
        INJECT_CONTEXT,
        INTERRUPT,
        KEEP_ALIVE,
        UNPARK
    }

    private static final Logger LOG = LoggerFactory.getLogger(OwnerCall.class);
    private static final String DONE = "done";
    private static final String MOVED = "moved";
    private static final String NOT_DONE = "not_done";
    private static final String FAILED = "failed";
    private static final String UNKNOWN = "unknown";
    /** How often a session may move to another owner during one call. */
    private static final int MOVES = 20;

    static OwnerCall archive() {
        return new OwnerCall(Kind.ARCHIVE, List.of());
    }

    static OwnerCall cancel(InputId prompt) {
        return new OwnerCall(Kind.CANCEL, List.of(prompt.toString()));
    }

    static OwnerCall inject(ContextNote note) {
        List<String> arguments =
                new ArrayList<>(List.of(note.text(), note.source().orElse("")));
        note.idempotencyKey().ifPresent(arguments::add);
        return new OwnerCall(Kind.INJECT_CONTEXT, arguments);
    }

    static OwnerCall interrupt(Optional<TurnId> only) {
        return new OwnerCall(Kind.INTERRUPT, only.map(TurnId::toString).stream().toList());
    }

    static OwnerCall keepAlive(boolean keepAlive) {
        return new OwnerCall(Kind.KEEP_ALIVE, List.of(Boolean.toString(keepAlive)));
    }

    static OwnerCall unpark() {
        return new OwnerCall(Kind.UNPARK, List.of());
    }

    static OwnerCall parse(String text) {
        List<String> all = strings(text);
        return new OwnerCall(Kind.valueOf(all.get(0)), all.subList(1, all.size()));
    }

    private String text() {
        List<String> all = new ArrayList<>(List.of(kind.name()));
        all.addAll(arguments);
        return Json.of(all).text();
    }

    private static List<String> strings(String text) {
        return List.of(Json.parse(text).as(String[].class));
    }

    // --- for the caller --------------------------------------------------------------------------

    /** Does it, here or at the owner; returns its result as text. */
    String done(SessionLoop here) throws InterruptedException {
        Kernel kernel = here.kernel;
        Sharing sharing = kernel.sharing;
        if (sharing == null) {
            return result(here);
        }
        for (int i = 0; i < MOVES; i++) {
            if (kernel.owns(here.id)) {
                try {
                    return result(here);
                } catch (StoreException e) {
                    if (!FencedFault.isReasonOf(e)) {
                        throw e;
                    }
                }
            } else {
                List<String> answer = strings(asked(here, sharing));
                if (!answer.get(0).equals(MOVED)) {
                    return told(here.id, answer);
                }
            }
        }
        throw new StoreException(
                "session " + here.id + " goes from owner to owner, so nothing of this call was done", null);
    }

    /** Lets the owner know of a wish; returns when it does, or when it does not answer. */
    void wish(SessionLoop here) {
        try {
            String unused = done(here);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MeerkatException e) {
            LOG.warn("session {}: its owner may not know of a wish: {}", here.id, kind, e);
        }
    }

    private static Duration patience(Kernel kernel) {
        return kernel.limits.waits().interrupt().plus(kernel.limits.waits().store());
    }

    private String asked(SessionLoop here, Sharing sharing) throws InterruptedException {
        UUID id = here.id.value();
        Duration patience = patience(here.kernel);
        CompletableFuture<String> answer =
                sharing.call(here.id, text(), patience).toCompletableFuture();
        try {
            // The store ends it earlier by itself.
            return answer.get(patience.multipliedBy(2).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Kernel.failure(e.getCause(), id);
        } catch (TimeoutException e) {
            throw new UnknownOutcomeException(id, "the owner of the session did not answer", e);
        }
    }

    private static String told(SessionId session, List<String> answer) {
        String what = answer.get(0);
        if (what.equals(DONE)) {
            return answer.get(1);
        }
        String code = answer.get(1);
        String message = answer.get(2);
        if (code.equals(SessionArchivedException.CODE)) {
            throw new SessionArchivedException(session);
        }
        throw switch (what) {
            case NOT_DONE ->
                code.equals(StoreException.CODE)
                        ? new StoreException(message, null)
                        : new NotDoneException(code, message);
            case FAILED -> new FailedException(code, message, null);
            default -> new UnknownOutcomeException(session.value(), message, null);
        };
    }

    static InterruptOutcome interrupted(String result) {
        int space = result.indexOf(' ');
        if (space < 0) {
            return new InterruptOutcome.Idle();
        }
        TurnId turn = new TurnId(UUID.fromString(result.substring(space + 1)));
        return result.startsWith("stopped ")
                ? new InterruptOutcome.Stopped(turn)
                : new InterruptOutcome.Stopping(Optional.of(turn));
    }

    // --- for the owner ---------------------------------------------------------------------------

    /** Does it, and returns an answer for the one who asked. */
    String answer(SessionLoop here) throws InterruptedException {
        try {
            return Json.of(List.of(DONE, result(here))).text();
        } catch (StoreException e) {
            return FencedFault.isReasonOf(e) ? Json.of(List.of(MOVED)).text() : refusal(NOT_DONE, e);
        } catch (MeerkatClosedException e) {
            // Its next owner can do it.
            return Json.of(List.of(MOVED)).text();
        } catch (NotDoneException e) {
            return refusal(NOT_DONE, e);
        } catch (FailedException e) {
            return refusal(FAILED, e);
        } catch (MeerkatException e) {
            return refusal(UNKNOWN, e);
        }
    }

    private static String refusal(String what, MeerkatException e) {
        return Json.of(List.of(what, e.code(), String.valueOf(e.getMessage()))).text();
    }

    private String result(SessionLoop here) throws InterruptedException {
        return switch (kind) {
            case ARCHIVE -> {
                here.archive();
                yield "";
            }
            case CANCEL -> cancelled(here);
            case INJECT_CONTEXT ->
                Boolean.toString(new Asides(here)
                        .injectContext(new ContextNote(
                                arguments.get(0),
                                Optional.of(arguments.get(1)).filter(source -> !source.isEmpty()),
                                arguments.stream().skip(2).findFirst())));
            case INTERRUPT ->
                interrupted(here.interrupt(arguments.stream()
                        .findFirst()
                        .map(id -> new TurnId(UUID.fromString(id)))
                        .orElse(null)));
            case KEEP_ALIVE -> {
                new Asides(here).changeKeepAlive(Boolean.parseBoolean(arguments.get(0)));
                yield "";
            }
            case UNPARK -> Boolean.toString(new Asides(here).unpark());
        };
    }

    private static String interrupted(InterruptOutcome outcome) {
        if (outcome instanceof InterruptOutcome.Stopped stopped) {
            return "stopped " + stopped.turnId();
        }
        return outcome instanceof InterruptOutcome.Stopping stopping
                ? "stopping " + stopping.turnId().orElseThrow()
                : "idle";
    }

    /** The wish is kept until the turn of the prompt has ended. */
    private String cancelled(SessionLoop here) {
        Kernel kernel = here.kernel;
        InputId prompt = new InputId(UUID.fromString(arguments.get(0)));
        CompletableFuture<TurnOutcome> end = kernel.turns.expect(here.id, prompt);
        kernel.cancelled.add(prompt);
        CompletableFuture<TurnOutcome> unused = end.whenComplete((outcome, failure) -> kernel.cancelled.remove(prompt));
        here.cancel(prompt);
        return "";
    }
}
