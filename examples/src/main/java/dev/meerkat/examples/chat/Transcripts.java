package dev.meerkat.examples.chat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Waits for sessions, and shows what they did. */
final class Transcripts {
    private static final int MOST = 1_000;

    private Transcripts() {}

    /** Waits until a session has answered that often, and no longer than so long for the next event. */
    static void awaitAnswers(Session session, int count, Duration patience) throws InterruptedException {
        try (EventStream events = session.events(Cursor.START)) {
            for (int answers = 0; answers < count; ) {
                Optional<SessionEvent> event = events.next(patience);
                if (event.isEmpty() || event.get() instanceof SessionEvent.TurnFailed) {
                    throw new IllegalStateException("no answer came, but " + event);
                }
                answers += event.get() instanceof SessionEvent.TurnCompleted ? 1 : 0;
            }
        }
    }

    static List<String> of(Session... sessions) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        for (Session session : sessions) {
            lines.add("== " + session.snapshot().commsName().orElse("a session"));
            session.history(0, MOST).entries().forEach(entry -> {
                String line = line(entry);
                if (!line.isEmpty()) {
                    lines.add("  " + line);
                }
            });
        }
        return lines;
    }

    private static String line(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Input input) {
            return "gets " + input(input.input());
        } else if (entry instanceof TranscriptEntry.ModelStep step) {
            return step.text().isEmpty() ? "" : "says: " + step.text();
        } else if (entry instanceof TranscriptEntry.Tool tool) {
            return "calls " + tool.call().name() + " " + tool.call().arguments()
                    + (tool.call().failed() ? ", which fails: " : ": ")
                    + (tool.call().name().equals("send_request")
                                    || tool.call().name().equals("respond")
                            ? "sent"
                            : tool.call().result().text());
        } else if (entry instanceof TranscriptEntry.Answer answer) {
            return "answers: " + answer.text();
        } else {
            return "";
        }
    }

    private static String input(AdmittedInput input) {
        InputBody body = input.body();
        if (body instanceof InputBody.Prompt prompt) {
            return "the prompt: " + prompt.text();
        } else if (body instanceof InputBody.External external) {
            return "the event " + external.event().eventType() + " "
                    + external.event().payload();
        } else if (body instanceof InputBody.PeerRequest request) {
            return "a request of " + request.from().name() + ": "
                    + request.command().intent() + " " + request.command().params();
        } else if (body instanceof InputBody.PeerResponse response) {
            return "the response of " + response.from().name() + ": "
                    + response.command().result();
        } else {
            return "an input";
        }
    }
}
