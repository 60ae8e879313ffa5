package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.ContractLine;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes the entries of a transcript as rows: one row each, so that both count the same and pages are found without
 * reading what is before them. A tool call too is one row: its result, which also says what was called.
 */
public final class HistoryWriter {
    private final boolean old;
    private final InputNotices notices;

    /** For one session. */
    public HistoryWriter(ContractLine line, SessionId session) {
        this.old = line == ContractLine.V0_6;
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
        if (entry instanceof TranscriptEntry.Tool tool) {
            return tool(tool);
        }
        if (entry instanceof TranscriptEntry.Sent sent) {
            return notice(notices.comms().sent(sent.envelopeId(), sent.command()), sent.at());
        }
        if (entry instanceof TranscriptEntry.Replied replied) {
            return notice(notices.comms().reply(replied.reply()), replied.at());
        }
        TranscriptEntry.Unrecognized other = (TranscriptEntry.Unrecognized) entry;
        // Strict clients take no other roles.
        ObjectNode row = ofRole("system_notice").put("kind", "generic").put("body", "[" + other.role() + "]");
        return ended(row, other.at());
    }

    private ObjectNode input(TranscriptEntry.Input entry) {
        AdmittedInput input = entry.input();
        Optional<Notice> notice = notices.of(input);
        if (notice.isPresent()) {
            ObjectNode row = ofNotice(notice.get());
            notices.addOrigin(row, entry.turnId(), input);
            return InputNotices.fill(row, notice.get(), entry.at());
        }
        InputBody.Prompt prompt = (InputBody.Prompt) input.body();
        ObjectNode row = ofRole("user");
        row.set("content", ContentWriter.content(prompt.text(), prompt.blocks()));
        if (!old) {
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
        if (!old) {
            row.put("assistant_message_id", ContentWriter.answerOf(answer.turnId()));
        }
        return ended(row, answer.at());
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

    private static ObjectNode notice(Notice notice, Instant at) {
        return InputNotices.fill(ofNotice(notice), notice, at);
    }

    private static ObjectNode ofNotice(Notice notice) {
        return ofRole("system_notice").put("kind", notice.kind());
    }

    private ObjectNode ofRun(ObjectNode row, TurnId turn) {
        return old ? row : row.put("run_id", turn.toString());
    }

    private static ObjectNode ended(ObjectNode row, Instant at) {
        return row.put("created_at", ContentWriter.time(at));
    }

    private static ObjectNode ofRole(String role) {
        return WireJson.object().put("role", role);
    }
}
