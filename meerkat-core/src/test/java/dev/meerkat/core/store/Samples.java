package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Firing;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** At least one value of every kind that a store keeps, with the optional parts there and not there. */
final class Samples {
    static final Instant AT = Instant.parse("2026-11-22T10:15:30.123456789Z");
    static final Json FOREIGN =
            Json.parse("{\"payload\":{\"raw\":[1.10,1e400,-0.0]},\"b\":\"\u00e9\ud83d\ude00\\n\",\"a\":null}");
    static final String TEXT = "line\n\"quoted\" \\ \u0000 \u00e9 \ud83d\ude00 \u2028 \ufffd";

    static final SessionId SESSION = new SessionId(uuid(1));
    static final TurnId TURN = new TurnId(uuid(2));
    static final RequestId REQUEST = new RequestId(uuid(3));
    static final EnvelopeId ENVELOPE = new EnvelopeId(uuid(4));
    static final PeerSender PEER = new PeerSender(new PeerId(uuid(5)), "agent-b");

    static final List<PeerRef> REFS = List.of(PeerRef.named("agent-b"), PeerRef.id(new PeerId(uuid(6))));

    static final List<ContentBlock> BLOCKS = List.of(
            new ContentBlock.Text(TEXT),
            new ContentBlock.Image("image/png", "aGk="),
            new ContentBlock.Unrecognized("video", Json.parse("{\"type\":\"video\",\"frames\":1.50}")));

    static final List<CommsCommand<?>> COMMANDS = List.of(
            CommsCommand.Input.of(TEXT),
            new CommsCommand.Input("hi", BLOCKS, "stdin", HandlingMode.STEER, Optional.empty()),
            CommsCommand.PeerMessage.to("agent-b", "hi"),
            new CommsCommand.PeerMessage(
                    REFS.get(1), "hi", BLOCKS, ContentTaint.TAINTED, HandlingMode.STEER, Optional.empty()),
            new CommsCommand.PeerLifecycle(REFS.get(0), LifecycleKind.DISMISS, FOREIGN),
            CommsCommand.PeerRequest.to("agent-b", "review", Json.NULL),
            new CommsCommand.PeerRequest(
                    REFS.get(1), "review", FOREIGN, BLOCKS, ContentTaint.CLEAN, HandlingMode.STEER, Optional.empty()),
            CommsCommand.PeerResponse.accepted(REFS.get(0), REQUEST),
            CommsCommand.PeerResponse.completed(REFS.get(1), REQUEST, Json.parse("\"done\"")),
            new CommsCommand.PeerResponse(
                    REFS.get(1),
                    REQUEST,
                    ResponseStatus.FAILED,
                    FOREIGN,
                    BLOCKS,
                    ContentTaint.TAINTED,
                    Optional.of(HandlingMode.STEER)),
            CommsCommand.Input.of(TEXT).withTimeToLive(Duration.ofMillis(1)),
            CommsCommand.PeerMessage.to("agent-b", "hi").withTimeToLive(Duration.ofDays(1)),
            CommsCommand.PeerRequest.to("agent-b", "review", Json.NULL).withTimeToLive(Duration.ofHours(1)));

    static final List<InputBody> INPUTS = List.of(
            new InputBody.Prompt(TEXT, List.of()),
            new InputBody.Prompt("hi", BLOCKS, List.of("brief", "")),
            new InputBody.Local((CommsCommand.Input) COMMANDS.get(1)),
            new InputBody.PeerMessage(PEER, (CommsCommand.PeerMessage) COMMANDS.get(3)),
            new InputBody.PeerLifecycle(PEER, (CommsCommand.PeerLifecycle) COMMANDS.get(4)),
            new InputBody.PeerRequest(PEER, REQUEST, (CommsCommand.PeerRequest) COMMANDS.get(6)),
            new InputBody.PeerResponse(PEER, (CommsCommand.PeerResponse) COMMANDS.get(7)),
            new InputBody.PeerResponse(PEER, (CommsCommand.PeerResponse) COMMANDS.get(9)),
            new InputBody.External(ExternalEvent.genericJson("deploy", Json.NULL)),
            new InputBody.External(ExternalEvent.genericJson("deploy", FOREIGN)
                    .withSource("ci")
                    .withBlocks(BLOCKS)
                    .withIdempotencyKey("delivery 1")),
            new InputBody.Local(
                    (CommsCommand.Input) COMMANDS.get(1), Optional.of(new Firing(new ScheduleId(uuid(11)), AT))),
            new InputBody.Local((CommsCommand.Input) COMMANDS.get(10)),
            new InputBody.PeerMessage(PEER, (CommsCommand.PeerMessage) COMMANDS.get(11)),
            new InputBody.PeerRequest(PEER, REQUEST, (CommsCommand.PeerRequest) COMMANDS.get(12)));

