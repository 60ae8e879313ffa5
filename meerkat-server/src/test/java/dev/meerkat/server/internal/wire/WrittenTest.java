package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WrittenTest {
    private static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-000000000001");

    private final Written written = new Written(250_000);

    private static Written.Key key(long sequence) {
        return new Written.Key(SESSION, new Cursor(sequence), false);
    }

    private static List<WireEvent> events(int chars) {
        ObjectNode envelope = WireJson.object();
        envelope.putObject("payload").put("text", "x".repeat(chars));
        return List.of(new WireEvent(1, true, "run_started", envelope, Optional.empty()));
    }

    @Test
    void allReadersOfALargeEventTellTheSameObjectWhichIsEncodedOnce() {
        List<WireEvent> first = written.keep(key(1), events(100_000));
        List<WireEvent> second = written.keep(key(1), events(100_000));

        assertThat(second.get(0)).isSameAs(first.get(0));
        assertThat(written.find(key(1))).isNotNull().element(0).isSameAs(first.get(0));
        assertThat(second.get(0).json()).isSameAs(first.get(0).json());
    }

    @Test
    void whatWasToldLiveIsAnother() {
        List<WireEvent> whole = written.keep(key(1), events(100_000));

        assertThat(written.find(new Written.Key(SESSION, new Cursor(1), true))).isNull();
        assertThat(written.find(key(2))).isNull();
        assertThat(written.find(key(1))).isEqualTo(whole);
    }

    @Test
    void smallEventsAreNotKept() {
        written.keep(key(1), events(100));

        assertThat(written.find(key(1))).isNull();
    }

    @Test
    void theOldestMakeRoomAndTheNewestStays() {
        for (int i = 1; i <= 3; i++) {
            written.keep(key(i), events(100_000));
        }

        assertThat(written.find(key(1))).isNull();
        assertThat(written.find(key(2))).isNotNull();
        written.keep(key(4), events(1_000_000));
        assertThat(written.find(key(3))).isNull();
        assertThat(written.find(key(4))).isNotNull();
    }
}
