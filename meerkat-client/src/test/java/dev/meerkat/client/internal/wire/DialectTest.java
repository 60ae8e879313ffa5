package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DialectTest {
    private static final SessionId SESSION = SessionId.of("01a2053e-28b9-72a3-8954-c85bbb583147");
    private static final PeerId PEER = PeerId.of("44a5b196-0f14-5f54-8a6a-1a4808e246ca");
    private static final PeerRef TO = PeerRef.id(PEER);
    private static final RequestId REQUEST = RequestId.of("55b6e74a-d3bd-4a46-a9a7-e5fd555b5e27");
    private static final Dialect NEW = dialect("0.9.8");
    private static final Dialect EARLY = dialect("0.9.4");
    private static final Dialect OLD = dialect("0.6.34");

    private static Dialect dialect(String version) {
        return Dialect.of(ContractVersion.parse(version));
    }

    private static JsonNode written(JsonNode tree) {
        return Recorded.json(new String(WireJson.write(tree), StandardCharsets.UTF_8));
    }

    private static JsonNode json(String text) {
        return Recorded.json(text.replace('\'', '"'));
    }

    @Test
    void theLinesBetweenAreSpokenAsTheNewOneWithoutWhatCameLater() {
        CommsCommand.PeerMessage steered = CommsCommand.PeerMessage.to("b", "x").withHandlingMode(HandlingMode.STEER);
        CommsCommand.PeerMessage tainted = CommsCommand.PeerMessage.to("b", "x").withContentTaint(ContentTaint.TAINTED);
        for (String version : List.of("0.7.0", "0.7.31", "0.8.0", "0.8.52")) {
            Dialect between = dialect(version);
            assertThat(between.context(ContextNote.of("x")).at("/content/text").asText())
                    .isEqualTo("x");
            assertThat(between.stopsTurns()).isFalse();
            assertThat(between.rpcCreate(SessionSpec.ofPrompt("x")).has("session_events"))
                    .isFalse();
            assertThat(between.restCapabilities().contains(Capability.EVENT_DEDUPE))
                    .isFalse();
            assertThat(between.restCapabilities().contains(Capability.STEER)).isEqualTo(version.startsWith("0.8"));
        }
        assertThat(dialect("0.8.0")
                        .command(SESSION, steered, PEER)
                        .path("handling_mode")
                        .asText())
                .isEqualTo("steer");
        assertThatThrownBy(() -> dialect("0.7.31").command(SESSION, steered, PEER))
                .isInstanceOf(NotSupportedException.class);
        assertThat(dialect("0.7.31").command(SESSION, tainted, PEER).has("content_taint"))
                .isTrue();
        assertThatThrownBy(() -> dialect("0.7.0").command(SESSION, tainted, PEER))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("0.7.0");
    }

    @Test
    void tellsWhatCanBeDone() {
        Set<String> methods = Set.of("comms/send", "session/external_event");
        assertThat(NEW.rpcCapabilities(methods, true))
                .containsExactlyInAnyOrder(
                        Capability.PEER_NAMES,
                        Capability.STEER,
                        Capability.EVENT_DEDUPE,
                        Capability.EVENT_RECEIPTS,
                        Capability.EVENT_REPLAY);
        assertThat(OLD.rpcCapabilities(methods, false))
                .containsExactlyInAnyOrder(Capability.PEER_NAMES, Capability.EVENT_RECEIPTS);
        assertThat(OLD.rpcCapabilities(methods, true)).contains(Capability.EVENT_REPLAY);
        assertThat(EARLY.rpcCapabilities(Set.of(), false)).containsExactly(Capability.EVENT_RECEIPTS);
        assertThat(NEW.restCapabilities())
                .containsExactlyInAnyOrder(Capability.PEER_NAMES, Capability.STEER, Capability.EVENT_DEDUPE);
        assertThat(OLD.restCapabilities()).containsExactly(Capability.PEER_NAMES);
    }

    @Test
    void writesWhatASpecSaysAndNothingElse() {
        assertThat(written(OLD.create(SessionSpec.ofPrompt("hi")))).isEqualTo(json("{'prompt':'hi'}"));
        assertThat(written(NEW.create(SessionSpec.ofPrompt("hi")))).isEqualTo(json("{'prompt':'hi'}"));
        SessionSpec full = SessionSpec.ofPrompt("You are a coordinator.")
                .withKeepAliveAs("agent-a")
                .withSystemPrompt("Be short.")
                .withModel("m1")
                .withLabels(Map.of("team", "infra"))
                .withPeerMeta(new PeerMeta("Coordinates", Map.of("lang", "java")));
        assertThat(written(NEW.create(full)))
                .isEqualTo(
                        json(
                                "{'prompt':'You are a coordinator.',"
                                        + "'system_prompt':'Be short.','model':'m1','keep_alive':true,'comms_name':'agent-a',"
                                        + "'peer_meta':{'description':'Coordinates','labels':{'lang':'java'}},"
                                        + "'labels':{'dev.meerkat.comms-name':'agent-a','dev.meerkat.keep-alive':'true','team':'infra'}}"));
    }

    @Test
    void aNamedSessionThatIsNotKeptAliveHasTheNameLabelOnly() {
        JsonNode params = written(NEW.create(SessionSpec.ofPrompt("hi").withCommsName("agent-b")));
        assertThat(params)
                .isEqualTo(json(
                        "{'prompt':'hi','comms_name':'agent-b'," + "'labels':{'dev.meerkat.comms-name':'agent-b'}}"));
    }

    @Test
    void theClientsOwnLabelsCannotBeForged() {
        SessionSpec spec = SessionSpec.ofPrompt("hi").withLabels(Map.of(OwnLabels.COMMS_NAME, "agent-a"));
        assertThatThrownBy(() -> NEW.create(spec))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("labels")
                .hasMessageContaining(OwnLabels.COMMS_NAME);
    }

    @Test
    void emptyPartsOfThePeerMetaAreLeftOut() {
        SessionSpec spec = SessionSpec.ofPrompt("hi").withPeerMeta(new PeerMeta("", Map.of("a", "b")));
        assertThat(written(NEW.create(spec)).path("peer_meta")).isEqualTo(json("{'labels':{'a':'b'}}"));
    }

    @Test
    void deferredAndCopiesOfEventsAreOfJsonRpcOnly() {
        SessionSpec spec = SessionSpec.ofPrompt("Later.").withDeferredStart();
        assertThat(written(NEW.create(spec))).isEqualTo(json("{'prompt':'Later.'}"));
        assertThat(written(NEW.rpcCreate(spec)))
                .isEqualTo(json("{'prompt':'Later.','initial_turn':'deferred','session_events':false}"));
        assertThat(written(EARLY.rpcCreate(spec))).isEqualTo(json("{'prompt':'Later.','initial_turn':'deferred'}"));
        assertThat(written(OLD.rpcCreate(SessionSpec.ofPrompt("hi")))).isEqualTo(json("{'prompt':'hi'}"));
    }

    @Test
    void aTurnDeclinesCopiesOfEventsWhereItCan() {
        JsonNode plain = json("{'session_id':'" + SESSION + "','prompt':'hello'}");
        assertThat(written(OLD.turn(SESSION, prompt("hello")))).isEqualTo(plain);
        assertThat(written(EARLY.turn(SESSION, prompt("hello")))).isEqualTo(plain);
        assertThat(written(NEW.restTurn(SESSION, prompt("hello")))).isEqualTo(plain);
        assertThat(written(NEW.turn(SESSION, prompt("hello"))))
                .isEqualTo(json("{'session_id':'" + SESSION + "','prompt':'hello','session_events':false}"));
    }

    @Test
    void aLocalInputIsAllowedForItsOwnSession() {
        CommsCommand.Input input = CommsCommand.Input.of("hi").withSource("stdin");
        assertThat(written(OLD.command(SESSION, input, null)))
                .isEqualTo(
                        json(
                                "{'session_id':'" + SESSION
                                        + "','kind':'input','body':'hi','source':'stdin','handling_mode':'queue','allow_self_session':true}"));
    }

    @Test
    void whatIsSteeredIsRefusedForTheOldLineWhoseServersEndTheCommsOfTheSession() {
        CommsCommand.Input input = CommsCommand.Input.of("hi").withHandlingMode(HandlingMode.STEER);
        CommsCommand.PeerMessage message = CommsCommand.PeerMessage.to(TO, "hi").withHandlingMode(HandlingMode.STEER);
        assertThat(NEW.command(SESSION, input, null).path("handling_mode").asText())
                .isEqualTo("steer");
        for (CommsCommand<?> command : List.of(input, message)) {
            assertThatThrownBy(() -> OLD.command(SESSION, command, PEER))
                    .isInstanceOf(NotSupportedException.class)
                    .hasMessageContaining("handling_mode")
                    .hasMessageContaining("0.6.34");
        }
    }

    @Test
    void refusesASourceThatServersDoNotKnow() {
        assertThatThrownBy(
                        () -> NEW.command(SESSION, CommsCommand.Input.of("hi").withSource("cron"), null))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("source")
                .hasMessageContaining("cron");
    }

    @Test
    void aMessageSaysHowItIsHandled() {
        CommsCommand.PeerMessage message = CommsCommand.PeerMessage.to(TO, "hi");
        JsonNode expected = json("{'session_id':'" + SESSION + "','kind':'peer_message','to':'" + PEER
                + "','body':'hi','handling_mode':'queue'}");
        assertThat(written(OLD.command(SESSION, message, PEER))).isEqualTo(expected);
        assertThat(written(NEW.command(SESSION, message, PEER))).isEqualTo(expected);
    }

    @Test
    void aCommandForAPeerNeedsOne() {
        assertThatThrownBy(() -> NEW.command(SESSION, CommsCommand.PeerMessage.to("agent-b", "hi"), null))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("to");
    }

    @Test
    void onlyTheNewLineCarriesDeclaredTaint() {
        CommsCommand.PeerMessage message = CommsCommand.PeerMessage.to(TO, "hi").withContentTaint(ContentTaint.CLEAN);
        assertThat(written(NEW.command(SESSION, message, PEER)).path("content_taint"))
                .isEqualTo(json("{'declare':'clean'}"));
        assertThatThrownBy(() -> OLD.command(SESSION, message, PEER))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("content_taint")
                .hasMessageContaining("0.6.34");
    }

    @Test
    void theBodyIsAmongTheBlocksBecauseServersShowThoseInstead() {
        CommsCommand.PeerMessage message = CommsCommand.PeerMessage.to(TO, "look")
                .withBlocks(List.of(
                        new ContentBlock.Image("image/png", "QUJD"),
                        new ContentBlock.Unrecognized("video", Json.parse("{\"type\":\"video\",\"x\":1.0}"))));
        assertThat(written(NEW.command(SESSION, message, PEER)).path("blocks"))
                .isEqualTo(json("[{'type':'text','text':'look'},"
                        + "{'type':'image','media_type':'image/png','source':'inline','data':'QUJD'},"
                        + "{'type':'video','x':1.0}]"));
        CommsCommand.PeerMessage repeated = message.withBlocks(List.of(new ContentBlock.Text("look")));
        assertThat(written(NEW.command(SESSION, repeated, PEER)).path("blocks"))
                .isEqualTo(json("[{'type':'text','text':'look'}]"));
    }

    @Test
    void aControlWordOfTheOldLineIsRefused() {
        CommsCommand.PeerMessage dismiss = CommsCommand.PeerMessage.to(TO, " Dismiss ");
        assertThatThrownBy(() -> OLD.command(SESSION, dismiss, PEER))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("body");
        assertThat(NEW.command(SESSION, dismiss, PEER).path("body").textValue()).isEqualTo(" Dismiss ");
    }

    @Test
    void onlyTheIntentsThatServersReadAreSent() {
        CommsCommand.PeerRequest request =
                CommsCommand.PeerRequest.to(TO, "checksum_token", Json.parse("{\"subject\":\"s\"}"));
        for (Dialect line : List.of(OLD, NEW)) {
            assertThat(written(line.command(SESSION, request, PEER)))
                    .isEqualTo(json("{'session_id':'" + SESSION
                            + "','kind':'peer_request','to':'" + PEER
                            + "','intent':'checksum_token','params':{'subject':'s'},'handling_mode':'queue'}"));
            assertThatThrownBy(() ->
                            line.command(SESSION, CommsCommand.PeerRequest.to(TO, "review", Json.EMPTY_OBJECT), PEER))
                    .isInstanceOf(NotSupportedException.class)
                    .hasMessageContaining("intent \"review\"");
            assertThatThrownBy(() ->
                            line.command(SESSION, CommsCommand.PeerRequest.to(TO, "checksum_token", Json.NULL), PEER))
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageContaining("subject");
        }
    }

    @Test
    void aResponseLeavesOutWhatIsNotSaid() {
        JsonNode accepted = written(OLD.command(SESSION, CommsCommand.PeerResponse.accepted(TO, REQUEST), PEER));
        assertThat(accepted)
                .isEqualTo(json("{'session_id':'" + SESSION + "','kind':'peer_response','to':'" + PEER
                        + "','in_reply_to':'" + REQUEST + "','status':'accepted'}"));
        Json token = Json.parse("{\"request_intent\":\"checksum_token\",\"request_subject\":\"s\",\"token\":\"t\"}");
        JsonNode completed = written(NEW.command(
                SESSION,
                CommsCommand.PeerResponse.completed(TO, REQUEST, token).withHandlingMode(HandlingMode.STEER),
                PEER));
        assertThat(completed.path("result").path("token").textValue()).isEqualTo("t");
        assertThat(completed.path("handling_mode").textValue()).isEqualTo("steer");
    }

    @Test
    void refusesAResultThatServersDoNotRead() {
        Json free = Json.parse("{\"answer\":42}");
        assertThatThrownBy(() -> NEW.command(SESSION, CommsCommand.PeerResponse.completed(TO, REQUEST, free), PEER))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("result");
        Json ack = Json.parse("{\"result\":\"ack\",\"ok\":true}");
        assertThat(NEW.command(SESSION, CommsCommand.PeerResponse.failed(TO, REQUEST, ack), PEER)
                        .path("status")
                        .textValue())
                .isEqualTo("failed");
    }

    @Test
    void onlyTheLifecycleKindsOfTheLineAreSent() {
        Json params = Json.parse("{\"peer\":\"x\"}");
        CommsCommand.PeerLifecycle added = new CommsCommand.PeerLifecycle(TO, LifecycleKind.PEER_ADDED, params);
        assertThat(written(OLD.command(SESSION, added, PEER)))
                .isEqualTo(json("{'session_id':'" + SESSION
                        + "','kind':'peer_lifecycle','to':'" + PEER
                        + "','lifecycle_kind':'mob.peer_added','params':{'peer':'x'}}"));
        CommsCommand.PeerLifecycle dismiss = new CommsCommand.PeerLifecycle(TO, LifecycleKind.DISMISS, params);
        assertThat(NEW.command(SESSION, dismiss, PEER).path("lifecycle_kind").textValue())
                .isEqualTo("mob.dismiss");
        assertThatThrownBy(() -> OLD.command(SESSION, dismiss, PEER))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("mob.dismiss");
        assertThatThrownBy(() -> NEW.command(
                        SESSION, new CommsCommand.PeerLifecycle(TO, LifecycleKind.PEER_ADDED, Json.EMPTY_OBJECT), PEER))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("peer");
    }

    @Test
    void anExternalEventHasAKeyWhereTheLineHasOne() {
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.parse("{\"n\":1.0}"))
                .withBlocks(List.of(new ContentBlock.Text("see log")));
        JsonNode expected = json("{'kind':'generic_json','event_type':'deploy','payload':{'n':1.0},"
                + "'blocks':[{'type':'text','text':'see log'}]}");
        assertThat(written(OLD.externalEvent(event))).isEqualTo(expected);
        ExternalEvent keyed = event.withIdempotencyKey("k1");
        assertThat(written(NEW.externalEvent(keyed)).path("idempotency_key").textValue())
                .isEqualTo("k1");
        for (Dialect line : List.of(OLD, EARLY)) {
            assertThatThrownBy(() -> line.externalEvent(keyed))
                    .isInstanceOf(NotSupportedException.class)
                    .hasMessageContaining("idempotency_key");
        }
    }

    @Test
    void aSourceBesideTheEventTypeIsRefused() {
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.NULL).withSource("ci");
        assertThatThrownBy(() -> NEW.externalEvent(event))
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("source \"ci\"");
    }

    @Test
    void aKeyWithOuterWhiteSpaceOfAnyKindIsRefused() {
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.NULL).withIdempotencyKey("k\u00a0");
        assertThatThrownBy(() -> NEW.externalEvent(event))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("idempotency_key");
    }

    @Test
    void aPeersAnswerIsWrittenAlikeOnBothLines() {
        PeerAnswer answer =
                new PeerAnswer(PEER, Optional.of("agent-b"), REQUEST, PeerAnswer.Status.CANCELLED, Json.NULL);
        for (Dialect line : List.of(OLD, NEW)) {
            assertThat(written(line.peerAnswer(answer)))
                    .isEqualTo(json("{'peer_id':'" + PEER
                            + "','display_name':'agent-b','request_id':'" + REQUEST
                            + "','status':'cancelled','result':null}"));
        }
    }

    @Test
    void aContextIsATextOnTheOldLineAndTypedOnTheNew() {
        ContextNote note = ContextNote.of("Remember teal.").withIdempotencyKey("c1");
        assertThat(written(OLD.context(note))).isEqualTo(json("{'text':'Remember teal.','idempotency_key':'c1'}"));
        assertThat(written(NEW.context(note)))
                .isEqualTo(json("{'content':{'type':'text','text':'Remember teal.'},'idempotency_key':'c1'}"));
    }

    private static InputBody.Prompt prompt(String text, ContentBlock... blocks) {
        return new InputBody.Prompt(text, List.of(blocks));
    }

    @Test
    void aPromptWithBlocksIsWrittenAsOneContentArray() {
        ContentBlock image = new ContentBlock.Image("image/png", "iVBOR");
        String content = "[{\"type\":\"text\",\"text\":\"look\"},"
                + "{\"type\":\"image\",\"media_type\":\"image/png\",\"source\":\"inline\",\"data\":\"iVBOR\"}]";

        assertThat(OLD.turn(SESSION, prompt("look", image)).path("prompt")).hasToString(content);
        assertThat(OLD.turn(SESSION, prompt("look", new ContentBlock.Text("look"), image))
                        .path("prompt"))
                .hasToString(content);
        assertThat(NEW.create(SessionSpec.ofPrompt(new InputBody.Prompt("look", List.of(image))))
                        .path("prompt"))
                .hasToString(content);
    }
}
