package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.AnswerAfterRun;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a session's events, {@code session/event}. It also holds the answers of runs until the events up to the
 * run's end are written: clients stop listening to a run when they have its answer.
 */
final class MirrorFeed extends Feed {
    private static final byte[] NOTHING = new byte[0];

    private final String session;
    private final ContractLine line;
    private final SendQueue outbox;
    private final AnswerAfterRun answers;
    private final Consumer<MirrorFeed> onEnd;

    MirrorFeed(String session, ContractLine line, SendQueue outbox, Workers workers, Consumer<MirrorFeed> onEnd) {
        super(outbox);
        this.session = session;
        this.line = line;
        this.outbox = outbox;
        this.answers = new AnswerAfterRun(workers);
        this.onEnd = onEnd;
    }

    @Override
    public boolean offer(WireEvent event) {
        ObjectNode params = WireJson.object();
        params.put("session_id", session);
        return offer(
                event,
                "session/event",
                params,
                line.hasOldEvents() ? () -> WireJson.write(flattened(event.envelope())) : event::json,
                () -> event.endOfRun().ifPresent(answers::ended));
    }

    /** The Python clients of those lines look for the payload's fields beside the envelope's; others pass over them. */
    private static ObjectNode flattened(ObjectNode envelope) {
        ObjectNode flat = envelope.deepCopy();
        envelope.path("payload").properties().forEach(field -> flat.set(field.getKey(), field.getValue()));
        return flat;
    }

    @Override
    public void ended(@Nullable WireFault error) {
        onEnd.accept(this);
        finish();
    }

    /** What comes now is not told; the answers go when what has come is written. */
    void finish() {
        outbox.last(NOTHING, answers::close);
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. */
    void hold(String run, Runnable answer) {
        answers.hold(run, answer);
    }
}
