package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the turns of sessions, one at a time for each. */
final class FakeTurns {
    private final FakeServer server;
    private final Executor executor;

    FakeTurns(FakeServer server, Executor executor) {
        this.server = server;
        this.executor = executor;
    }

    /** Admits an input, and runs a turn if it is one that wakes. With the lock. */
    void admit(FakeSession session, FakeInput input) {
        session.inputs.put(input.id, input);
        session.waiting.add(input);
        wake(session);
    }

    /** A prompt, not admitted yet. With the lock. */
    FakeInput prompt(JsonNode content, boolean copies) {
        return new FakeInput.Form(
                        server.ids().timed(),
                        true,
                        true,
                        false,
                        Js.obj("role", "user", "content", content),
                        plain(content),
                        server.ids().timed(),
                        copies)
                .admitted(server);
    }

    /** Takes a prompt back: one that waits is gone, one that runs is interrupted. With the lock. */
    void cancel(FakeSession session, FakeInput input) {
        if (session.waiting.remove(input)) {
            input.outcome.completeExceptionally(
                    new FakeError(FakeError.Kind.CANCELLED, "request cancelled before start", null));
        } else if (!input.outcome.isDone()) {
            interrupt(session);
        }
    }

    /** Stops the running turn. With the lock. */
    void interrupt(FakeSession session) {
        if (session.runner != null) {
            session.interrupted = true;
            session.runner.interrupt();
        }
    }

    /** Runs turns while there is something that wakes. With the lock. */
    void wake(FakeSession session) {
        if (!session.running && wakes(session)) {
            session.running = true;
            try {
                executor.execute(() -> drain(session));
            } catch (RejectedExecutionException e) {
                // The server is closed.
                session.running = false;
            }
        }
    }

    private static boolean wakes(FakeSession session) {
        return !session.archived && session.waiting.stream().anyMatch(input -> input.wakes);
    }

    private void drain(FakeSession session) {
        Optional<Run> next = server.locked(() -> begin(session));
        while (next.isPresent()) {
            Run run = next.get();
            String answer = null;
            Exception failure = null;
            try {
                answer = server.settings().answers().answer(run.text());
            } catch (Exception e) {
                failure = e;
            }
            String said = answer;
            Exception failed = failure;
            next = server.locked(() -> {
                end(run, said, failed);
                return begin(session);
            });
        }
    }

    private Optional<Run> begin(FakeSession session) {
        session.runner = null;
        // An interrupt that came too late for its turn must not hit the next.
        Thread.interrupted();
        if (!wakes(session)) {
            session.running = false;
            return Optional.empty();
        }
        session.runner = Thread.currentThread();
        session.interrupted = false;
        materialize(session);
        Run run = new Run(
                server,
                session,
                batch(session),
                server.ids().timed(),
                server.ids().timed());
        for (FakeInput input : run.inputs()) {
            input.staged(server, run.id());
            session.rows.add(row(run.row(input)));
        }
        run.started();
        return Optional.of(run);
    }

    /** Brings up what a session has only once it is to run: its comms, and its system prompt. With the lock. */
    void materialize(FakeSession session) {
        if (!session.live) {
            session.live = true;
            String prompt = session.systemPrompt;
            session.rows.add(
                    row(Js.obj("role", "system", "content", prompt == null ? "You are an autonomous agent." : prompt)));
        }
    }

    /** What one turn takes up, in the order that recordings show. */
    private List<FakeInput> batch(FakeSession session) {
        for (FakeInput input : session.waiting) {
            if (input.steers) {
                session.waiting.remove(input);
                return List.of(input);
            }
        }
        List<FakeInput> batch = new ArrayList<>();
        while (!session.waiting.isEmpty() && !session.waiting.element().prompt) {
            batch.add(session.waiting.remove());
        }
        boolean merges = !server.line().is09();
        if (!session.waiting.isEmpty() && (batch.isEmpty() || merges)) {
            batch.add(session.waiting.remove());
        }
        return batch;
    }

    private void end(Run run, @Nullable String answer, @Nullable Exception failure) {
        FakeSession session = run.session();
        session.committed = true;
        session.updatedAt = server.millis();
        if (answer == null || session.interrupted) {
            String why = failure == null || session.interrupted ? "cancelled" : String.valueOf(failure.getMessage());
            run.failed(session.interrupted ? "cancelled" : "llm", why);
            run.inputs().forEach(input -> input.abandoned(server));
            FakeError error = session.interrupted
                    ? new FakeError(FakeError.Kind.CANCELLED, "request cancelled", null)
                    : new FakeError(
                            FakeError.Kind.TURN,
                            "turn abandoned: " + why,
                            Js.obj("error", Js.obj("kind", "llm_failure", "terminal", true, "detail", why)));
            run.inputs().forEach(input -> input.outcome.completeExceptionally(error));
        } else {
            session.modelCalls++;
            session.rows.add(row(run.answer(answer)));
            run.inputs().forEach(input -> input.consumed(server));
            ObjectNode result = result(session, answer, 1, session.modelCalls);
            if (server.line().is09()) {
                run.completed(answer);
                run.inputs().forEach(input -> input.outcome.complete(result));
            } else {
                // The line 0.6 writes answers first.
                run.inputs().forEach(input -> input.outcome.complete(result));
                run.completed(answer);
            }
        }
    }

    /** The answer of {@code turn/start} and of a create. */
    ObjectNode result(FakeSession session, String text, int turns, int modelCalls) {
        ObjectNode result = server.about(session);
        result.setAll(Js.obj("text", text, "turns", turns, "tool_calls", 0, "usage", usage(modelCalls)));
        if (server.line().is09() && turns > 0) {
            result.set("run_usage", usage(1));
        }
        return result;
    }

    private ObjectNode usage(int modelCalls) {
        int tokens = server.settings().tokens() * modelCalls;
        return Js.obj("input_tokens", tokens, "output_tokens", tokens, "total_tokens", 2 * tokens);
    }

    private ObjectNode row(ObjectNode row) {
        return row.put("created_at", server.now());
    }

    /** The text of text or content blocks. */
    static String plain(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        return content.valueStream().map(block -> block.path("text").asText()).collect(Collectors.joining("\n"));
    }

    static JsonNode content(FakeInput input) {
        return input.prompt ? Js.node(input.row.get("content")) : TextNode.valueOf(input.text);
    }
}
