package dev.meerkat.examples.prompt;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Limits;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a model is to read in a turn: the transcript, then the inputs that are not in it yet. */
public final class Conversation {
    private Conversation() {}

    // snippet: conversation
    /**
     * A message for a model.
     *
     * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
     * @param text what it says
     */
    public record Message(String role, String text) {}

    /** Makes the messages of a turn; the same also when the turn goes on after a crash. */
    public static List<Message> of(TurnContext turn) {
        List<Message> messages = new ArrayList<>();
        Set<InputId> inTranscript = new HashSet<>();
        HistoryPage page;
        long offset = 0;
        do {
            page = turn.history(offset, Limits.PAGE_ROWS);
            for (TranscriptEntry entry : page.entries()) {
                if (entry instanceof TranscriptEntry.Input input) {
                    inTranscript.add(input.input().id());
                }
                messages.add(message(entry));
            }
            offset += page.entries().size();
        } while (page.hasMore());
        for (AdmittedInput input : turn.inputs()) {
            // After a crash, committed steps of this turn have put some of its inputs into the transcript.
            if (!inTranscript.contains(input.id())) {
                messages.add(new Message("user", text(input)));
            }
        }
        return messages;
    }

    private static Message message(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.SystemPrompt system) {
            return new Message("system", system.text());
        }
        if (entry instanceof TranscriptEntry.Answer answer) {
            return new Message("assistant", answer.text());
        }
        if (entry instanceof TranscriptEntry.Input input) {
            return new Message("user", text(input.input()));
        }
        if (entry instanceof TranscriptEntry.ModelStep model) {
            return new Message("assistant", model.text());
        }
        if (entry instanceof TranscriptEntry.Tool tool) {
            return new Message(
                    "tool", tool.call().name() + ": " + tool.call().result().text());
        }
        return new Message("tool", entry.toString());
    }

    private static String text(AdmittedInput input) {
        InputBody body = input.body();
        if (body instanceof InputBody.Prompt prompt) {
            return prompt.text();
        }
        if (body instanceof InputBody.PeerMessage message) {
            return "Message from " + message.from().name() + ": "
                    + message.command().body();
        }
        if (body instanceof InputBody.External external) {
            return "Event " + external.event().eventType() + ": "
                    + external.event().payload().text();
        }
        return body.toString();
    }
    // end
}
