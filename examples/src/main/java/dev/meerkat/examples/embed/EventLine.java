package dev.meerkat.examples.embed;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionEvent;
import java.util.Locale;
import java.util.Optional;

/** One line of text for an event that a reader of the demo wants to see. */
final class EventLine {
    private static final int SHOWN_CHARS = 160;

    private EventLine() {}

    static Optional<String> of(SessionEvent event) {
        String text = text(event);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String line = "#" + event.cursor() + " " + text;
        return Optional.of(line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "..." : line);
    }

    private static String text(SessionEvent event) {
        if (event instanceof SessionEvent.Lifecycle lifecycle) {
            return lifecycle.phase().name().toLowerCase(Locale.ROOT);
        } else if (event instanceof SessionEvent.InputAdmitted admitted) {
            return "gets " + text(admitted.input());
        } else if (event instanceof SessionEvent.TurnStarted started) {
            return started.attempt() == 1 ? "wakes" : "tries again, attempt " + started.attempt();
        } else if (event instanceof SessionEvent.ToolCalled called) {
            return "calls " + called.call().name() + ": " + called.call().result();
        } else if (event instanceof SessionEvent.PeerSent sent) {
            return "sends " + sent.to().name() + " a " + sent.kind();
        } else if (event instanceof SessionEvent.ReplyReceived received) {
            return "has the reply of " + received.reply().from().name();
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            return "answers: " + completed.text();
        } else {
            return trouble(event);
        }
    }

    private static String trouble(SessionEvent event) {
        if (event instanceof SessionEvent.TurnFailed failed) {
            return "fails: " + failed.code() + ": " + failed.message();
        } else if (event instanceof SessionEvent.TurnInterrupted) {
            return "is interrupted";
        } else if (event instanceof SessionEvent.InputDeadLettered dead) {
            return "gives up " + dead.inputs().size() + " input: " + dead.message();
        } else if (event instanceof SessionEvent.PeerSendFailed failed) {
            return "cannot send: " + failed.code() + ": " + failed.message();
        } else if (event instanceof SessionEvent.Gap gap) {
            return "(" + gap.dropped().orElseThrow() + " events are missing here)";
        } else {
            return "";
        }
    }

    private static String text(AdmittedInput input) {
        InputBody body = input.body();
        if (body instanceof InputBody.Prompt prompt) {
            return "a prompt: " + prompt.text();
        } else if (body instanceof InputBody.External external) {
            return "an external event: " + external.event().eventType() + " from "
                    + external.event().source();
        } else if (body instanceof InputBody.PeerMessage message) {
            return "a message from " + message.from().name() + ": "
                    + message.command().body();
        } else if (body instanceof InputBody.PeerRequest request) {
            return "a request from " + request.from().name() + ": "
                    + request.command().intent();
        } else {
            return "an input";
        }
    }
}
