package dev.meerkat.core.internal;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.agent.TurnComms;
import dev.meerkat.core.agent.TurnContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an agent holds during one call; useless afterwards. */
final class TurnView implements TurnContext {
    private final TurnRun turn;
    private final TurnCommsView comms;
    private @Nullable SessionSnapshot session;
    private volatile boolean ended;

    TurnView(TurnRun turn) {
        this.turn = turn;
        this.comms = new TurnCommsView(turn, this);
    }

    void end() {
        ended = true;
    }

    TurnRun checked() {
        if (ended) {
            throw new IllegalStateException("the turn's context is used after the agent returned");
        }
        return turn;
    }

    @Override
    public TurnId turnId() {
        return checked().turnId();
    }

    @Override
    public int attempt() {
        return checked().record().attempt();
    }

    @Override
    public int step() {
        return checked().record().step();
    }

    @Override
    public SessionSnapshot session() {
        SessionLoop loop = checked().loop;
        if (session == null) {
            session = Snapshots.of(loop, loop.kernel.store.load(loop.id).orElseThrow());
        }
        return session;
    }

    @Override
    public List<AdmittedInput> inputs() {
        return checked().call();
    }

    @Override
    public HistoryPage history(long offset, int limit) {
        return Snapshots.history(checked().loop, offset, limit);
    }

    @Override
    public void emit(String delta) {
        checked().write(delta);
    }

    @Override
    public boolean interrupted() {
        return turn.signal.asked();
    }

    @Override
    public List<AdmittedInput> safePoint() throws InterruptedException {
        return checked().safePoint(true);
    }

    @Override
    public Json tool(String name, Json arguments, Tool tool) throws Exception {
        TurnRun run = checked();
        String content = name + arguments.text();
        String key = run.key("tool", content);
        run.did("tool", content);
        Optional<ToolCall> done = recorded(key);
        if (done.isPresent()) {
            return outcome(done.get());
        }
        run.loop.links.show(new SessionEvent.ToolCallStarted(run.loop.last(), run.turnId(), name, arguments));
        Json result;
        try {
            result = tool.run(key);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            record(new ToolCall(key, name, arguments, Json.of(String.valueOf(e)), true));
            throw e;
        }
        record(new ToolCall(key, name, arguments, result, false));
        return result;
    }

    /** A call that a committed step holds is not made again. */
    private Optional<ToolCall> recorded(String key) {
        return turn.earlier().stream()
                .filter(TranscriptEntry.Tool.class::isInstance)
                .map(entry -> ((TranscriptEntry.Tool) entry).call())
                .filter(call -> call.key().equals(key))
                .findFirst();
    }

    private static Json outcome(ToolCall call) throws ToolFailedException {
        if (call.failed()) {
            throw new ToolFailedException(call.name() + " failed earlier: " + call.result());
        }
        return call.result();
    }

    private void record(ToolCall call) {
        Instant now = turn.loop.kernel.now();
        turn.step().transcript.add(new TranscriptEntry.Tool(now, turn.turnId(), call));
        turn.step().event(c -> new SessionEvent.ToolCalled(c, now, turn.turnId(), call));
    }

    @Override
    public TurnComms comms() {
        checked();
        return comms;
    }

    /** The failure of a tool call that a committed step holds; the first exception's type is not kept. */
    private static final class ToolFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        ToolFailedException(String message) {
            super(message);
        }
    }
}
