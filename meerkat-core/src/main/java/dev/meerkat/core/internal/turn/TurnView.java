package dev.meerkat.core.internal.turn;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Backlog;
import dev.meerkat.core.agent.CallReport;
import dev.meerkat.core.agent.Spent;
import dev.meerkat.core.agent.TurnComms;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.internal.session.SessionSchedules;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Snapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What an agent holds during one call; useless afterwards. */
final class TurnView implements TurnContext {
    private static final String SCHEDULE = "schedule_id";

    private final TurnAttempt turn;
    private final TurnCommsView comms;
    private @Nullable SessionSnapshot session;
    private volatile boolean ended;

    TurnView(TurnAttempt turn) {
        this.turn = turn;
        this.comms = new TurnCommsView(turn, this);
    }

    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    TurnAttempt checked() {
        if (ended) {
            throw new IllegalStateException("the turn's context is used after the agent returned");
        }
        return turn;
    }

    @Override
    public TurnId turnId() {
        return checked().id();
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
    public SessionId sessionId() {
        return checked().session.id;
    }

    @Override
    public SessionSnapshot session() {
        SessionState state = checked().session;
        if (session == null) {
            session = Snapshots.of(state, state.kernel.store.load(state.id).orElseThrow());
        }
        return session;
    }

    @Override
    public List<AdmittedInput> inputs() {
        return checked().call();
    }

    @Override
    public Optional<String> systemPrompt() {
        return checked().session.spec.systemPrompt();
    }

    @Override
    public HistoryPage history(long offset, int limit) {
        return Snapshots.history(checked().session, offset, limit);
    }

    @Override
    public void emit(String delta) {
        checked().write(delta);
    }

    @Override
    public boolean interrupted() {
        return turn.running.signal().asked();
    }

    @Override
    public List<AdmittedInput> safePoint() throws InterruptedException {
        return checked().safePoint(true);
    }

    @Override
    public Backlog waiting() {
        TurnAttempt run = checked();
        return Batch.backlog(run.session, run.record().staged());
    }

    @Override
    public boolean isLate(AdmittedInput input) {
        Instant now = checked().kernel.now();
        return input.deadline().filter(deadline -> !deadline.isAfter(now)).isPresent();
    }

    @Override
    public CompletionStage<?> steered() {
        return checked().steered();
    }

    @Override
    public <T> Optional<T> await(CompletableFuture<T> result, Duration timeout)
            throws InterruptedException, ExecutionException {
        TurnAttempt run = checked();
        if (!result.isDone()) {
            run.await(result, timeout);
        }
        return result.isDone() ? Optional.of(result.get()) : Optional.empty();
    }

    @Override
    public ScheduleId wakeMe(Duration in, String note) throws Exception {
        Json arguments = Json.of(Map.of("in", in.toString(), "note", note));
        Json made = tool(WAKE_ME, arguments, key -> {
            Schedule schedule = wakeMe(in, note, key);
            return Json.of(Map.of(
                    SCHEDULE, schedule.id().toString(), "due", schedule.next().toString()));
        });
        return ScheduleId.of(made.at("/" + SCHEDULE).orElseThrow().as(String.class));
    }

    @Override
    public Schedule wakeMe(Duration in, String note, String key) throws InterruptedException {
        TurnAttempt run = checked();
        Duration gap = run.session.kernel.limits.sessions().scheduleGap();
        if (in.compareTo(gap) < 0) {
            throw new InvalidFieldException("in", in.toString(), "must be at least " + gap);
        }
        CommsCommand.Input input = CommsCommand.Input.of(note).withSource(WAKE_ME);
        return new SessionSchedules(run.session)
                .add(ScheduleSpec.after(in, input).withKey(WAKE_ME + " " + key));
    }

    @Override
    public Json tool(String name, Json arguments, Tool tool) throws Exception {
        TurnAttempt run = checked();
        TurnAttempt.Deed deed = deed(name, arguments);
        String key = run.key(deed).toString();
        run.did(deed);
        Optional<ToolCall> done = recorded(key);
        if (done.isPresent()) {
            return outcome(done.get());
        }
        run.checkOwned();
        run.account.toolsCalled(1);
        run.session.show(new SessionEvent.ToolCallStarted(run.session.last(), run.id(), name, arguments));
        Json result;
        CallReport report = toolBegins(name, key);
        try {
            result = tool.run(key);
            report.end(null, null);
        } catch (InterruptedException e) {
            report.end(TurnObserver.code(e), null);
            throw e;
        } catch (Exception e) {
            report.end(TurnObserver.code(e), null);
            record(new ToolCall(key, name, arguments, Json.of(String.valueOf(e)), true));
            throw e;
        }
        record(new ToolCall(key, name, arguments, result, false));
        return result;
    }

    @Override
    public List<TranscriptEntry> resume() {
        TurnAttempt run = checked();
        for (TranscriptEntry entry : run.earlier()) {
            if (entry instanceof TranscriptEntry.Tool tool) {
                run.did(deed(tool.call().name(), tool.call().arguments()));
            } else if (entry instanceof TranscriptEntry.Sent sent) {
                comms.sentEarlier(sent.command());
            }
        }
        return run.earlier();
    }

    @Override
    public ToolRequest toolRequest(String id, String name, Json arguments) {
        TurnAttempt run = checked();
        run.checkOwned();
        return new ToolRequest(run.kernel.env.ids().next().toString(), id, name, arguments);
    }

    @Override
    public void modelStep(String text, List<ToolRequest> calls) throws InterruptedException {
        TurnAttempt run = checked();
        run.account.toolsCalled(calls.size());
        run.said(new TranscriptEntry.ModelStep(run.kernel.now(), run.id(), text, calls));
        run.safePoint(false);
        for (ToolRequest call : calls) {
            run.session.show(
                    new SessionEvent.ToolCallStarted(run.session.last(), run.id(), call.name(), call.arguments()));
        }
    }

    @Override
    public void toolResult(ToolRequest call, Json result, boolean failed) {
        checked();
        record(new ToolCall(call.key(), call.name(), call.arguments(), result, failed));
    }

    @Override
    public CallReport toolBegins(String name, String key) {
        return turn.observer.toolBegins(name, key);
    }

    @Override
    public CallReport modelBegins(@Nullable String provider, @Nullable String model) {
        return turn.observer.modelBegins(provider, model);
    }

    @Override
    public void used(Usage usage) {
        checked().account.used(usage);
    }

    @Override
    public void modelCalled() {
        checked().account.modelCalled();
    }

    @Override
    public Spent spentInTurn() {
        return checked().account.turn();
    }

    @Override
    public Spent spentInSession() {
        TurnAttempt run = checked();
        return run.account.session(run.session.progress().spent());
    }

    @Override
    public void compact(String text, long upTo) throws InterruptedException {
        TurnAttempt run = checked();
        if (upTo < 1 || upTo > run.session.messageCount()) {
            throw new InvalidFieldException(
                    "up_to", Long.toString(upTo), "must be between 1 and " + run.session.messageCount());
        }
        Instant now = run.kernel.now();
        run.step().transcript.add(new TranscriptEntry.Compacted(now, run.id(), text, upTo));
        run.step().event(new SessionEvent.TranscriptCompacted(Cursor.START, now, run.id(), upTo));
        run.safePoint(false);
    }

    @Override
    public void finished(FinishReason reason) {
        checked().finished(reason);
    }

    /** A call that a committed step holds is not made again. */
    private Optional<ToolCall> recorded(String key) {
        return turn.earlier().stream()
                .filter(TranscriptEntry.Tool.class::isInstance)
                .map(entry -> ((TranscriptEntry.Tool) entry).call())
                .filter(call -> call.key().equals(key))
                .findFirst();
    }

    private static TurnAttempt.Deed deed(String name, Json arguments) {
        return new TurnAttempt.Deed("tool", name + arguments.canonicalText());
    }

    private static Json outcome(ToolCall call) throws ToolFailedException {
        if (call.failed()) {
            throw new ToolFailedException(call.name() + " failed earlier: " + call.result());
        }
        return call.result();
    }

    private void record(ToolCall call) {
        Instant now = turn.kernel.now();
        turn.step().transcript.add(new TranscriptEntry.Tool(now, turn.id(), call));
        turn.step().event(new SessionEvent.ToolCalled(Cursor.START, now, turn.id(), call));
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
