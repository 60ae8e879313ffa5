package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JsonSnippetsTest {
    // snippet: json-text
    /** The beginning of a session's history, as a web page reads it. */
    static String history(Session session) throws InterruptedException {
        return session.history(0, 100).toJson().text();
    }

    /** A list of values. */
    static String list(List<? extends HasJson> values) {
        return values.stream().map(value -> value.toJson().text()).collect(Collectors.joining(",", "[", "]"));
    }
    // end

    // snippet: json-jackson
    /** Writes every value in its public form, wherever it stands in classes of yours. */
    static SimpleModule meerkatModule() {
        return new SimpleModule().addSerializer(HasJson.class, new JsonSerializer<>() {
            @Override
            public void serialize(HasJson value, JsonGenerator generator, SerializerProvider all) throws IOException {
                generator.writeRawValue(value.toJson().text());
            }
        });
    }
    // end

    @Test
    void valuesAreShownInTheirPublicForm() throws Exception {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "Done.").open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("agent-a"));
            assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(30)))
                    .isPresent();

            assertThat(history(session)).contains("\"entries\":[", "\"Begin.\"", "\"Done.\"");
            SessionSnapshot snapshot = session.snapshot();
            assertThat(list(List.of(snapshot))).isEqualTo("[" + snapshot.toJson() + "]");
            ObjectMapper mapper = new ObjectMapper().registerModule(meerkatModule());
            assertThat(mapper.writeValueAsString(Map.of("session", snapshot)))
                    .isEqualTo("{\"session\":" + snapshot.toJson() + "}");
        }
    }
}
