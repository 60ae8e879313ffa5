package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void whatIsValidIsRead() {
        TraceContext read = TraceContext.parse(VALID).orElseThrow();
        assertThat(read).isEqualTo(new TraceContext(VALID));
        assertThat(read.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void aLaterVersionMayHaveMore() {
        String later = "01" + VALID.substring(2);
        assertThat(TraceContext.parse(later + "-what-comes-later")).contains(new TraceContext(later));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "nonsense"
            })
    void whatIsNotValidIsNone(String text) {
        assertThat(TraceContext.parse(text)).isEmpty();
    }

    @Test
    void whoMakesAValueIsToldWhatIsWrong() {
        assertThatThrownBy(() -> new TraceContext("nonsense"))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("traceparent")
                .hasMessageContaining("nonsense");
    }

    @Test
    void whatWasCurrentBeforeIsCurrentAgain() {
        TraceContext outer = new TraceContext(VALID);
        TraceContext.Scope first = TraceContext.enter(outer);
        TraceContext.Scope second = TraceContext.enter(null);
        assertThat(TraceContext.current()).isEmpty();
        second.close();
        assertThat(TraceContext.current()).contains(outer);
        first.close();
        assertThat(TraceContext.current()).isEmpty();
    }

    @Test
    void aStateIsCarriedIfItIsOne() {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        String longest = "a=" + "x".repeat(510);

        assertThat(TraceContext.parse(parent, " vendor=a b,other=1 "))
                .contains(new TraceContext(parent, Optional.of("vendor=a b,other=1")));
        assertThat(TraceContext.parse(parent, longest)).contains(new TraceContext(parent, Optional.of(longest)));
        for (String none : new String[] {null, "", "no state", "a=\u00e9", "a=1\nb=2", longest + "x"}) {
            assertThat(TraceContext.parse(parent, none)).contains(new TraceContext(parent));
        }
        assertThat(TraceContext.parse("bad", "a=1")).isEmpty();
        assertThatThrownBy(() -> new TraceContext(parent, Optional.of("no state")))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("tracestate");
    }
}
