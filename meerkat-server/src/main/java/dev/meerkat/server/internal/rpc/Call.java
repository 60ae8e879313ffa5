package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.Answer;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that is answered once. Thread-safe. */
final class Call implements Caller {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final JsonNode id;
    private final String method;
    private final Callbacks callbacks;
    private final SessionMirrors copies;
    private final Consumer<byte[]> onAnswer;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile List<Tool> own = List.of();
    private volatile @Nullable Engagement engagement;
    private volatile @Nullable PendingCall<ObjectNode> pending;

    Call(JsonNode id, String method, Callbacks callbacks, SessionMirrors copies, Consumer<byte[]> onAnswer) {
        this.id = id;
        this.method = method;
        this.callbacks = callbacks;
        this.copies = copies;
        this.onAnswer = onAnswer;
    }

    private record Engagement(SessionId session, MirrorFeed feed) {}

    JsonNode id() {
        return id;
    }

    @Override
    public Surface surface() {
        return Surface.RPC;
    }

    @Override
    public Runnable creating() {
        return callbacks.creating(own);
    }

    @Override
    public void engaged(SessionId session, boolean created, boolean wantsCopies) {
        callbacks.serve(session, created ? own : List.of());
        if (!wantsCopies) {
            copies.decline(session);
            return;
        }
        // The first turn of a new session may have begun; its log tells what is missed.
        MirrorFeed feed = copies.engage(session, created ? 0 : Calls.LIVE);
        if (feed != null) {
            engagement = new Engagement(session, feed);
        }
    }

    /** The session that it creates is to have tools of its own. */
    void brings(List<Tool> tools) {
        own = tools;
    }

    /** It is carried out; its answer follows. */
    void began(PendingCall<ObjectNode> call) {
        pending = call;
        CompletionStage<Answer<ObjectNode>> answer = call.answer();
        answer.whenComplete(this::ended);
    }

    void cancel() {
        PendingCall<ObjectNode> call = pending;
        if (call != null) {
            call.cancel();
        }
    }

    private void ended(@Nullable Answer<ObjectNode> answer, @Nullable Throwable thrown) {
        Throwable error = thrown == null ? null : AsyncFailures.unwrapped(thrown);
        if (answer != null) {
            when(answer.runId(), () -> succeed(answer.result()));
        } else if (error instanceof WireFault fault) {
            when(fault.runId(), () -> fail(fault));
        } else {
            LOG.error("{} failed", method, error);
            fail(RpcErrors.internal());
        }
    }

    /** Answers when the events of the run are told that the answer ends. */
    private void when(Optional<String> run, Runnable answer) {
        Engagement engaged = engagement;
        if (engaged != null && run.isPresent()) {
            engaged.feed().hold(run.get(), answer);
        } else {
            answer.run();
        }
    }

    void succeed(ObjectNode result) {
        byte[] line;
        try {
            line = MessageLines.result(id, result);
        } catch (InvalidFieldException e) {
            LOG.error("the result of {} cannot be written: {}", method, e.field());
            line = MessageLines.error(id, RpcErrors.internal());
        } catch (RuntimeException | Error e) {
            LOG.error("the result of {} cannot be written", method, e);
            line = MessageLines.error(id, RpcErrors.internal());
        }
        answer(line);
    }

    void fail(WireFault fault) {
        answer(MessageLines.error(id, fault));
    }

    private void answer(byte[] line) {
        if (answered.compareAndSet(false, true)) {
            Engagement engaged = engagement;
            if (engaged != null) {
                copies.release(engaged.session(), engaged.feed());
            }
            onAnswer.accept(line);
        }
    }
}
