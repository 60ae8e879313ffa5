package dev.meerkat.cli;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import java.time.Instant;

/** What people are told of events and of the transcript. */
final class Events {
    private Events() {}

    static String text(SessionEvent event) {
        return event.cursor() + "  " + what(event);
    }

    private static String what(SessionEvent event) {
        if (event instanceof SessionEvent.Lifecycle lifecycle) {
            return "session " + Documents.lower(lifecycle.phase());
        }
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return "admitted " + Texts.of(admitted.input().body());
        }
        if (event instanceof SessionEvent.InputStaged staged) {
            return "staged " + staged.inputs().size() + " inputs";
        }
        if (event instanceof SessionEvent.InputConsumed consumed) {
            return "consumed " + consumed.inputs().size() + " inputs";
        }
        if (event instanceof SessionEvent.InputDeadLettered dead) {
            return "gave up " + dead.inputs().size() + " inputs: " + dead.message() + " [" + dead.code() + "]";
        }
        if (event instanceof SessionEvent.PeerSent sent) {
            return "sent " + sent.kind() + " to " + sent.to().name();
        }
        if (event instanceof SessionEvent.Gap gap) {
            return "gap of " + gap.dropped() + " events";
        }
        return turn(event);
    }

    private static String turn(SessionEvent event) {
        if (event instanceof SessionEvent.TurnStarted started) {
            return "turn started, attempt " + started.attempt();
        }
        if (event instanceof SessionEvent.TurnCompleted completed) {
            return "answer: " + completed.text();
        }
        if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            return "turn interrupted: " + interrupted.text();
        }
        if (event instanceof SessionEvent.TurnFailed failed) {
            return failure(failed);
        }
        return Documents.of(event);
    }

    static String failure(SessionEvent.TurnFailed failed) {
        String retry = failed.retryAt()
                .map(Instant::toString)
                .map(at -> "; again at " + at)
                .orElse("");
        return "turn failed: " + failed.message() + " [" + failed.code() + "]" + retry;
    }

    static String text(TranscriptEntry entry) {
        String time = entry.at() + "  ";
        if (entry instanceof TranscriptEntry.SystemPrompt prompt) {
            return time + "system: " + prompt.text();
        }
        if (entry instanceof TranscriptEntry.Input input) {
            return time + Texts.of(input.input().body());
        }
        if (entry instanceof TranscriptEntry.Answer answer) {
            return time + "answer: " + answer.text() + (answer.interrupted() ? " (interrupted)" : "");
        }
        return time + Documents.of(entry).text();
    }
}
