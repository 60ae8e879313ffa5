package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import org.junit.jupiter.api.Test;

class PrettyJsonTest {
    @Test
    void indentsByTwoSpaces() {
        assertThat(PrettyJson.of(Json.parse("{\"a\":[1,{}],\"b\":\"x:{,\\\"}\",\"c\":[],\"d\":1.50}")))
                .isEqualTo("""
                        {
                          "a": [
                            1,
                            {}
                          ],
                          "b": "x:{,\\"}",
                          "c": [],
                          "d": 1.50
                        }""");
        assertThat(PrettyJson.of(Json.NULL)).isEqualTo("null");
        assertThat(PrettyJson.of(Json.of("text"))).isEqualTo("\"text\"");
    }

    @Test
    void leavesInOneLineWhatWouldGrowTooMuch() {
        String deep = "[".repeat(90) + "1,".repeat(5_000) + "1" + "]".repeat(90);

        assertThat(PrettyJson.of(Json.parse(deep))).isEqualTo(deep);
    }
}
