package dev.meerkat.wire.internal.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.TranscriptEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What JSON libraries of frameworks write of values that are given to them as they are. */
class BeansTest {
    private static final ObjectMapper READER = new ObjectMapper();

    static {
        // This module reads Jackson 2 only; the other libraries are there for this test.
        ModuleLayer.boot()
                .modules()
                .forEach(other -> BeansTest.class.getModule().addReads(other));
    }

    /** As Spring Boot registers them. */
    private final ObjectMapper withModules = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    @Test
    void jackson2WithTheModulesOfFrameworksLosesNoTextAndNoPayload() throws IOException {
        for (HasJson value : Samples.all()) {
            assertNothingIsLost(value, READER.readTree(withModules.writeValueAsString(value)));
        }
    }

    @Test
    void jackson2WithoutThoseModulesLosesNothingOrFails() throws IOException {
        ObjectMapper plain = new ObjectMapper();
        int written = 0;
        for (HasJson value : Samples.all()) {
            String text;
            try {
                text = plain.writeValueAsString(value);
            } catch (JsonMappingException e) {
                assertThat(e).hasMessageContaining("not supported by default");
                continue;
            }
            written++;
            assertNothingIsLost(value, READER.readTree(text));
        }
        assertThat(written).isPositive();
    }

    @Test
    void jackson3LosesNoTextAndNoPayload() throws IOException {
        tools.jackson.databind.ObjectMapper jackson3 = new tools.jackson.databind.ObjectMapper();
        for (HasJson value : Samples.all()) {
            assertNothingIsLost(value, READER.readTree(jackson3.writeValueAsString(value)));
        }
    }

    @Test
    void eachKindOfASealedTypeTellsItsName() throws IOException {
        TranscriptEntry entry = new TranscriptEntry.SystemPrompt(Instant.EPOCH, "Be brief.");

        assertThat(READER.readTree(withModules.writeValueAsString(entry))
                        .path("type")
                        .textValue())
                .isEqualTo("system");
        assertThat(READER.readTree(withModules.writeValueAsString(List.of(new InterruptOutcome.Idle())))
                        .toString())
                .isEqualTo("[{\"outcome\":\"idle\"}]");
    }

    @Test
    void jsonIsItsTextAndNeverEmpty() throws IOException {
        Json json = Json.parse("{\"a\":1.10}");

        assertThat(new ObjectMapper().writeValueAsString(Map.of("payload", json)))
                .isEqualTo("{\"payload\":{\"text\":\"{\\\"a\\\":1.10}\"}}");
    }

    @Test
    void oneSerializerWritesEveryValueInItsPublicForm() throws IOException {
        SimpleModule module = new SimpleModule().addSerializer(HasJson.class, new JsonSerializer<>() {
            @Override
            public void serialize(HasJson value, JsonGenerator generator, SerializerProvider provider)
                    throws IOException {
                generator.writeRawValue(value.toJson().text());
            }
        });
        ObjectMapper mapper = new ObjectMapper().registerModule(module);

        for (HasJson value : Samples.all()) {
            assertThat(mapper.writeValueAsString(List.of(value, Json.EMPTY_OBJECT)))
                    .isEqualTo("[" + value.toJson() + ",{}]");
        }
    }

    /** All texts and payloads of a value are somewhere in what was written of it, and no object but labels is empty. */
    private static void assertNothingIsLost(HasJson value, JsonNode written) {
        List<String> texts = new ArrayList<>();
        collect(written, "", texts);

        assertThat(texts).as("%s", written).containsAll(Samples.carried(value).toList());
    }

    private static void collect(JsonNode written, String name, List<String> texts) {
        if (written.isTextual()) {
            texts.add(written.textValue());
        } else if (written.isObject()) {
            assertThat(name.equals("labels") || !written.isEmpty())
                    .as("%s of %s", name, written)
                    .isTrue();
            written.properties().forEach(field -> collect(field.getValue(), field.getKey(), texts));
        } else {
            written.forEach(element -> collect(element, name, texts));
        }
    }
}
