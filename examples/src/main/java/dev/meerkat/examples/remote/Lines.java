package dev.meerkat.examples.remote;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import java.util.Locale;
import java.util.Optional;

/** One line of text for each thing that the program prints. */
final class Lines {
    private static final int SHOWN_CHARS = 100;

    private Lines() {}

    static String of(Capability capability) {
        return switch (capability) {
            case PEER_NAMES -> "address a peer by name";
            case REALM_TRUST -> "make sessions peers without further set-up";
            case FREE_INTENTS -> "send requests of any intent";
            case REPLY_HANDLES -> "await the reply to a request";
            case EVENT_WAKE -> "wake a session by an external event";
            case EVENT_DEDUPE -> "take an external event with a key once";
            case EVENT_RECEIPTS -> "tell which input an external event became";
            case EVENT_REPLAY -> "read events again";
            case STEER -> "steer a running turn";
            case DEAD_LETTERS -> "list dead letters, redrive and discard them";
            case SCHEDULES -> "send something later";
            case OPTIONAL_PROMPT -> "create a session without a first prompt";
            case DELETION -> "delete sessions, and list archived ones";
            case RETENTION -> "forget the past of a session by a rule";
            case DURABLE -> "promise that what is acknowledged survives a crash";
        };
    }

    static String of(TurnOutcome outcome) {
        if (outcome instanceof TurnOutcome.Completed completed) {
            return "answers: " + cut(completed.text());
        } else if (outcome instanceof TurnOutcome.Failed failed) {
            return "fails: " + failed.code() + ": " + cut(failed.message());
        } else if (outcome instanceof TurnOutcome.Parked parked) {
            return "is parked: " + parked.code() + ": " + cut(parked.message());
        } else {
            return "is interrupted";
        }
    }

    static String of(Delivery delivery) {
        return delivery.getClass().getSimpleName();
    }

    static String of(EventOutcome outcome) {
        if (outcome instanceof EventOutcome.Accepted accepted) {
            return accepted.inputId().isEmpty() ? "accepted, now or before" : "accepted";
        } else if (outcome instanceof EventOutcome.Duplicate) {
            return "a duplicate, nothing is done";
        } else if (outcome instanceof EventOutcome.Conflict) {
            return "refused: its key came with other content before";
        } else {
            return "refused: there is no room";
        }
    }

    static Optional<String> of(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return Optional.of("gets " + of(admitted.input()));
        } else if (event instanceof SessionEvent.TurnStarted) {
            return Optional.of("wakes");
        } else if (event instanceof SessionEvent.TextDelta piece) {
            return Optional.of("writes: " + cut(piece.delta()));
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            return Optional.of("answers: " + cut(completed.text()));
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            return Optional.of("fails: " + failed.code() + ": " + cut(failed.message()));
        } else if (event instanceof SessionEvent.Gap gap) {
            return Optional.of(
                    "(" + (gap.dropped().isEmpty() ? "some" : gap.dropped().getAsLong()) + " events are missing here)");
        } else {
            return Optional.empty();
        }
    }

    static boolean endsTurn(SessionEvent event) {
        return event instanceof SessionEvent.TurnCompleted
                || event instanceof SessionEvent.TurnInterrupted
                || (event instanceof SessionEvent.TurnFailed failed
                        && failed.retryAt().isEmpty());
    }

    static String of(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.SystemPrompt system) {
            return "system: " + cut(system.text());
        } else if (entry instanceof TranscriptEntry.Input input) {
            return "gets " + of(input.input());
        } else if (entry instanceof TranscriptEntry.Answer answer) {
            return "answers: " + cut(answer.text());
        } else {
            return entry.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
    }

    private static String of(AdmittedInput input) {
        InputBody body = input.body();
        if (body instanceof InputBody.Prompt prompt) {
            return "a prompt: " + cut(prompt.text());
        } else if (body instanceof InputBody.Local local) {
            return "an input: " + cut(local.command().body());
        } else if (body instanceof InputBody.PeerMessage message) {
            return "a message from " + message.from().name();
        } else if (body instanceof InputBody.External external) {
            return "an external event: " + external.event().eventType();
        } else {
            return "an input";
        }
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "..." : line;
    }
}
