package dev.meerkat.benchmarks;

import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import dev.meerkat.agent.ChatAgent;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.langchain4j.LangChain4jModel;
import dev.meerkat.langchain4j.LangChain4jTools;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a turn costs beside its model: the model asks for a tool, the tool answers, the model answers. All sides take turns
 * in this process, one conversation each. Arguments: length (turns of a conversation), warmup, measured (conversations of
 * each side), round.
 */
final class AgentDriver {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int MOST_MESSAGES = 100_000;

    private AgentDriver() {}

    /** A conversation with an agent. */
    @FunctionalInterface
    private interface Conversation {
        String ask(String question) throws Exception;
    }

    /** Starts a conversation with a number of its own. */
    @FunctionalInterface
    private interface Start {
        Conversation begin(int number) throws Exception;
    }

    /** A way to run an agent, and what it took. */
    private static final class Side {
        private final String name;
        private final Start start;
        private final Histogram times = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        private long cpu;

        Side(String name, Start start) {
            this.name = name;
            this.start = start;
        }

        void talk(int number, int length) throws Exception {
            Conversation conversation = start.begin(number);
            long before = Machine.cpuNanos();
            for (int turn = 0; turn < length; turn++) {
                long begin = System.nanoTime();
                String answer = conversation.ask(Prices.QUESTION);
                times.recordValue(System.nanoTime() - begin);
                Prices.check(answer);
            }
            cpu += Machine.cpuNanos() - before;
        }

        void forget() {
            times.reset();
            cpu = 0;
        }

        void tell(int length, Figures figures) {
            String at = "agent/" + length + "/" + name;
            figures.add(at + "/p50", times.getValueAtPercentile(50) / 1e3);
            figures.add(at + "/p99", times.getValueAtPercentile(99) / 1e3);
            figures.add(at + "/mean", times.getMean() / 1e3);
            figures.add(at + "/cpu", cpu / 1e3 / times.getTotalCount());
        }
    }

    /** A service of LangChain4j. */
    interface Assistant {
        /** Answers in the conversation of this number. */
        String answer(@MemoryId int conversation, @UserMessage String question);
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        ExecutorService hands = Executors.newCachedThreadPool();
        Agent own = ChatAgent.of(new InstantModel()).tools(Prices.tool());
        Agent adapted = ChatAgent.of(LangChain4jModel.of(new InstantLangChain4jModel.Streaming()))
                .tools(LangChain4jTools.of(new Prices()));
        try (Meerkat meerkat = MeerkatRuntime.of(own).open();
                Meerkat onLangChain4j = MeerkatRuntime.of(adapted).open();
                Meerkat bare = MeerkatRuntime.of(turn -> Prices.ANSWER).open()) {
            List<Side> sides = List.of(
                    new Side("ai-services", aiServices(new Prices())),
                    new Side("ai-services-limited", aiServices(new LimitedPrices(hands))),
                    new Side("session", number -> session(meerkat, number)),
                    new Side("session-langchain4j", number -> session(onLangChain4j, number)),
                    new Side("loop", number -> loop(own, number)),
                    new Side("bare-session", number -> session(bare, number)),
                    new Side("hand-off", number -> question -> handOff(hands)));
            measure(arguments, figures, sides);
        } finally {
            hands.shutdownNow();
        }
    }

    private static Start aiServices(Object tool) {
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(new InstantLangChain4jModel.Whole())
                .systemMessageProvider(conversation -> Prices.SYSTEM_PROMPT)
                .chatMemoryProvider(conversation -> MessageWindowChatMemory.withMaxMessages(MOST_MESSAGES))
                .tools(tool)
                .build();
        return number -> question -> assistant.answer(number, question);
    }

    private static Conversation session(Meerkat meerkat, int number) throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("Begin.")
                .withSystemPrompt(Prices.SYSTEM_PROMPT)
                .withKeepAliveAs("seller-" + number)
                .withDeferredStart());
        return question -> {
            TurnOutcome outcome = session.startTurn(question).await(PATIENCE).orElseThrow();
            if (outcome instanceof TurnOutcome.Completed completed) {
                return completed.text();
            }
            throw new IllegalStateException("not completed: " + outcome);
        };
    }

    private static Conversation loop(Agent agent, int number) {
        SessionId session = new SessionId(new UUID(3, number));
        List<TranscriptEntry> transcript = new ArrayList<>();
        transcript.add(new TranscriptEntry.SystemPrompt(Instant.EPOCH, Prices.SYSTEM_PROMPT));
        return question -> LoopTurn.answer(agent, session, transcript, question);
    }

    /** To a thread of a pool and back, which a session's turn does at least once, and its tool once more. */
    private static String handOff(ExecutorService hands) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        hands.execute(() -> answer.complete(Prices.ANSWER));
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void measure(Arguments arguments, Figures figures, List<Side> sides) throws Exception {
        int length = arguments.number("length");
        int warmup = arguments.number("warmup");
        List<Side> order = new ArrayList<>(sides);
        for (int i = 0; i < warmup + arguments.number("measured"); i++) {
            if (i == warmup) {
                sides.forEach(Side::forget);
            }
            Collections.rotate(order, 1);
            for (Side side : order) {
                side.talk(i, length);
            }
        }
        sides.forEach(side -> side.tell(length, figures));
    }
}
