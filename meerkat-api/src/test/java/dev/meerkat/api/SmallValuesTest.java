package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SmallValuesTest {
    @Test
    void cursorsCompareByPositionAndAreNotNegative() {
        assertThat(Cursor.START).isLessThan(new Cursor(1)).hasToString("0");
        assertThat(new Cursor(10)).isGreaterThan(new Cursor(9));
        Refused.field("cursor", () -> new Cursor(-1));
    }

    @Test
    void aPageTellsWhetherThereIsMore() {
        TranscriptEntry entry = new TranscriptEntry.SystemPrompt(Instant.EPOCH, "x");

        assertThat(new HistoryPage(List.of(entry), 0, 1).hasMore()).isFalse();
        assertThat(new HistoryPage(List.of(entry), 0, 2).hasMore()).isTrue();
        assertThat(new HistoryPage(List.of(entry), 1, 2).hasMore()).isFalse();
        assertThat(new HistoryPage(List.of(), 7, 2).hasMore()).isFalse();
    }

    @Test
    void aQueryIsBoundedAndAddsUpItsLabels() {
        SessionQuery query =
                SessionQuery.all().withLabel("a", "1").withLabel("b", "2").page(5, 10);

        assertThat(query.labels()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(query.offset()).isEqualTo(5);
        assertThat(query.limit()).isEqualTo(10);
        Refused.field("offset", () -> query.page(-1, 1));
        Refused.field("limit", () -> query.page(0, 0));
        Refused.field("limit", () -> query.page(0, Limits.PAGE_ROWS + 1));
        Refused.field("labels.key", () -> query.withLabel(null, "x"));
        Refused.field("labels.a", () -> query.withLabel("a", null));
    }

    @Test
    void capabilitiesAreCopied() {
        Set<Capability> supported = EnumSet.of(Capability.STEER);
        Capabilities capabilities = new Capabilities("x", "1", supported);

        supported.clear();

        assertThat(capabilities.has(Capability.STEER)).isTrue();
        assertThat(capabilities.has(Capability.DURABLE)).isFalse();
    }

    @Test
    void onlyAcceptedIsNotTerminal() {
        assertThat(ResponseStatus.ACCEPTED.terminal()).isFalse();
        assertThat(ResponseStatus.COMPLETED.terminal()).isTrue();
        assertThat(ResponseStatus.FAILED.terminal()).isTrue();
    }

    @Test
    void externalEventsHaveALaneOfTheirOwn() {
        PeerSender sender = new PeerSender(new PeerId(new UUID(1, 2)), "b");
        PeerRef to = PeerRef.named("a");
        RequestId request = new RequestId(new UUID(3, 4));

        assertThat(new InputBody.External(ExternalEvent.genericJson("push", Json.NULL)).lane())
                .isEqualTo(Lane.EXTERNAL);
        assertThat(List.of(
                        new InputBody.Prompt("x", List.of()),
                        new InputBody.Local(CommsCommand.Input.of("x")),
                        new InputBody.PeerMessage(sender, CommsCommand.PeerMessage.to(to, "x")),
                        new InputBody.PeerLifecycle(
                                sender, new CommsCommand.PeerLifecycle(to, LifecycleKind.DISMISS, Json.NULL)),
                        new InputBody.PeerRequest(sender, request, CommsCommand.PeerRequest.to(to, "x", Json.NULL)),
                        new InputBody.PeerResponse(sender, CommsCommand.PeerResponse.accepted(to, request))))
                .allSatisfy(body -> {
                    assertThat(body.lane()).isEqualTo(Lane.COMMS);
                    assertThat(body.handlingMode()).isEqualTo(HandlingMode.QUEUE);
                });
    }

    @Test
    void anInputHasTheModeOfItsCommand() {
        CommsCommand.Input steered = CommsCommand.Input.of("x").withHandlingMode(HandlingMode.STEER);

        assertThat(new InputBody.Local(steered).handlingMode()).isEqualTo(HandlingMode.STEER);
    }

    @Test
    void blocksCountTheirContent() {
        assertThat(new ContentBlock.Text("üx").sizeBytes()).isEqualTo(3);
        assertThat(new ContentBlock.Image("image/png", "iVBOR").sizeBytes()).isEqualTo(5);
        assertThat(new ContentBlock.Unrecognized("video", Json.EMPTY_OBJECT).sizeBytes())
                .isEqualTo(2);
        Refused.field("blocks[].text", () -> new ContentBlock.Text(" "));
        Refused.field("blocks[].media_type", () -> new ContentBlock.Image(null, "x"));
        Refused.field("blocks[].data", () -> new ContentBlock.Image("image/png", ""));
        Refused.field("blocks[].type", () -> new ContentBlock.Unrecognized(null, Json.NULL));
    }

    @Test
    void aLifecycleKindMayBeOneThatThisVersionDoesNotKnow() {
        assertThat(new LifecycleKind("mob.something_new")).hasToString("mob.something_new");
        assertThat(new LifecycleKind("mob.dismiss")).isEqualTo(LifecycleKind.DISMISS);
        Refused.field("lifecycle_kind", () -> new LifecycleKind(" "));
    }

    @Test
    void theTwoJsonConstantsNeedNoCodec() {
        assertThat(Json.NULL).hasToString("null").isNotEqualTo(Json.EMPTY_OBJECT);
        assertThat(Json.EMPTY_OBJECT.sizeBytes()).isEqualTo(2);
        assertThat(Json.of(Json.NULL)).isSameAs(Json.NULL);
    }

    @Test
    void liveEventsAreMarked() {
        TurnId turn = new TurnId(new UUID(1, 2));

        assertThat(List.of(
                        new SessionEvent.TextDelta(Cursor.START, turn, "x"),
                        new SessionEvent.ToolCallStarted(Cursor.START, turn, "x", Json.NULL),
                        new SessionEvent.Gap(Cursor.START, OptionalLong.of(1))))
                .allSatisfy(event -> assertThat(event).isInstanceOf(SessionEvent.Live.class));
        assertThat(SessionEvent.Live.class.getPermittedSubclasses()).hasSize(3);
    }
}
