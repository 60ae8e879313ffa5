package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommsCommandTest {
    private static final PeerRef B = PeerRef.named("b");
    private static final RequestId REQUEST = new RequestId(new UUID(1, 2));
    private static final List<ContentBlock> BLOCKS = List.of(new ContentBlock.Text("more"));

    @Test
    void everyKindHasItsWireForm() {
        assertThat(CommsCommand.Input.of("x").kind()).isEqualTo("input");
        assertThat(CommsCommand.PeerMessage.to(B, "x").kind()).isEqualTo("peer_message");
        assertThat(new CommsCommand.PeerLifecycle(B, LifecycleKind.DISMISS, Json.NULL).kind())
                .isEqualTo("peer_lifecycle");
        assertThat(CommsCommand.PeerRequest.to(B, "x", Json.NULL).kind()).isEqualTo("peer_request");
        assertThat(CommsCommand.PeerResponse.accepted(B, REQUEST).kind()).isEqualTo("peer_response");
        assertThat(CommsCommand.class.getPermittedSubclasses()).hasSize(5);
    }

    @Test
    void defaultsAreQueuedUndeclaredAndWithoutBlocks() {
        assertThat(CommsCommand.Input.of("x"))
                .isEqualTo(new CommsCommand.Input("x", List.of(), "rpc", HandlingMode.QUEUE, Optional.empty()));
        assertThat(CommsCommand.PeerMessage.to("b", "x"))
                .isEqualTo(new CommsCommand.PeerMessage(
                        B, "x", List.of(), ContentTaint.UNDECLARED, HandlingMode.QUEUE, Optional.empty()));
        assertThat(CommsCommand.PeerRequest.to("b", "x", Json.EMPTY_OBJECT))
                .isEqualTo(new CommsCommand.PeerRequest(
                        B,
                        "x",
                        Json.EMPTY_OBJECT,
                        List.of(),
                        ContentTaint.UNDECLARED,
                        HandlingMode.QUEUE,
                        Optional.empty()));
        assertThat(CommsCommand.PeerResponse.accepted(B, REQUEST).handlingMode())
                .isEmpty();
    }

    @Test
    void aChangedCopyDiffersInOnePartAndLeavesTheFirstAsItWas() {
        CommsCommand.Input input = CommsCommand.Input.of("x");

        assertThat(input.withBlocks(BLOCKS).withSource("stdin").withHandlingMode(HandlingMode.STEER))
                .isEqualTo(new CommsCommand.Input("x", BLOCKS, "stdin", HandlingMode.STEER, Optional.empty()));
        assertThat(input).isEqualTo(CommsCommand.Input.of("x"));
        assertThat(CommsCommand.PeerMessage.to(B, "x")
                        .withBlocks(BLOCKS)
                        .withContentTaint(ContentTaint.CLEAN)
                        .withHandlingMode(HandlingMode.STEER))
                .isEqualTo(new CommsCommand.PeerMessage(
                        B, "x", BLOCKS, ContentTaint.CLEAN, HandlingMode.STEER, Optional.empty()));
        assertThat(CommsCommand.PeerRequest.to(B, "x", Json.NULL)
                        .withBlocks(BLOCKS)
                        .withContentTaint(ContentTaint.TAINTED)
                        .withHandlingMode(HandlingMode.STEER))
                .isEqualTo(new CommsCommand.PeerRequest(
                        B, "x", Json.NULL, BLOCKS, ContentTaint.TAINTED, HandlingMode.STEER, Optional.empty()));
        assertThat(CommsCommand.PeerResponse.completed(B, REQUEST, Json.NULL)
                        .withBlocks(BLOCKS)
                        .withContentTaint(ContentTaint.TAINTED)
                        .withHandlingMode(HandlingMode.STEER))
                .isEqualTo(new CommsCommand.PeerResponse(
                        B,
                        REQUEST,
                        ResponseStatus.COMPLETED,
                        Json.NULL,
                        BLOCKS,
                        ContentTaint.TAINTED,
                        Optional.of(HandlingMode.STEER)));
    }

    @Test
    void theListOfBlocksIsCopiedAndCannotBeChanged() {
        List<ContentBlock> blocks = new ArrayList<>(BLOCKS);
        CommsCommand.Input input = CommsCommand.Input.of("x").withBlocks(blocks);

        blocks.clear();

        assertThat(input.blocks()).isEqualTo(BLOCKS);
        assertThatThrownBy(() -> input.blocks().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aMissingPartIsRefusedByItsName() {
        Refused.field("body", () -> CommsCommand.Input.of(null));
        Refused.field("blocks", () -> CommsCommand.Input.of("x").withBlocks(null));
        Refused.field("blocks[]", () -> CommsCommand.Input.of("x").withBlocks(Collections.singletonList(null)));
        Refused.field("source", () -> CommsCommand.Input.of("x").withSource(null));
        Refused.field("handling_mode", () -> CommsCommand.Input.of("x").withHandlingMode(null));
        Refused.field("to", () -> CommsCommand.PeerMessage.to((PeerRef) null, "x"));
        Refused.field("to", () -> CommsCommand.PeerMessage.to((String) null, "x"));
        Refused.field("body", () -> CommsCommand.PeerMessage.to(B, null));
        Refused.field("content_taint", () -> CommsCommand.PeerMessage.to(B, "x").withContentTaint(null));
        Refused.field("lifecycle_kind", () -> new CommsCommand.PeerLifecycle(B, null, Json.NULL));
        Refused.field("params", () -> new CommsCommand.PeerLifecycle(B, LifecycleKind.DISMISS, null));
        Refused.field("intent", () -> CommsCommand.PeerRequest.to(B, null, Json.NULL));
        Refused.field("params", () -> CommsCommand.PeerRequest.to(B, "x", null));
        Refused.field("in_reply_to", () -> CommsCommand.PeerResponse.accepted(B, null));
        Refused.field("result", () -> CommsCommand.PeerResponse.completed(B, REQUEST, null));
    }

    @Test
    void aBodyMustSayAnythingAndHaveAUtf8Form() {
        for (String body :
                List.of("", " ", "\t\r\n", "\u2003", Refused.HALF_A_PAIR, "x".repeat(Limits.MESSAGE_BYTES + 1))) {
            Refused.field("body", () -> CommsCommand.Input.of(body));
            Refused.field("body", () -> CommsCommand.PeerMessage.to(B, body));
        }
    }

    @Test
    void theLimitIsCountedInBytesOfUtf8() {
        String emoji = Character.toString(0x1F43F);
        int fit = Limits.MESSAGE_BYTES / 4;

        assertThat(CommsCommand.Input.of(emoji.repeat(fit)).body().length()).isEqualTo(2 * fit);
        Refused.field("body", () -> CommsCommand.Input.of(emoji.repeat(fit) + "x"));
    }

    @Test
    void thePartsOfAMessageCountTogether() {
        String half = "x".repeat(Limits.MESSAGE_BYTES / 2);
        List<ContentBlock> halfBlock = List.of(new ContentBlock.Text(half));

        assertThat(CommsCommand.Input.of(half).withBlocks(halfBlock).blocks()).hasSize(1);
        Refused.field("message", () -> CommsCommand.Input.of(half + "x").withBlocks(halfBlock));
        Refused.field(
                "message", () -> CommsCommand.PeerMessage.to(B, half + "x").withBlocks(halfBlock));
    }

    @Test
    void onlyATerminalResponseHasAHandlingMode() {
        CommsCommand.PeerResponse accepted = CommsCommand.PeerResponse.accepted(B, REQUEST);

        Refused.field("handling_mode", () -> accepted.withHandlingMode(HandlingMode.QUEUE));
        Refused.field("handling_mode", () -> accepted.withHandlingMode(HandlingMode.STEER));
        assertThat(CommsCommand.PeerResponse.failed(B, REQUEST, Json.NULL)
                        .withHandlingMode(HandlingMode.STEER)
                        .handlingMode())
                .contains(HandlingMode.STEER);
    }

    @Test
    void aReferenceSaysWhatItWasMadeOf() {
        PeerId id = new PeerId(new UUID(1, 2));

        assertThat(PeerRef.named("b")).hasToString("b");
        assertThat(PeerRef.id(id)).hasToString(id.toString());
        Refused.field("to", () -> PeerRef.id(null));
        for (String name :
                List.of("", " ", " b", "b ", "b\n", "n".repeat(Limits.NAME_CHARS + 1), Refused.HALF_A_PAIR)) {
            Refused.field("to", () -> PeerRef.named(name));
        }
    }
}
