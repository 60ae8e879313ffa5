package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventBoundsTest {
    private static final int EVENT_BYTES = 128;

    private static boolean ownUtf8(byte[] bytes) {
        Utf8Check check = new Utf8Check();
        for (byte b : bytes) {
            if (!check.accepts(b)) {
                return false;
            }
        }
        // What lacks bytes at its end is not refused yet, so a byte that ends it is added.
        return check.accepts((byte) 'x');
    }

    private static boolean utf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void tellsUtf8AsTheDecoderOfTheJdkDoes() {
        Random random = new Random(17);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            random.nextBytes(bytes);
            // Most bytes begin or continue long characters, which random ones seldom do.
            for (int k = 1; k < bytes.length; k++) {
                bytes[k] = random.nextInt(4) == 0 ? bytes[k] : (byte) (0x80 | (bytes[k] & 0x3f));
            }
            assertThat(ownUtf8(bytes)).as(() -> HexFormat.of().formatHex(bytes)).isEqualTo(utf8(bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void eventsWithinTheBoundPassHoweverManyTheyAre(String lineEnd) throws Exception {
        String event = "event: x" + lineEnd + "data: {oops" + lineEnd + lineEnd;
        String loaded = "event: session_loaded" + lineEnd + "data: {}" + lineEnd + lineEnd;
        Sink sink = fed(loaded + event.repeat(1_000) + "event: done" + lineEnd + "data: {}" + lineEnd + lineEnd);
        assertThat(sink.awaitEnd()).as("lost").isFalse();
        assertThat(sink.dropped()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void anEventOverTheBoundEndsTheStream(String lineEnd) throws Exception {
        String loaded = "event: session_loaded" + lineEnd + "data: {}" + lineEnd + lineEnd;
        String lines = ("data: 1234567890" + lineEnd).repeat(12);
        Sink sink = fed(loaded + lines + lineEnd + "event: done" + lineEnd + "data: {}" + lineEnd + lineEnd);
        assertThat(sink.awaitEnd()).as("lost").isTrue();
    }

    private static Sink fed(String body) throws Exception {
        Sink sink = new Sink();
        try (RestServer server = RestServer.start()) {
            server.answers(RestServer.events(body));
            try (RestCalls calls = server.connect(s -> s.withLimits(s.limits().withMessageBytes(EVENT_BYTES)))) {
                calls.feed(SessionId.of("01900000-0000-7000-8000-000000000001"), sink);
                boolean unused = sink.awaitEnd();
            }
        }
        return sink;
    }
}
