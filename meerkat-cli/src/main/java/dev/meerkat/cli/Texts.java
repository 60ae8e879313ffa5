package dev.meerkat.cli;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.Timing;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TranscriptEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** What people are told of inputs, events and transcript entries. */
final class Texts {
    private Texts() {}

    static String of(InputBody body) {
        return body.match(
                prompt -> "prompt: " + prompt.text() + blocks(prompt.blocks()),
                local -> "input from " + Names.shown(local.command().source())
                        + local.firing()
                                .map(firing -> ", by itself, due " + firing.due())
                                .orElse("") + ": "
                        + local.command().body() + blocks(local.command().blocks()),
                external -> of(external.event()),
                peer -> of(peer.command(), " from " + Names.shown(peer.from().name())));
    }

    /** A command, with who is at the other end. */
    private static String of(CommsCommand<?> command, String peer) {
        return command.match(
                input -> "input: " + input.body() + blocks(input.blocks()),
                message -> "message" + peer + ": " + message.body() + blocks(message.blocks()),
                lifecycle ->
                        "notice " + Names.shown(lifecycle.lifecycleKind().toString()) + peer + json(lifecycle.params()),
                request -> "request " + Names.shown(request.intent()) + peer + ": " + request.params()
                        + blocks(request.blocks()),
                response -> "response " + Documents.lower(response.status()) + peer + ": " + response.result()
                        + blocks(response.blocks()));
    }

    private static String of(ExternalEvent event) {
        return "event " + Names.shown(event.eventType()) + " from " + Names.shown(event.source()) + ": "
                + event.payload() + blocks(event.blocks());
    }

    private static String json(Json json) {
        return json.equals(Json.NULL) || json.equals(Json.EMPTY_OBJECT) ? "" : ": " + json;
    }

    private static String blocks(List<ContentBlock> blocks) {
        StringBuilder text = new StringBuilder();
        for (ContentBlock block : blocks) {
            text.append(" | ");
            if (block instanceof ContentBlock.Text words) {
                text.append(words.text());
            } else if (block instanceof ContentBlock.Image image) {
                text.append(Names.shown(image.mediaType()));
            } else if (block instanceof ContentBlock.Unrecognized other) {
                text.append(other.raw());
            }
        }
        return text.toString();
    }

    static String of(DeadLetter letter) {
        return letter.at() + "  " + letter.input().id() + " of session " + letter.sessionId() + ": "
                + letter.message() + " [" + Names.shown(letter.code()) + "], "
                + letter.attempts() + (letter.attempts() == 1 ? " attempt" : " attempts") + ": "
                + of(letter.input().body());
    }

    static String of(Schedule schedule) {
        CommsCommand.Input input = schedule.spec().input();
        String when = schedule.spec()
                .timing()
                .match(
                        after -> "once",
                        at -> "once",
                        cron -> "cron \"" + cron.expression() + "\" in " + cron.zone()
                                + (cron.misfire() == Timing.Misfire.SKIP ? ", skips what has passed" : "")
                                + cron.end().map(end -> ", until " + end).orElse(""));
        return schedule.next() + "  " + schedule.id() + " " + when
                + schedule.spec().key().map(key -> ", key " + Names.shown(key)).orElse("")
                + ": " + input.body() + blocks(input.blocks());
    }

    static String of(TranscriptEntry entry) {
        return entry.at() + "  " + said(entry);
    }

