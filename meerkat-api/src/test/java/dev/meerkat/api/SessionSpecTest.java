package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionSpecTest {
    private static final SessionSpec SPEC = SessionSpec.ofPrompt("You are a coordinator.");

    @Test
    void byDefaultASessionIsNamelessAwakeOnlyForItsTurnsAndStartsAtOnce() {
        assertThat(SPEC.prompt().orElseThrow().text()).isEqualTo("You are a coordinator.");
        assertThat(SPEC.realm()).isEqualTo(SessionSpec.DEFAULT_REALM);
        assertThat(SPEC.commsName()).isEmpty();
        assertThat(SPEC.keepAlive()).isFalse();
        assertThat(SPEC.deferredStart()).isFalse();
        assertThat(SPEC.labels()).isEmpty();
        assertThat(SPEC.model()).isEmpty();
        assertThat(SPEC.systemPrompt()).isEmpty();
        assertThat(SPEC.peerMeta()).isEqualTo(PeerMeta.NONE);
    }

    @Test
    void eachMethodChangesOnePartOfACopy() {
        SessionSpec all = SPEC.withKeepAliveAs("agent-a")
                .withRealm("north")
                .withDeferredStart()
                .withLabels(Map.of("team", "core"))
                .withModel("some-model")
                .withSystemPrompt("Be brief.")
                .withPeerMeta(new PeerMeta("helps", Map.of()));

        assertThat(all.prompt().orElseThrow().text()).isEqualTo("You are a coordinator.");
        assertThat(all.commsName()).contains("agent-a");
        assertThat(all.keepAlive()).isTrue();
        assertThat(all.realm()).isEqualTo("north");
        assertThat(all.deferredStart()).isTrue();
        assertThat(all.labels()).isEqualTo(Map.of("team", "core"));
        assertThat(all.model()).contains("some-model");
        assertThat(all.systemPrompt()).contains("Be brief.");
        assertThat(all.peerMeta().description()).isEqualTo("helps");
        assertThat(SPEC.commsName()).isEmpty();
        assertThat(SPEC.keepAlive()).isFalse();
    }

    @Test
    void aSessionStartsATurnIfItHasAPromptThatIsNotDeferred() {
        assertThat(SPEC.startsTurn()).isTrue();
        assertThat(SPEC.withDeferredStart().startsTurn()).isFalse();
        assertThat(SessionSpec.withoutPrompt().startsTurn()).isFalse();
        assertThat(SessionSpec.withoutPrompt().prompt()).isEmpty();
        Refused.field("prompt", () -> SessionSpec.withoutPrompt().withDeferredStart());
    }

    @Test
    void aKeepAliveSessionNeedsAName() {
        Refused.field("comms_name", () -> SPEC.withKeepAlive(true));
        assertThat(SPEC.withCommsName("a").withKeepAlive(true).keepAlive()).isTrue();
        assertThat(SPEC.withKeepAliveAs("a").withKeepAlive(false).commsName()).contains("a");
    }

    @Test
    void labelsAreCopied() {
        Map<String, String> labels = new HashMap<>(Map.of("team", "core"));
        SessionSpec spec = SPEC.withLabels(labels);

        labels.clear();

        assertThat(spec.labels()).isEqualTo(Map.of("team", "core"));
        assertThatThrownBy(() -> spec.labels().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void labelsCountTogetherInBytesOfUtf8() {
        Map<String, String> most = Map.of("a", "ü".repeat(1_023), "b", "x".repeat(2_048));

        assertThat(SPEC.withLabels(most).labels()).hasSize(2);
        Refused.field("labels", () -> SPEC.withLabels(Map.of("a", "ü".repeat(1_023), "bb", "x".repeat(2_048))));
    }

    @Test
    void aNameThatLooksLikeAnotherOneIsRefused() {
        for (String name : new String[] {
            "a\u200b",
            "\u202ea",
            "a\ufeffb",
            "a\u00adb",
            "a\u009bb",
            "a\u007f",
            "a\u2028b",
            "a\ue000",
            "\uff41",
            "a\u00a0b",
            "e\u0301"
        }) {
            Refused.field("comms_name", () -> SPEC.withKeepAliveAs(name));
            Refused.field("comms_name", () -> SPEC.withCommsName(name));
            Refused.field("realm", () -> SPEC.withRealm(name));
        }
        assertThat(SPEC.withCommsName("Zoë 世界 \ud83d\udc3f").commsName()).contains("Zoë 世界 \ud83d\udc3f");
    }

    @Test
    void aBadPartIsRefusedByItsName() {
        for (String text : new String[] {null, "", " ", Refused.HALF_A_PAIR, "x".repeat(Limits.MESSAGE_BYTES + 1)}) {
            Refused.field("prompt", () -> SessionSpec.ofPrompt(text));
            Refused.field("system_prompt", () -> SPEC.withSystemPrompt(text));
        }
        for (String name : new String[] {null, "", " ", "a ", "a\tb", "n".repeat(Limits.NAME_CHARS + 1)}) {
            Refused.field("comms_name", () -> SPEC.withKeepAliveAs(name));
            Refused.field("comms_name", () -> SPEC.withCommsName(name));
            Refused.field("realm", () -> SPEC.withRealm(name));
            Refused.field("model", () -> SPEC.withModel(name));
        }
        Refused.field("labels", () -> SPEC.withLabels(null));
        Refused.field("labels.key", () -> SPEC.withLabels(Map.of("", "x")));
        Refused.field("labels.a", () -> SPEC.withLabels(Collections.singletonMap("a", null)));
        Refused.field("labels.a", () -> SPEC.withLabels(Map.of("a", Refused.HALF_A_PAIR)));
        Refused.field("peer_meta", () -> SPEC.withPeerMeta(null));
        Refused.field("peer_meta.description", () -> new PeerMeta(null, Map.of()));
        Refused.field("peer_meta.labels", () -> new PeerMeta("", null));
    }
}
