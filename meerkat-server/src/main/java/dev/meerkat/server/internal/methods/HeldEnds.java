package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.InputId;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The ends of turns and the replies that clients wait for, each wait for a bounded time and without a thread. The newest are
 * held; of those that are there, as many as have room, since they may be large. Thread-safe.
 */
final class HeldEnds {
    private static final int HELD = 65_536;
    private static final long CHARS = 16L << 20;
    private static final long OVERHEAD = 256;

    private final Workers workers;
    private final int mostHeld;
    private final long mostChars;
    private final LinkedHashMap<Object, End> held = new LinkedHashMap<>();
    private final LinkedHashMap<Object, Long> there = new LinkedHashMap<>();
    private long chars;

    HeldEnds(Workers workers) {
        this(workers, HELD, CHARS);
    }

    HeldEnds(Workers workers, int mostHeld, long mostChars) {
        this.workers = workers;
        this.mostHeld = mostHeld;
        this.mostChars = mostChars;
    }

    /** What is waited for; a reply has no turn. */
    private record End(@Nullable Turn turn, CompletableFuture<HasJson> value, Set<Pending<ObjectNode>> waiting) {
        void tell() {
            for (Pending<ObjectNode> pending : List.copyOf(waiting)) {
                if (waiting.remove(pending)) {
                    pending.complete(
                            value.thenApply(end -> ApiCall.write(out -> out.object("end", end, ValueForm::write))));
                }
            }
        }
    }

    /** Holds a turn; gives the id under which its end can be asked for. */
    InputId hold(Turn turn) {
        InputId id = turn.inputId().orElseThrow();
        hold(id, turn, turn.completion());
        return id;
    }

    private End hold(Object id, @Nullable Turn turn, CompletionStage<? extends HasJson> value) {
        CompletableFuture<HasJson> told = new CompletableFuture<>();
        End end = new End(turn, told, ConcurrentHashMap.newKeySet());
        synchronized (this) {
            held.put(id, end);
            if (held.size() > mostHeld) {
                drop(held.keySet().iterator().next());
            }
        }
        value.whenComplete((known, failure) -> {
            if (failure == null) {
                told.complete(known);
            } else {
                told.completeExceptionally(failure);
            }
            count(id, known);
            end.tell();
        });
        return end;
    }

    private void count(Object id, @Nullable HasJson value) {
        long size = OVERHEAD + chars(value);
        synchronized (this) {
            if (held.containsKey(id)) {
                there.put(id, size);
                chars += size;
            }
            while (chars > mostChars && there.size() > 1) {
                drop(there.keySet().iterator().next());
            }
        }
    }

    private static long chars(@Nullable HasJson value) {
        if (value instanceof TurnOutcome.Completed completed) {
            return completed.text().length();
        }
        return value instanceof PeerReply reply ? reply.result().text().length() : 0;
    }

    private void drop(Object id) {
        held.remove(id);
        Long size = there.remove(id);
        chars -= size == null ? 0 : size;
    }

    private synchronized @Nullable End find(Object id) {
        return held.get(id);
    }

    /**
     * A turn that is held.
     *
     * @throws NotDoneException if it is not, or not any more
     */
    Turn turn(InputId id) {
        Turn turn = ofTurn(id).turn();
        if (turn == null) {
            throw notHeld(id);
        }
        return turn;
    }

    private End ofTurn(InputId id) {
        End end = find(id);
        if (end == null) {
            throw notHeld(id);
        }
        return end;
    }

    private static NotDoneException notHeld(InputId id) {
        return new NotDoneException(
                "turn_not_held",
                "the server does not hold the turn of prompt " + id
                        + ": it was restarted, or the turn ended long ago; the session's events tell its end");
    }

    /** Answers with the end of a turn, or after a time that there is none yet. */
    void awaitTurn(InputId id, Duration wait, Pending<ObjectNode> pending) {
        await(ofTurn(id), wait, pending);
    }

    /** Answers with a reply, or after a time that there is none yet. */
    void awaitReply(Session session, RequestId id, Duration wait, Pending<ObjectNode> pending)
            throws InterruptedException {
        End end = find(id);
        await(end == null ? hold(id, null, session.reply(id).completion()) : end, wait, pending);
    }

    private void await(End end, Duration wait, Pending<ObjectNode> pending) {
        end.waiting().add(pending);
        if (end.value().isDone()) {
            // Before there is a timer, which would say that there is none.
            end.tell();
            return;
        }
        ScheduledFuture<?> timer = workers.schedule(
                () -> {
                    if (end.waiting().remove(pending)) {
                        pending.complete(ApiCall.write(out -> {}));
                    }
                },
                wait);
        CompletableFuture<?> unused = pending.answer().whenComplete((answer, failure) -> timer.cancel(false));
    }
}
