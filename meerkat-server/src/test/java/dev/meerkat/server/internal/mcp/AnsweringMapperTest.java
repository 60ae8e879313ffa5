package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnsweringMapperTest {
    private record TooLarge() {}

    private static final class NoMemory extends JsonSerializer<TooLarge> {
        @Override
        public void serialize(TooLarge value, JsonGenerator out, SerializerProvider all) {
            throw new OutOfMemoryError();
        }
    }

    @Test
    void anErrorOfTheMachineIsAnExceptionSoThatTheLibraryEndsTheCall() {
        McpJsonMapper mapper = new AnsweringMapper(new JacksonMcpJsonMapper(JsonMapper.builder()
                .addModule(new SimpleModule().addSerializer(TooLarge.class, new NoMemory()))
                .build()));

        assertThatThrownBy(() -> mapper.writeValueAsString(new TooLarge())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> mapper.writeValueAsBytes(new TooLarge())).isInstanceOf(IOException.class);
    }

    @Test
    void allElseIsLeftToTheMapperOfTheLibrary() throws IOException {
        McpJsonMapper mapper = new McpJson(1_000).forLibrary();

        assertThat(mapper.writeValueAsString(Map.of("a", 1))).isEqualTo("{\"a\":1}");
        assertThat(mapper.readValue("[1]", Object[].class)).hasSize(1);
        assertThat(mapper.convertValue(1, String.class)).isEqualTo("1");
    }
}
