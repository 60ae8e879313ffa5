package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The line 0.6 by its schemas: fields that may be written, and one small and one full sample of each answer. */
class Shapes06Test {
    private static final Dialect LINE = Dialect.of(ContractVersion.parse("0.6.34"));
    private static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-00000000000a");
    private static final PeerId PEER = PeerId.of("01900000-0000-5000-8000-00000000000b");
    private static final RequestId REQUEST = RequestId.of("01900000-0000-7000-8000-00000000000c");
    private static final PeerRef TO = PeerRef.id(PEER);
    private static final List<ContentBlock> BLOCKS = List.of(new ContentBlock.Text("see log"));

    private static JsonNode shapes() throws IOException {
        try (InputStream in = Shapes06Test.class.getResourceAsStream("/wire/shapes-0.6.34.json")) {
            byte[] bytes = in.readAllBytes();
            return WireJson.read(bytes, 0, bytes.length);
        }
    }

    private static CommsCommand<?> command(String kind) {
        return switch (kind) {
            case "input" -> CommsCommand.Input.of("x").withBlocks(BLOCKS);
            case "peer_message" -> CommsCommand.PeerMessage.to(TO, "x").withBlocks(BLOCKS);
            case "peer_request" ->
                CommsCommand.PeerRequest.to(TO, "checksum_token", Json.parse("{\"subject\":\"s\"}"))
                        .withBlocks(BLOCKS);
            case "peer_response" ->
                CommsCommand.PeerResponse.completed(TO, REQUEST, Json.parse("{\"result\":\"ack\",\"ok\":true}"))
                        .withBlocks(BLOCKS)
                        .withHandlingMode(HandlingMode.QUEUE);
            default -> new CommsCommand.PeerLifecycle(TO, LifecycleKind.PEER_RETIRED, Json.parse("{\"peer\":\"x\"}"));
        };
    }

    private static void assertTaken(JsonNode shape, ObjectNode params) {
        Set<String> written = new HashSet<>();
        params.fieldNames().forEachRemaining(written::add);
        Set<String> required = new HashSet<>();
        shape.path("required").forEach(name -> required.add(name.textValue()));
        Set<String> known = new HashSet<>(required);
        shape.path("optional").forEach(name -> known.add(name.textValue()));
        assertThat(known).isNotEmpty().containsAll(written);
        assertThat(written).containsAll(required);
    }

    @Test
    void writesOnlyWhatTheLineTakes() throws IOException {
        JsonNode shapes = shapes().path("written");
        for (String kind : List.of("input", "peer_message", "peer_request", "peer_response", "peer_lifecycle")) {
            PeerId to = kind.equals("input") ? null : PEER;
            assertTaken(shapes.path("comms/send " + kind), LINE.command(SESSION, command(kind), to));
        }
        SessionSpec spec = SessionSpec.ofPrompt("hi")
                .withKeepAliveAs("agent-a")
                .withSystemPrompt("s")
                .withModel("m")
                .withLabels(Map.of("a", "b"))
                .withPeerMeta(new PeerMeta("d", Map.of()));
        assertTaken(shapes.path("POST sessions"), LINE.create(spec));
        assertTaken(shapes.path("POST messages"), LINE.restTurn(SESSION, new InputBody.Prompt("hi", List.of())));
        ContextNote note = new ContextNote("x", Optional.of("me"), Optional.of("k"));
        assertTaken(shapes.path("POST system_context"), LINE.context(note));
        ObjectNode answer = LINE.peerAnswer(
                new PeerAnswer(PEER, Optional.of("b"), REQUEST, PeerAnswer.Status.COMPLETED, Json.NULL));
        answer.put("session_id", SESSION.toString());
        assertTaken(shapes.path("session/peer_response_terminal"), answer);
    }

    @Test
    void readsEveryAnswerOfTheLine() throws IOException {
        int read = 0;
        for (JsonNode answer : shapes().path("answers")) {
            JsonNode sample = answer.path("sample");
            Object value = switch (answer.path("reader").asText()) {
                case "receipt" -> Answers.receipt(command(kindOf(sample)), sample);
                case "peers" -> Answers.peers(sample);
                case "completed" -> Answers.completed(sample);
                case "session" -> Answers.session(sample);
                default -> row(sample);
            };
            assertThat(value).as(sample.toString()).isNotNull();
            read++;
        }
        assertThat(read).isGreaterThan(30);
    }

    private static String kindOf(JsonNode receipt) {
        String kind = receipt.path("kind").asText();
        return kind.equals("input_accepted") ? "input" : kind.replace("_sent", "");
    }

    private static TranscriptEntry row(JsonNode row) {
        ObjectNode page = WireJson.object();
        page.putArray("messages").add(row);
        page.put("offset", 0).put("message_count", 1);
        List<TranscriptEntry> entries = Answers.history(page, "me").entries();
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    @Test
    void readsEveryEventOfTheLine() throws IOException {
        Set<String> known = new HashSet<>();
        EventReader reader = new EventReader();
        for (JsonNode payload : shapes().path("events")) {
            String type = payload.path("type").textValue();
            SessionEvent event = reader.read(new ReadEvent("", 1, 1, type, payload), Cursor.START);
            if (!(event instanceof SessionEvent.Unrecognized)) {
                known.add(type);
            }
        }
        assertThat(known)
                .contains("run_started", "run_completed", "run_failed", "text_delta", "tool_call_requested")
                .contains("stream_truncated");
    }
}
