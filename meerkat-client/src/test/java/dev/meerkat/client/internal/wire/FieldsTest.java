package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FieldsTest {
    @Test
    void aNumberWithAnEndlessExponentIsNoCount() throws IOException {
        byte[] text = ("{\"seq\":1e999999999,\"half\":0.5,\"big\":99999999999999999999,\"minus\":-1,\"fine\":7}")
                .getBytes(StandardCharsets.UTF_8);
        JsonNode tree = WireJson.read(text, 0, text.length);
        assertThat(Fields.optionalCount(tree, "seq")).isEmpty();
        assertThat(Fields.optionalCount(tree, "half")).isEmpty();
        assertThat(Fields.optionalCount(tree, "big")).isEmpty();
        assertThat(Fields.optionalCount(tree, "minus")).isEmpty();
        assertThat(Fields.optionalCount(tree, "fine")).contains(7L);
    }
}