    /** What an entry says, without its time. */
    static String said(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.SystemPrompt prompt) {
            return "system: " + prompt.text();
        }
        if (entry instanceof TranscriptEntry.Input input) {
            return of(input.input().body());
        }
        if (entry instanceof TranscriptEntry.Answer answer) {
            return (answer.interrupted() ? "answer, interrupted: " : "answer: ") + answer.text();
        }
        if (entry instanceof TranscriptEntry.ModelStep model) {
            return "model: " + model.text()
                    + model.calls().stream()
                            .map(call -> " [asks for tool " + Names.shown(call.name()) + " " + call.arguments() + "]")
                            .collect(Collectors.joining());
        }
        if (entry instanceof TranscriptEntry.Tool tool) {
            return of(tool.call());
        }
        if (entry instanceof TranscriptEntry.Sent sent) {
            return sent(sent.command());
        }
        if (entry instanceof TranscriptEntry.Replied replied) {
            return of(replied.reply());
        }
        if (entry instanceof TranscriptEntry.Compacted compacted) {
            return "compacted the first " + compacted.upTo() + " entries: " + compacted.text();
        }
        if (entry instanceof TranscriptEntry.Unrecognized other) {
            return Names.shown(other.role()) + ": " + other.raw();
        }
        throw new IllegalArgumentException("no text for " + entry.getClass());
    }

    private static String of(ToolCall call) {
        return "tool " + Names.shown(call.name()) + " " + call.arguments()
                + (call.failed() ? " failed: " : " returned ") + call.result();
    }

    private static String of(PeerReply reply) {
        return "reply " + Documents.lower(reply.status()) + " from "
                + Names.shown(reply.from().name()) + ": " + reply.result() + blocks(reply.blocks());
    }

    private static String sent(CommsCommand<?> command) {
        return "sent "
                + of(
                        command,
                        command.recipient()
                                .map(peer -> " to " + Names.shown(peer.toString()))
                                .orElse(""));
    }

    static String of(SessionEvent event) {
        return event.cursor() + "  " + what(event);
    }

    private static String what(SessionEvent event) {
        if (event instanceof SessionEvent.Lifecycle lifecycle) {
            return "session " + Documents.lower(lifecycle.phase());
        }
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return "admitted " + of(admitted.input().body());
        }
        if (event instanceof SessionEvent.InputStaged staged) {
            return "staged " + inputs(staged.inputs());
        }
        if (event instanceof SessionEvent.InputConsumed consumed) {
            return "consumed " + inputs(consumed.inputs());
        }
        if (event instanceof SessionEvent.InputDeadLettered dead) {
            return "gave up " + inputs(dead.inputs()) + ": " + dead.message() + " [" + Names.shown(dead.code()) + "]";
        }
        if (event instanceof SessionEvent.InputSetAside aside) {
            return "set aside " + inputs(aside.inputs()) + ", again at " + aside.retryAt() + ": " + aside.message()
                    + " [" + Names.shown(aside.code()) + "]";
        }
        if (event instanceof SessionEvent.InputRedriven redriven) {
            return "redrove " + inputs(redriven.inputs());
        }
        if (event instanceof SessionEvent.InputDiscarded discarded) {
            return "discarded " + inputs(discarded.inputs());
        }
        if (event instanceof SessionEvent.InputExpired expired) {
            return "expired " + inputs(expired.inputs());
        }
        if (event instanceof SessionEvent.Gap gap) {
            return gap.dropped().isEmpty()
                    ? "gap: some events are missing"
                    : "gap of " + gap.dropped().getAsLong() + " events";
        }
        if (event instanceof SessionEvent.Unrecognized other) {
            return Names.shown(other.type()) + fields(other.raw());
        }
        return turn(event);
    }

    /** The fields of an event of a kind that only its server knows, by name. */
    private static String fields(Json event) {
        if (!event.text().startsWith("{")) {
            return ": " + event;
        }
        StringJoiner fields = new StringJoiner(", ", "  ", "");
        fields.setEmptyValue("");
        Map<?, ?> named = event.as(Map.class);
        named.forEach((name, value) -> {
            if (!"type".equals(name)) {
                fields.add(Names.shown(String.valueOf(name)) + ": "
                        + (value instanceof String text ? text : Json.of(value).text()));
            }
        });
        return fields.toString();
    }

    private static String inputs(List<?> inputs) {
        return inputs.size() == 1 ? "1 input" : inputs.size() + " inputs";
    }

    private static String turn(SessionEvent event) {
        if (event instanceof SessionEvent.TurnStarted started) {
            return "turn started, attempt " + started.attempt();
        }
        if (event instanceof SessionEvent.TurnCompleted completed) {
            return "answer: " + completed.text();
        }
        if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            return "turn interrupted" + (interrupted.text().isEmpty() ? "" : ": " + interrupted.text());
        }
        if (event instanceof SessionEvent.TurnFailed failed) {
            return failure(failed);
        }
        if (event instanceof SessionEvent.TextDelta delta) {
            return "text: " + delta.delta();
        }
        if (event instanceof SessionEvent.ToolCallStarted call) {
            return "tool " + Names.shown(call.name()) + " " + call.arguments() + " called";
        }
        if (event instanceof SessionEvent.ToolCalled called) {
            return of(called.call());
        }
        return comms(event);
    }

    private static String comms(SessionEvent event) {
        if (event instanceof SessionEvent.PeerSent sent) {
            return "sent " + Names.shown(sent.kind()) + " to "
                    + Names.shown(sent.to().name());
        }
        if (event instanceof SessionEvent.PeerSendFailed failed) {
            return "not delivered: " + failed.message() + " [" + Names.shown(failed.code()) + "]";
        }
        if (event instanceof SessionEvent.ReplyReceived received) {
            return of(received.reply());
        }
        if (event instanceof SessionEvent.SessionParked parked) {
            return "parked: " + parked.message() + " [" + Names.shown(parked.code()) + "]";
        }
        if (event instanceof SessionEvent.SessionUnparked) {
            return "unparked";
        }
        if (event instanceof SessionEvent.TranscriptCompacted compacted) {
            return "compacted: the model no longer reads the first " + compacted.upTo() + " entries";
        }
        throw new IllegalArgumentException("no text for " + event.getClass());
    }

    static String failure(SessionEvent.TurnFailed failed) {
        String retry = failed.retryAt()
                .map(Instant::toString)
                .map(at -> "; again at " + at)
                .orElse("");
        return "turn failed: " + failed.message() + " [" + Names.shown(failed.code()) + "]" + retry;
    }
}
