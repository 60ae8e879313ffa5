package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An input that a session has admitted. Guarded by the server's lock, but for the outcome. */
final class FakeInput {
    final String id;
    final boolean prompt;
    final boolean wakes;
    final boolean steers;

    /** The transcript row that it becomes, without its run and time. */
    final ObjectNode row;

    /** What the model reads. */
    final String text;

    final @Nullable String interactionId;

    /** Whether connections get copies of the events of its run. */
    final boolean copies;

    /** How its turn ended; of prompts only. */
    final CompletableFuture<ObjectNode> outcome = new CompletableFuture<>();

    private final String createdAt;
    private final ArrayNode history = Js.MAPPER.createArrayNode();
    private String state = "accepted";
    private String updatedAt;
    private @Nullable String run;

    private FakeInput(Form form, FakeServer server) {
        id = form.id;
        prompt = form.prompt;
        wakes = form.wakes;
        steers = form.steers;
        row = form.row;
        text = form.text;
        interactionId = form.interactionId;
        copies = form.copies;
        createdAt = server.now();
        updatedAt = createdAt;
        move(server, "queued", "QueueAccepted");
    }

    /** What an input is made of. */
    record Form(
            String id,
            boolean prompt,
            boolean wakes,
            boolean steers,
            ObjectNode row,
            String text,
            @Nullable String interactionId,
            boolean copies) {

        FakeInput admitted(FakeServer server) {
            return new FakeInput(this, server);
        }
    }

    private void move(FakeServer server, String to, String reason) {
        updatedAt = server.now();
        history.add(Js.obj("timestamp", updatedAt, "from", state, "to", to, "reason", reason));
        state = to;
    }

    void staged(FakeServer server, String runId) {
        run = runId;
        move(server, "staged", "StageForRun(" + runId + ")");
    }

    void abandoned(FakeServer server) {
        move(server, "abandoned", "Abandon");
    }

    void consumed(FakeServer server) {
        move(server, "applied", "MarkApplied(" + run + ")");
        move(server, "applied_pending_consumption", "MarkAppliedPendingConsumption(boundary_sequence=1)");
        move(server, "consumed", "Consume");
    }

    /** The {@code state} of {@code session/input_status}. */
    ObjectNode status() {
        boolean done = state.equals("consumed");
        return Js.obj(
                "input_id",
                id,
                "current_state",
                state,
                "terminal_outcome",
                done ? "completed" : state.equals("abandoned") ? "abandoned" : null,
                "attempt_count",
                run == null ? 0 : 1,
                "recovery_count",
                0,
                "history",
                history,
                "last_run_id",
                run,
                "last_boundary_sequence",
                done ? 1 : null,
                "created_at",
                createdAt,
                "updated_at",
                updatedAt);
    }
}
