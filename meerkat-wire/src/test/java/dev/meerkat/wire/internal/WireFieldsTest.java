package dev.meerkat.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WireFieldsTest {
    @Test
    void aNumberWithAnEndlessExponentIsNoCount() throws IOException {
        byte[] text = ("{\"seq\":1e999999999,\"half\":0.5,\"big\":99999999999999999999,\"minus\":-1,\"fine\":7}")
                .getBytes(StandardCharsets.UTF_8);
        JsonNode tree = WireJson.read(text, 0, text.length);
        assertThat(WireFields.optionalCount(tree, "seq")).isEmpty();
        assertThat(WireFields.optionalCount(tree, "half")).isEmpty();
        assertThat(WireFields.optionalCount(tree, "big")).isEmpty();
        assertThat(WireFields.optionalCount(tree, "minus")).isEmpty();
        assertThat(WireFields.optionalCount(tree, "fine")).contains(7L);
    }
}
