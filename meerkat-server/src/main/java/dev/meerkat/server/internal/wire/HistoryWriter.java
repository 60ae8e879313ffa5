package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes the entries of a transcript as rows: one row each, so that both count the same and pages are found without
 * reading what is before them. A tool call too is one row: its result, which also says what was called.
 */
public final class HistoryWriter {
    private final boolean origins;
    /** The Python packages 0.7 read blocks of notices as if they were an answer's. */
    private final boolean allBlocksAsAnswers;

    private final InputNotices notices;

    /** For one session. */
    public HistoryWriter(ContractLine line, SessionId session) {
        this.origins = line.namesOrigins();
        this.allBlocksAsAnswers = line.namesNoticesAsBlocks();
        this.notices = new InputNotices(line, session);
    }

    /** The row of an entry. */
    public ObjectNode row(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.SystemPrompt system) {
            ObjectNode row = ofRole("system").put("content", system.text());
            return ended(row, system.at());
        }
        if (entry instanceof TranscriptEntry.Input input) {
            return input(input);
        }
        if (entry instanceof TranscriptEntry.Answer answer) {
            return answer(answer);
        }
        if (entry instanceof TranscriptEntry.ModelStep model) {
            return modelStep(model);
        }
        if (entry instanceof TranscriptEntry.Tool tool) {
            return tool(tool);
        }
        if (entry instanceof TranscriptEntry.Sent sent) {
            return notice(notices.comms().sent(sent.envelopeId(), sent.command()), sent.at());
        }
        if (entry instanceof TranscriptEntry.Replied replied) {
            return notice(notices.comms().reply(replied.reply()), replied.at());
        }
        // Strict clients take no other roles.
        ObjectNode row = ofRole("system_notice").put("kind", "generic");
        if (entry instanceof TranscriptEntry.Compacted compacted) {
            return ended(row.put("body", compacted.text()), compacted.at());
        }
        TranscriptEntry.Unrecognized other = (TranscriptEntry.Unrecognized) entry;
        return ended(row.put("body", "[" + other.role() + "]"), other.at());
    }

    private ObjectNode input(TranscriptEntry.Input entry) {
        AdmittedInput input = entry.input();
        Optional<Notice> notice = notices.of(input);
        if (notice.isPresent()) {
            ObjectNode row = ofNotice(notice.get());
            notices.addOrigin(row, entry.turnId(), input);
            return filled(row, notice.get(), entry.at());
        }
        InputBody.Prompt prompt = (InputBody.Prompt) input.body();
        ObjectNode row = ofRole("user");
        row.set("content", ContentWriter.content(prompt.text(), prompt.blocks()));
        if (origins) {
            row.put("interaction_id", input.id().toString());
        }
        return ended(ofRun(row, entry.turnId()), entry.at());
    }

    private ObjectNode answer(TranscriptEntry.Answer answer) {
        ObjectNode row = ofRole("block_assistant");
        ArrayNode blocks = row.putArray("blocks");
        if (!answer.text().isEmpty()) {
            blocks.addObject().put("block_type", "text").putObject("data").put("text", answer.text());
        }
        row.put("stop_reason", answer.interrupted() ? "cancelled" : "end_turn");
        ofRun(row, answer.turnId());
        if (origins) {
            row.put("assistant_message_id", ContentWriter.answerOf(answer.turnId()));
        }
        return ended(row, answer.at());
    }

    private ObjectNode modelStep(TranscriptEntry.ModelStep model) {
        ObjectNode row = ofRole("block_assistant");
        ArrayNode blocks = row.putArray("blocks");
        if (!model.text().isEmpty()) {
            blocks.addObject().put("block_type", "text").putObject("data").put("text", model.text());
        }
        for (ToolRequest call : model.calls()) {
            ObjectNode data = blocks.addObject().put("block_type", "tool_use").putObject("data");
            // The id by which the row of the result refers to it.
            data.put("id", call.key()).put("name", call.name()).set("args", WireJson.tree(call.arguments()));
        }
        row.put("stop_reason", "tool_use");
        return ended(ofRun(row, model.turnId()), model.at());
    }

    private ObjectNode tool(TranscriptEntry.Tool entry) {
        ToolCall call = entry.call();
        ObjectNode row = ofRole("tool_results");
        ObjectNode result = row.putArray("results").addObject();
        result.put("tool_use_id", call.key());
        result.put("name", call.name());
        result.set("args", WireJson.tree(call.arguments()));
        result.put("content", ContentWriter.plain(call.result()));
        result.put("is_error", call.failed());
        return ended(ofRun(row, entry.turnId()), entry.at());
    }

    private ObjectNode notice(Notice notice, Instant at) {
        return filled(ofNotice(notice), notice, at);
    }

    private ObjectNode filled(ObjectNode row, Notice notice, Instant at) {
        if (allBlocksAsAnswers) {
            notice.block().put("block_type", notice.kind());
        }
        return InputNotices.fill(row, notice, at);
    }

    private static ObjectNode ofNotice(Notice notice) {
        return ofRole("system_notice").put("kind", notice.kind());
    }

    private ObjectNode ofRun(ObjectNode row, TurnId turn) {
        return origins ? row.put("run_id", turn.toString()) : row;
    }

    private static ObjectNode ended(ObjectNode row, Instant at) {
        return row.put("created_at", ContentWriter.time(at));
    }

    private static ObjectNode ofRole(String role) {
        return WireJson.object().put("role", role);
    }
}
