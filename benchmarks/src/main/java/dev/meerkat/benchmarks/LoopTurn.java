package dev.meerkat.benchmarks;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.Backlog;
import dev.meerkat.core.agent.Spent;
import dev.meerkat.core.agent.TurnComms;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A turn without a runtime: it keeps the transcript in a list, and neither commits nor tells anybody. What an agent
 * takes with it is the agent's own cost. Not thread-safe.
 */
final class LoopTurn implements TurnContext {
    private final SessionId session;
    private final List<TranscriptEntry> transcript;
    private final TurnId id = new TurnId(new UUID(1, System.nanoTime()));
    private final AdmittedInput input;
    private long calls;
    private Spent spent = Spent.NOTHING;

    private LoopTurn(SessionId session, List<TranscriptEntry> transcript, String prompt) {
        this.session = session;
        this.transcript = transcript;
        this.input = new AdmittedInput(
                new InputId(new UUID(2, System.nanoTime())),
                new Cursor(transcript.size() + 1L),
                Instant.EPOCH,
                new InputBody.Prompt(prompt, List.of()));
    }

    /** Answers a prompt, after what the transcript holds, and adds to it what a session's would have then. */
    static String answer(Agent agent, SessionId session, List<TranscriptEntry> transcript, String prompt)
            throws Exception {
        LoopTurn turn = new LoopTurn(session, transcript, prompt);
        transcript.add(new TranscriptEntry.Input(Instant.EPOCH, turn.id, turn.input));
        String answer = agent.answer(turn);
        transcript.add(new TranscriptEntry.Answer(Instant.EPOCH, turn.id, answer, false));
        return answer;
    }

    @Override
    public TurnId turnId() {
        return id;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public int step() {
        return 0;
    }

    @Override
    public SessionId sessionId() {
        return session;
    }

    @Override
    public SessionSnapshot session() {
        throw new UnsupportedOperationException("there is no session");
    }

    @Override
    public List<AdmittedInput> inputs() {
        return List.of(input);
    }

    @Override
    public HistoryPage history(long offset, int limit) {
        int from = (int) Math.min(offset, transcript.size());
        int to = Math.min(transcript.size(), from + limit);
        return new HistoryPage(new ArrayList<>(transcript.subList(from, to)), offset, transcript.size());
    }

    @Override
    public void emit(String delta) {
        // nobody watches
    }

    @Override
    public boolean interrupted() {
        return false;
    }

    @Override
    public Backlog waiting() {
        return new Backlog(0, 0, 0, 0, 0, Optional.empty());
    }

    @Override
    public boolean isLate(AdmittedInput input) {
        return false;
    }

    @Override
    public CompletionStage<?> steered() {
        return new CompletableFuture<>();
    }

    @Override
    public <T> Optional<T> await(CompletableFuture<T> result, Duration timeout)
            throws InterruptedException, ExecutionException {
        try {
            return Optional.of(result.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<AdmittedInput> safePoint() {
        return List.of();
    }

    @Override
    public Json tool(String name, Json arguments, Tool tool) throws Exception {
        return tool.run("key");
    }

    @Override
    public List<TranscriptEntry> resume() {
        return List.of();
    }

    @Override
    public ToolRequest toolRequest(String callId, String name, Json arguments) {
        return new ToolRequest(id + "-" + calls++, callId, name, arguments);
    }

    @Override
    public void modelStep(String text, List<ToolRequest> requests) {
        transcript.add(new TranscriptEntry.ModelStep(Instant.EPOCH, id, text, requests));
    }

    @Override
    public void toolResult(ToolRequest call, Json result, boolean failed) {
        ToolCall done = new ToolCall(call.key(), call.name(), call.arguments(), result, failed);
        transcript.add(new TranscriptEntry.Tool(Instant.EPOCH, id, done));
    }

    @Override
    public void used(Usage usage) {
        spent = spent.plus(new Spent(usage, 0, 0, Duration.ZERO));
    }

    @Override
    public void modelCalled() {
        spent = spent.plus(new Spent(new Usage(0, 0), 1, 0, Duration.ZERO));
    }

    @Override
    public Spent spentInTurn() {
        return spent;
    }

    @Override
    public Spent spentInSession() {
        return spent;
    }

    @Override
    public void compact(String text, long upTo) {
        throw new UnsupportedOperationException("these conversations are short");
    }

    @Override
    public void finished(FinishReason reason) {
        // nobody asks
    }

    @Override
    public ScheduleId wakeMe(Duration in, String note) {
        throw new UnsupportedOperationException("there is no session");
    }

    @Override
    public Schedule wakeMe(Duration in, String note, String key) {
        throw new UnsupportedOperationException("there is no session");
    }

    @Override
    public TurnComms comms() {
        throw new UnsupportedOperationException("there are no peers");
    }
}