    static final List<PeerReply> REPLIES = List.of(
            new PeerReply(REQUEST, PEER, ResponseStatus.COMPLETED, Json.NULL, List.of(), ContentTaint.UNDECLARED, AT),
            new PeerReply(REQUEST, PEER, ResponseStatus.ACCEPTED, FOREIGN, BLOCKS, ContentTaint.TAINTED, AT));

    static final AdmittedInput ADMITTED = new AdmittedInput(new InputId(uuid(7)), new Cursor(8), AT, INPUTS.get(9));
    static final ToolCall TOOL_CALL = new ToolCall("key", "grep", FOREIGN, Json.parse("[1.0]"), true);

    static final List<TranscriptEntry> TRANSCRIPT = List.of(
            new TranscriptEntry.SystemPrompt(AT, TEXT),
            new TranscriptEntry.Input(AT, TURN, ADMITTED),
            new TranscriptEntry.Answer(AT, TURN, "", true),
            new TranscriptEntry.ModelStep(
                    AT, TURN, TEXT, List.of(new ToolRequest("key", "call_1", "look", TOOL_CALL.arguments()))),
            new TranscriptEntry.Tool(AT, TURN, TOOL_CALL),
            new TranscriptEntry.Sent(AT, TURN, ENVELOPE, COMMANDS.get(6)),
            new TranscriptEntry.Replied(AT, TURN, REPLIES.get(1)),
            new TranscriptEntry.Compacted(AT, TURN, TEXT, 3),
            new TranscriptEntry.Unrecognized(AT, "from a server", FOREIGN));

    private Samples() {}

    static UUID uuid(long n) {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | n);
    }

    static List<SessionEvent> events(Cursor at) {
        List<InputId> inputs = List.of(new InputId(uuid(7)), new InputId(uuid(8)));
        return List.of(
                new SessionEvent.Lifecycle(at, AT, SessionEvent.Lifecycle.Phase.CREATED),
                new SessionEvent.Lifecycle(at, AT, SessionEvent.Lifecycle.Phase.ARCHIVED),
                new SessionEvent.InputAdmitted(new AdmittedInput(ADMITTED.id(), at, AT, ADMITTED.body())),
                new SessionEvent.InputStaged(at, AT, TURN, inputs),
                new SessionEvent.InputConsumed(at, AT, TURN, List.of()),
                new SessionEvent.InputDeadLettered(at, AT, TURN, inputs, "agent_failed", TEXT),
                new SessionEvent.InputSetAside(at, AT, TURN, inputs, "agent_failed", TEXT, AT),
                new SessionEvent.InputRedriven(at, AT, inputs),
                new SessionEvent.InputDiscarded(at, AT, inputs),
                new SessionEvent.InputExpired(at, AT, inputs),
                new SessionEvent.TurnStarted(at, AT, TURN, 2),
                new SessionEvent.TurnCompleted(at, AT, TURN, TEXT),
                new SessionEvent.TurnCompleted(
                        at, AT, TURN, TEXT, Optional.of(new Usage(5, 6)), Optional.of(FinishReason.LENGTH)),
                new SessionEvent.SessionParked(at, AT, TURN, "budget_exceeded", TEXT),
                new SessionEvent.SessionUnparked(at, AT),
                new SessionEvent.TranscriptCompacted(at, AT, TURN, 3),
                new SessionEvent.TurnFailed(at, AT, TURN, 1, "agent_failed", TEXT, Optional.of(AT)),
                new SessionEvent.TurnFailed(at, AT, TURN, 2, "agent_failed", "", Optional.empty()),
                new SessionEvent.TurnInterrupted(at, AT, TURN, ""),
                new SessionEvent.ToolCalled(at, AT, TURN, TOOL_CALL),
                new SessionEvent.PeerSent(at, AT, ENVELOPE, PEER, "peer_message"),
                new SessionEvent.PeerSendFailed(at, AT, ENVELOPE, "session_archived", TEXT),
                new SessionEvent.ReplyReceived(at, REPLIES.get(1)),
                new SessionEvent.Unrecognized(at, "new", Json.parse("{\"type\":\"new\",\"n\":1.10}")));
    }
}
