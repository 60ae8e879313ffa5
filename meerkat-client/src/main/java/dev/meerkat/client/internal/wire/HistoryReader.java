package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a page of a transcript. Each row is one entry, because pages are counted in rows: a row that
 * has no form in the API, or that the API refuses, is kept as it came.
 */
final class HistoryReader {
    private final String self;

    /** The rows of the page's tool calls by the ids of the calls. */
    private final Map<String, JsonNode> calls = new HashMap<>();

    private HistoryReader(String self) {
        this.self = self;
    }

    static HistoryPage page(JsonNode result, String self) {
        HistoryReader reader = new HistoryReader(self);
        List<TranscriptEntry> entries = new ArrayList<>();
        WireFields.array(result, "messages").forEach(row -> entries.add(reader.entry(row)));
        long offset = WireFields.count(result, "offset");
        return new HistoryPage(entries, offset, WireFields.count(result, "message_count"));
    }

    /** The input that a row shows; empty if it shows none. */
    static Optional<InputBody> input(JsonNode row, String self) {
        return new HistoryReader(self).entry(row) instanceof TranscriptEntry.Input input
                ? Optional.of(input.input().body())
                : Optional.empty();
    }

    private TranscriptEntry entry(JsonNode row) {
        Instant at = WireFields.optionalTime(row, "created_at").orElse(Instant.EPOCH);
        String role = WireFields.textOr(row, "role", "");
        try {
            Optional<TranscriptEntry> known = switch (role) {
                case "system" -> system(row, at);
                case "user" -> prompt(row, at);
                case "block_assistant", "assistant" -> answer(row, at);
                case "tool_results" -> tool(row, at);
                case "system_notice" -> notice(row, at);
                default -> Optional.empty();
            };
            if (known.isPresent()) {
                return known.get();
            }
        } catch (InvalidFieldException e) {
            // The API cannot hold it, so it is kept below.
        }
        return new TranscriptEntry.Unrecognized(at, role, WireJson.kept(row));
    }

    private static Optional<TranscriptEntry> system(JsonNode row, Instant at) {
        return WireFields.optionalText(row, "content").map(text -> new TranscriptEntry.SystemPrompt(at, text));
    }

    private static Optional<TranscriptEntry> prompt(JsonNode row, Instant at) {
        if (row.hasNonNull("transcript_role")) {
            // A summary or a context, which nobody prompted.
            return Optional.empty();
        }
        JsonNode content = row.path("content");
        List<ContentBlock> blocks = BlockForm.readAny(content);
        String text = content.isTextual() ? content.textValue() : BlockForm.textOf(blocks);
        InputBody body = new InputBody.Prompt(text, BlockForm.withoutText(blocks));
        InputId id = WireFields.idOr(row, "interaction_id", InputId::of, InputId.UNKNOWN);
        return Optional.of(input(at, turn(row), id, body));
    }

    private Optional<TranscriptEntry> answer(JsonNode row, Instant at) {
        StringBuilder text = new StringBuilder(WireFields.textOr(row, "content", ""));
        List<ToolRequest> asked = new ArrayList<>();
        for (JsonNode block : row.path("blocks")) {
            JsonNode data = block.path("data");
            switch (WireFields.textOr(block, "block_type", "")) {
                case "text" -> text.append(WireFields.textOr(data, "text", ""));
                case "tool_use" ->
                    WireFields.optionalText(data, "id").ifPresent(id -> {
                        calls.put(id, data);
                        asked.add(new ToolRequest(
                                id, id, WireFields.textOr(data, "name", ""), WireJson.json(data.path("args"))));
                    });
                default -> {
                    // Reasoning and images are no answer's text.
                }
            }
        }
        if (!asked.isEmpty()) {
            return Optional.of(new TranscriptEntry.ModelStep(at, turn(row), text.toString(), asked));
        }
        boolean interrupted = WireFields.textOr(row, "stop_reason", "").equals("cancelled");
        return Optional.of(new TranscriptEntry.Answer(at, turn(row), text.toString(), interrupted));
    }

    /** One result, of a call that is on this page too; more results in one row have no form as one entry. */
    private Optional<TranscriptEntry> tool(JsonNode row, Instant at) {
        JsonNode results = row.path("results");
        JsonNode result = results.path(0);
        String id = WireFields.textOr(result, "tool_use_id", "");
        // A server that has one row for both says with the result what was called.
        JsonNode call = calls.getOrDefault(id, result);
        Optional<String> name = WireFields.optionalText(call, "name");
        if (results.size() != 1 || name.isEmpty()) {
            return Optional.empty();
        }
        boolean failed = result.path("is_error").asBoolean(false);
        ToolCall made = new ToolCall(
                id, name.get(), WireJson.json(call.path("args")), WireJson.json(result.path("content")), failed);
        return Optional.of(new TranscriptEntry.Tool(at, turn(row), made));
    }

    private Optional<TranscriptEntry> notice(JsonNode row, Instant at) {
        JsonNode blocks = row.path("blocks");
        if (blocks.size() != 1) {
            return Optional.empty();
        }
        JsonNode origin = row.path("runtime_origin");
        TurnId turn = WireFields.idOr(origin, "run_id", TurnId::of, turn(row));
        InputId id = WireFields.idOr(origin, "input_id", InputId::of, InputId.UNKNOWN);
        return Notices.body(blocks.path(0), self)
                .map(body -> input(at, turn, Notices.inputId(blocks.path(0), id), body));
    }

    private static TranscriptEntry input(Instant at, TurnId turn, InputId id, InputBody body) {
        return new TranscriptEntry.Input(at, turn, new AdmittedInput(id, Cursor.START, at, body));
    }

    private static TurnId turn(JsonNode row) {
        return WireFields.idOr(row, "run_id", TurnId::of, TurnId.UNKNOWN);
    }
}
