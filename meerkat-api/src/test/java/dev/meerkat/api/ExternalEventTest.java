package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExternalEventTest {
    private static final ExternalEvent EVENT = ExternalEvent.genericJson("push", Json.EMPTY_OBJECT);
    private static final List<ContentBlock> BLOCKS = List.of(new ContentBlock.Text("secret"));

    @Test
    void itsSourceIsItsTypeUnlessSaidOtherwise() {
        assertThat(EVENT.source()).isEqualTo("push");
        assertThat(EVENT.withSource("github").source()).isEqualTo("github");
        assertThat(EVENT.withSource("github").eventType()).isEqualTo("push");
        assertThat(EVENT.idempotencyKey()).isEmpty();
        assertThat(EVENT.blocks()).isEmpty();
    }

    @Test
    void theSameContentIsTypePayloadBlocksAndSourceWhateverTheKey() {
        assertThat(EVENT.sameContent(EVENT.withIdempotencyKey("1"))).isTrue();
        assertThat(EVENT.sameContent(ExternalEvent.genericJson("push", Json.EMPTY_OBJECT)))
                .isTrue();
        assertThat(EVENT.sameContent(EVENT.withSource("github"))).isFalse();
        assertThat(EVENT.sameContent(EVENT.withBlocks(BLOCKS))).isFalse();
        assertThat(EVENT.sameContent(ExternalEvent.genericJson("push", Json.NULL)))
                .isFalse();
        assertThat(EVENT.sameContent(
                        ExternalEvent.genericJson("pull", Json.EMPTY_OBJECT).withSource("push")))
                .isFalse();
    }

    @Test
    void equalityIncludesTheKey() {
        assertThat(EVENT)
                .isEqualTo(ExternalEvent.genericJson("push", Json.EMPTY_OBJECT))
                .isNotEqualTo("push");
        assertThat(EVENT.withIdempotencyKey("1"))
                .isEqualTo(EVENT.withIdempotencyKey("1"))
                .isNotEqualTo(EVENT.withIdempotencyKey("2"))
                .isNotEqualTo(EVENT);
    }

    @Test
    void aChangedCopyKeepsTheRest() {
        ExternalEvent all = EVENT.withIdempotencyKey("1").withSource("github").withBlocks(BLOCKS);

        assertThat(all.idempotencyKey()).contains("1");
        assertThat(all.source()).isEqualTo("github");
        assertThat(all.blocks()).isEqualTo(BLOCKS);
        assertThat(all.payload()).isEqualTo(Json.EMPTY_OBJECT);
    }

    @Test
    void itsSizeIsThatOfPayloadAndBlocks() {
        assertThat(EVENT.sizeBytes()).isEqualTo(2);
        assertThat(EVENT.withBlocks(List.of(new ContentBlock.Text("üü"))).sizeBytes())
                .isEqualTo(6);
    }

    @Test
    void itsTextHasNoContentThatMustNotBeLogged() {
        assertThat(EVENT.withBlocks(BLOCKS).withIdempotencyKey("1"))
                .asString()
                .contains("push", "1")
                .doesNotContain("secret", "{}");
    }

    @Test
    void aBadPartIsRefusedByItsName() {
        for (String name : new String[] {null, "", " ", " x", "x\u0007", "n".repeat(Limits.NAME_CHARS + 1)}) {
            Refused.field("event_type", () -> ExternalEvent.genericJson(name, Json.NULL));
            Refused.field("source", () -> EVENT.withSource(name));
        }
        for (String key : new String[] {null, "", " ", " x", "x\n", "ü".repeat(129), Refused.HALF_A_PAIR}) {
            Refused.field("idempotency_key", () -> EVENT.withIdempotencyKey(key));
        }
        Refused.field("payload", () -> ExternalEvent.genericJson("push", null));
        Refused.field("blocks", () -> EVENT.withBlocks(null));
        assertThat(EVENT.withIdempotencyKey("ü".repeat(128)).idempotencyKey()).isPresent();
    }
}
