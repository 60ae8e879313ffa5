package dev.meerkat.agent;

import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.CallReport;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tool calls that a model asks for together. What is done is recorded, also if the turn is interrupted
 * before the rest is. Confined to the turn's thread, but for the tools' work.
 */
final class ToolBatch {
    private static final int PARALLEL = 8;
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "meerkat-tool");
        thread.setDaemon(true);
        return thread;
    });

    private final ChatAgent.Settings settings;
    private final TurnContext turn;
    private final ReplyWait replies;

    ToolBatch(ChatAgent.Settings settings, TurnContext turn, List<TranscriptEntry> earlier) {
        this.settings = settings;
        this.turn = turn;
        this.replies = new ReplyWait(turn, earlier);
    }

    /** What came of a call. */
    private record Result(Json value, boolean failed) {
        static Result failed(String message) {
            return new Result(Json.of(message), true);
        }

        static Result failed(MeerkatException refusal) {
            return failed(refusal.code() + ": " + refusal.getMessage());
        }
    }

    /** A call that is being made. */
    private final class Running {
        private final ToolRequest call;
        private final CompletableFuture<Result> work = new CompletableFuture<>();
        private Duration limit = Duration.ZERO;
        private Duration deadline = Duration.ZERO;
        private @Nullable Future<?> task;
        private @Nullable Reply reply;
        private @Nullable Result recorded;

        Running(ToolRequest call, @Nullable ToolCall done) {
            this.call = call;
            if (done != null) {
                recorded = new Result(done.result(), done.failed());
                work.complete(recorded);
            }
        }

        /** Starts the work of a tool on a thread of its own; does what uses the turn at once. */
        void begin(Conversation conversation) throws InterruptedException {
            if (recorded != null) {
                return;
            }
            Optional<CommsTool> comms = CommsTool.named(call.name());
            if (comms.isPresent()) {
                comms(comms.get(), conversation);
                return;
            }
            Optional<ChatTool> tool = tool();
            limit = tool.flatMap(ChatTool::timeout).orElse(settings.toolTimeout);
            deadline = spent().plus(limit);
            task = THREADS.submit(() -> work.complete(make(tool, call)));
        }

        private Optional<ChatTool> tool() {
            return settings.tools.stream()
                    .filter(tool -> tool.name().equals(call.name()))
                    .findFirst();
        }

        private void comms(CommsTool tool, Conversation conversation) throws InterruptedException {
            try {
                tool.check(call.arguments());
                if (tool == CommsTool.WAIT_FOR_REPLY) {
                    reply = replies.begin(conversation, call.arguments());
                    return;
                }
                work.complete(new Result(tool.run(turn, conversation, call), false));
            } catch (MeerkatException e) {
                work.complete(Result.failed(e));
            }
            // What is sent and its result are one step, also if another call of the batch commits first.
            record();
        }

        /** Waits for the work of a tool. */
        void awaitWork() throws InterruptedException {
            if (reply != null) {
                return;
            }
            try {
                Result unused = work.get(deadline.minus(spent()).toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                work.complete(Result.failed("not done within " + limit));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a call has a result in any case", e);
            }
            record();
        }

        /** Waits for the reply of a peer; this commits the step. */
        void awaitReply(Conversation conversation) throws InterruptedException {
            if (reply == null) {
                return;
            }
            Duration limit = settings.replyTimeout;
            try {
                Optional<PeerReply> came = reply.await(limit);
                came.ifPresent(conversation::know);
                work.complete(
                        came.isPresent()
                                ? new Result(ModelNotices.reply(came.get()), false)
                                : new Result(ReplyWait.late(reply, limit), true));
            } catch (MeerkatException e) {
                work.complete(Result.failed(e));
            }
            record();
        }

        private void record() {
            if (recorded == null && work.isDone()) {
                recorded = work.join();
                turn.toolResult(call, recorded.value(), recorded.failed());
            }
        }

        void read(Conversation conversation) {
            Result result = work.join();
            conversation.add(call, result.value(), result.failed());
        }

        /** Records what is done, and stops what is not. */
        void end() {
            record();
            if (task != null) {
                task.cancel(true);
            }
        }
    }

    /**
     * Makes the calls.
     *
     * @param done earlier calls, by key: they are not made again
     */
    void run(Conversation conversation, List<ToolRequest> calls, Map<String, ToolCall> done)
            throws InterruptedException {
        for (int from = 0; from < calls.size(); from += PARALLEL) {
            runTogether(
                    conversation,
                    calls.subList(from, Math.min(calls.size(), from + PARALLEL)).stream()
                            .map(call -> new Running(call, done.get(call.key())))
                            .toList());
        }
    }

    private void runTogether(Conversation conversation, List<Running> all) throws InterruptedException {
        List<Running> begun = new ArrayList<>();
        try {
            for (Running one : all) {
                begun.add(one);
                one.begin(conversation);
            }
            for (Running one : all) {
                one.awaitWork();
            }
            for (Running one : all) {
                one.awaitReply(conversation);
            }
        } finally {
            begun.forEach(Running::end);
        }
        all.forEach(one -> one.read(conversation));
    }

    /** How long the turn has run, which tells how long a call has. */
    private Duration spent() {
        return turn.spentInTurn().time();
    }

    private Result make(Optional<ChatTool> tool, ToolRequest call) {
        if (tool.isEmpty()) {
            return Result.failed("there is no tool of this name");
        }
        if (!call.arguments().text().startsWith("{")) {
            return Result.failed("the arguments must be a JSON object");
        }
        CallReport report = turn.toolBegins(call.name(), call.key());
        try {
            Result result = new Result(tool.get().work().run(call.arguments(), call.key()), false);
            report.end(null, null);
            return result;
        } catch (Throwable e) { // whatever a tool throws is for the model to read, and ends nothing else
            report.end(e.getClass().getSimpleName(), null);
            return Result.failed(String.valueOf(e));
        }
    }
}
