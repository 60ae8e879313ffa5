package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdsTest {
    private static final String TEXT = "01890a5d-ac96-774b-bcce-b302099a8057";

    /** One kind of id. */
    private record Kind(String field, Function<String, Record> of, Function<UUID, Record> make) {
        @Override
        public String toString() {
            return field;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("session_id", SessionId::of, SessionId::new),
                new Kind("turn_id", TurnId::of, TurnId::new),
                new Kind("input_id", InputId::of, InputId::new),
                new Kind("envelope_id", EnvelopeId::of, EnvelopeId::new),
                new Kind("request_id", RequestId::of, RequestId::new),
                new Kind("peer_id", PeerId::of, PeerId::new));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itsTextIsTheWireFormAndReadsBack(Kind kind) {
        Record id = kind.make().apply(UUID.fromString(TEXT));

        assertThat(id).hasToString(TEXT).isEqualTo(kind.of().apply(TEXT));
        assertThat(kind.of().apply(TEXT.toUpperCase(Locale.ROOT))).isEqualTo(id);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsNoHyphenatedUuidIsRefused(Kind kind) {
        for (String text : new String[] {
            "", " ", "1-1-1-1-1", TEXT.replace("-", ""), TEXT + " ", TEXT.replace('b', 'g'), "x".repeat(100_000)
        }) {
            Refused.field(kind.field(), () -> kind.of().apply(text));
        }
        Refused.field(kind.field(), () -> kind.of().apply(null));
        Refused.field(kind.field(), () -> kind.make().apply(null));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @SuppressWarnings("unchecked")
    void idsCompareByTheirValues(Kind kind) {
        Record low = kind.make().apply(new UUID(1, 1));
        Record high = kind.make().apply(new UUID(2, 0));

        assertThat(((Comparable<Record>) low).compareTo(high)).isNegative();
    }
}
