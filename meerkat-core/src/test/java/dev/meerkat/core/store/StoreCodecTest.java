package dev.meerkat.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Parked;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Retention;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Spent;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreCodecTest {
    private static final Cursor AT = new Cursor(42);

    @ParameterizedTest
    @FieldSource("dev.meerkat.core.store.Samples#INPUTS")
    void everyInputComesBack(InputBody input) {
        assertThat(StoreCodec.decodeInput(StoreCodec.encode(input))).isEqualTo(input);
    }

    @ParameterizedTest
    @FieldSource("dev.meerkat.core.store.Samples#TRANSCRIPT")
    void everyTranscriptEntryComesBack(TranscriptEntry entry) {
        assertThat(StoreCodec.decodeTranscript(StoreCodec.encode(entry))).isEqualTo(entry);
    }

    static List<SessionEvent> events() {
        return Samples.events(AT);
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventComesBackAtItsCursor(SessionEvent event) {
        assertThat(StoreCodec.decodeEvent(StoreCodec.encode(event), AT)).isEqualTo(event);
    }

    @ParameterizedTest
    @FieldSource("dev.meerkat.core.store.Samples#COMMANDS")
    void everyCommandComesBackInAnEnvelope(CommsCommand<?> command) {
        for (boolean toHandle : List.of(true, false)) {
            Envelope envelope = new Envelope(
                    Samples.ENVELOPE,
                    new Envelope.Party(Samples.SESSION, Samples.PEER),
                    new Envelope.Party(Samples.SESSION, Samples.PEER),
                    command,
                    toHandle,
                    Samples.AT,
                    Optional.empty(),
                    true);

            assertThat(StoreCodec.decodeEnvelope(StoreCodec.encode(envelope))).isEqualTo(envelope);
        }
    }

    @Test
    void everyReplyComesBack() {
        assertThat(Samples.REPLIES)
                .allSatisfy(reply -> assertThat(StoreCodec.decodeReply(StoreCodec.encode(reply)))
                        .isEqualTo(reply));
    }

    private static final Spent SPENT = new Spent(new Usage(1, 2), 3, 4, Duration.ofMillis(5));

    @Test
    void everyProgressComesBack() {
        Marks marks = new Marks(1, 2, 3, 4, Long.MAX_VALUE);
        List<SessionProgress> all = List.of(
                SessionProgress.START,
                new SessionProgress(marks, null, marks),
                new SessionProgress(marks, new TurnRecord(Samples.TURN, 2, 3, 4, marks, Samples.AT), null),
                new SessionProgress(
                        marks,
                        new TurnRecord(Samples.TURN, 1, 0, 0, Marks.ZERO, null, new Usage(5, 6), SPENT),
                        marks,
                        SPENT.plus(SPENT),
                        new Parked(Samples.AT, "budget_exceeded", Samples.TEXT)));

        assertThat(all)
                .allSatisfy(progress -> assertThat(StoreCodec.decodeProgress(StoreCodec.encode(progress)))
                        .isEqualTo(progress));
    }

    @Test
    void everySpecComesBack() {
        SessionSpec full = SessionSpec.ofPrompt(new InputBody.Prompt(
                        Samples.TEXT,
                        List.of(new ContentBlock.Text("more"), new ContentBlock.Image("image/png", "iVBOR")),
                        List.of("be kind", "")))
                .withRealm("r")
                .withKeepAliveAs("agent-a")
                .withDeferredStart()
                .withModel("m")
                .withSystemPrompt("be short")
                .withLabels(Map.of("type", "x", "payload", "{"))
                .withPeerMeta(new PeerMeta("helps", Map.of("raw", "")))
                .withRetention(Retention.ofAge(Duration.ofDays(30)))
                .withTurnLength(Duration.ofMinutes(5));

        for (SessionSpec spec :
                List.of(full, full.withKeepAlive(false), SessionSpec.ofPrompt("hi"), SessionSpec.withoutPrompt())) {
            SessionSpec back = StoreCodec.decodeSpec(StoreCodec.encode(spec));
            assertThat(parts(back)).isEqualTo(parts(spec)).hasSize(declaredParts());
        }
    }

    private static List<Object> parts(SessionSpec spec) {
        return List.of(
                spec.prompt(),
                spec.realm(),
                spec.commsName(),
                spec.keepAlive(),
                spec.deferredStart(),
                spec.peerMeta(),
                spec.labels(),
                spec.model(),
                spec.systemPrompt(),
                spec.retention(),
                spec.turnLength());
    }

    /** So that a new part of a spec is not forgotten above. */
    private static int declaredParts() {
        return (int) Stream.of(SessionSpec.class.getDeclaredClasses())
                .filter(nested -> nested.getSimpleName().equals("Parts"))
                .flatMap(parts -> Stream.of(parts.getDeclaredFields()))
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .count();
    }

    @Test
    void noVariantIsWithoutASample() {
        assertAllKinds(InputBody.class, Samples.INPUTS);
        assertAllKinds(TranscriptEntry.class, Samples.TRANSCRIPT);
        assertAllKinds(CommsCommand.class, Samples.COMMANDS);
        assertAllKinds(ContentBlock.class, Samples.BLOCKS);
        assertAllKinds(PeerRef.class, Samples.REFS);
        assertAllKinds(SessionEvent.class, events());
    }

    private static void assertAllKinds(Class<?> sealed, List<?> samples) {
        Set<Class<?>> kinds = new HashSet<>();
        samples.forEach(sample -> kinds.add(sample.getClass()));
        assertThat(kinds)
                .containsExactlyInAnyOrderElementsOf(leaves(sealed).distinct().toList());
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        if (SessionEvent.Live.class.isAssignableFrom(type)) {
            return Stream.of();
        }
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(StoreCodecTest::leaves)
                : Stream.of(type);
    }

    @Test
    void liveEventsHaveNoStoredForm() {
        assertThatThrownBy(() -> StoreCodec.encode(new SessionEvent.Gap(AT, OptionalLong.of(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void foreignJsonIsStoredAsItIs() {
        byte[] stored = StoreCodec.encode(new InputBody.External(ExternalEvent.genericJson("deploy", Samples.FOREIGN)));

        assertThat(new String(stored, UTF_8)).contains("\"payload\":" + Samples.FOREIGN.text());
    }

    @Test
    void theLargestAndDeepestPayloadComesBack() {
        String deepest = "[".repeat(Limits.JSON_DEPTH) + "]".repeat(Limits.JSON_DEPTH);
        String largest = "\"" + "\ud83d\ude00".repeat((Limits.MESSAGE_BYTES - 2) / 4) + "\"";

        for (String payload : List.of(deepest, largest, "7".repeat(Limits.MESSAGE_BYTES), "null", "1.10")) {
            InputBody input = new InputBody.External(ExternalEvent.genericJson("x", Json.parse(payload)));
            assertThat(StoreCodec.decodeInput(StoreCodec.encode(input))).isEqualTo(input);
        }
    }

    @Test
    void textWithHalfACharacterComesBack() {
        SessionEvent event = new SessionEvent.TurnCompleted(AT, Samples.AT, Samples.TURN, "cut \ud83d");

        assertThat(StoreCodec.decodeEvent(StoreCodec.encode(event), AT)).isEqualTo(event);
    }

    @Test
    void unknownFieldsAreIgnored() {
        byte[] stored = "{\"type\":\"prompt\",\"new\":{\"a\":[1.5,{}]},\"text\":\"hi\"}".getBytes(UTF_8);

        assertThat(StoreCodec.decodeInput(stored)).isEqualTo(new InputBody.Prompt("hi", List.of()));
    }

    @Test
    void unknownEventsAndBlocksAreKeptAsTheyAre() {
        String event = "{\"type\":\"moved\",\"to\":{\"n\":1.10}}";
        String block = "{\"type\":\"audio\",\"seconds\":1.50}";
        String input = "{\"type\":\"prompt\",\"text\":\"hi\",\"blocks\":[" + block + "]}";

        assertThat(StoreCodec.decodeEvent(event.getBytes(UTF_8), AT))
                .isEqualTo(new SessionEvent.Unrecognized(AT, "moved", Json.parse(event)));
        assertThat(StoreCodec.decodeInput(input.getBytes(UTF_8)))
                .isEqualTo(
                        new InputBody.Prompt("hi", List.of(new ContentBlock.Unrecognized("audio", Json.parse(block)))));
    }

    @Test
    void anUnknownInputOrTranscriptEntryIsRefusedByItsType() {
        assertThatThrownBy(() -> StoreCodec.decodeInput("{\"type\":\"dream\"}".getBytes(UTF_8)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("input")
                .hasMessageContaining("dream");
        assertThatThrownBy(() -> StoreCodec.decodeTranscript(
                        "{\"type\":\"dream\",\"at\":\"2026-01-01T00:00:00Z\"}".getBytes(UTF_8)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("transcript entry")
                .hasMessageContaining("dream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"type\":1}",
                "{\"type\":\"prompt\"}",
                "{\"type\":\"prompt\",\"text\":7}",
                "{\"type\":\"prompt\",\"text\":\"\"}",
                "{\"type\":\"prompt\",\"text\":\"a\",\"text\":\"b\"}",
                "{\"type\":\"prompt\",\"text\":\"a\"}{}",
                "{\"type\":\"prompt\",\"text\":\"a\",\"blocks\":{}}",
                "{\"type\":\"prompt\",\"text\":\"a\",\"blocks\":[1]}",
                "{\"type\":\"input\",\"command\":{\"kind\":\"input\",\"body\":\"a\",\"source\":\"rpc\","
                        + "\"handling_mode\":\"soon\"}}"
            })
    void damagedRowsAreRefused(String stored) {
        assertThatThrownBy(() -> StoreCodec.decodeInput(stored.getBytes(UTF_8))).isInstanceOf(StoreException.class);
    }

    @Test
    void damagedBytesAreNotReadAsOtherText() {
        byte[] stored = StoreCodec.encode(new InputBody.Prompt("hello", List.of()));
        stored[new String(stored, UTF_8).indexOf("hello")] = (byte) 0xff;

        assertThatThrownBy(() -> StoreCodec.decodeInput(stored)).isInstanceOf(StoreException.class);
    }
}
