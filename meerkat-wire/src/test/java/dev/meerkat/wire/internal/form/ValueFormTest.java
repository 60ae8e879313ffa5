package dev.meerkat.wire.internal.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ValueFormTest {
    private static final Path SCHEMA = Path.of("../docs/schema/meerkat.json");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TurnId TURN = TurnId.of("01900000-0000-7000-8000-000000000001");

    private final Map<Class<?>, Schema> schemas = new HashMap<>();

    @Test
    void theSchemaDescribesEveryFieldOfEveryKindOfValue() throws IOException {
        JsonNode written = MAPPER.readTree(SCHEMA.toFile());
        close(written);

        for (HasJson value : Samples.all()) {
            JsonNode form = MAPPER.readTree(value.toJson().text());

            assertThat(schema(written, family(value)).validate(form))
                    .as("%s", form)
                    .isEmpty();
        }
    }

    @Test
    void theSchemaRefusesWhatIsNoValue() throws IOException {
        JsonNode written = MAPPER.readTree(SCHEMA.toFile());

        for (Class<?> family : HasJson.class.getPermittedSubclasses()) {
            if (family != Json.class) {
                assertThat(schema(written, family).validate(MAPPER.readTree("{}")))
                        .as("%s", family)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void everyTextAndPayloadIsInTheForm() throws IOException {
        for (HasJson value : Samples.all()) {
            String form = MAPPER.readTree(value.toJson().text()).toString();

            assertThat(Samples.carried(value))
                    .as("%s", form)
                    .allSatisfy(part -> assertThat(value.toJson().text()).contains(part));
        }
    }

    @Test
    void theGetterOfTheKindSaysWhatTheFormSays() {
        for (HasJson value : Samples.all()) {
            Json form = value.toJson();
            kind(value)
                    .ifPresent(kind -> assertThat(Stream.of("/type", "/kind", "/outcome", "/event/type")
                                    .flatMap(at -> form.at(at).stream()))
                            .as("%s", form)
                            .first()
                            .isEqualTo(Json.of(kind)));
        }
    }

    private static Optional<Object> kind(HasJson value) {
        for (String getter : List.of("getType", "getKind", "getOutcome")) {
            try {
                return Optional.of(value.getClass().getMethod(getter).invoke(value));
            } catch (NoSuchMethodException e) {
                // Another one, or of a type with one kind only.
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(e);
            }
        }
        return Optional.empty();
    }

    @Test
    void formsAreWhatThePageShows() {
        assertThat(List.of(
                        new SessionEvent.TurnCompleted(new Cursor(7), Instant.EPOCH, TURN, "Done.").toJson(),
                        new TurnOutcome.Completed(TURN, "Done.").toJson(),
                        new EventOutcome.Conflict(InputId.UNKNOWN, "k").toJson(),
                        new InterruptOutcome.Idle().toJson(),
                        new Receipt.PeerMessageSent(new EnvelopeId(TURN.value()), new Delivery.Durable(false))
                                .toJson()))
                .extracting(Json::text)
                .containsExactly(
                        "{\"cursor\":7,\"event\":{\"type\":\"turn_completed\",\"at\":\"1970-01-01T00:00:00Z\","
                                + "\"turn_id\":\"01900000-0000-7000-8000-000000000001\",\"text\":\"Done.\"}}",
                        "{\"outcome\":\"completed\",\"turn_id\":\"01900000-0000-7000-8000-000000000001\","
                                + "\"text\":\"Done.\"}",
                        "{\"outcome\":\"conflict\",\"input_id\":\"00000000-0000-0000-0000-000000000000\","
                                + "\"idempotency_key\":\"k\"}",
                        "{\"outcome\":\"idle\"}",
                        "{\"type\":\"peer_message_sent\",\"id\":\"01900000-0000-7000-8000-000000000001\","
                                + "\"delivery\":\"durable\",\"duplicate\":false}");
    }

    @Test
    void theFormOfTheLargestAndDeepestPayloadCanBeReadLikeAnyOther() {
        String deepest = "[".repeat(Limits.JSON_DEPTH) + "]".repeat(Limits.JSON_DEPTH);
        String largest = "\"" + "x".repeat(Limits.MESSAGE_BYTES - 2) + "\"";

        for (Json payload : List.of(Json.parse(deepest), Json.parse(largest))) {
            Json form = new InputBody.External(ExternalEvent.genericJson("x", payload)).toJson();

            assertThat(form.at("/payload")).contains(payload);
            assertThat(form).isEqualTo(form.toJson()).hasSameHashCodeAs(form.toJson());
            assertThat(form.as(Map.class).containsKey("payload")).isTrue();
        }
    }

    @Test
    void halfACharacterAtTheEndOfAPieceIsKeptAsAnEscape() throws IOException {
        String half = "cut \ud83d";
        Json form = new SessionEvent.TextDelta(Cursor.START, TURN, half).toJson();

        assertThat(form.text()).contains("cut \\ud83d\"");
        assertThat(MAPPER.readTree(form.text()).at("/event/delta").textValue()).isEqualTo(half);
        assertThat(CommsCommand.Input.of("\ud83d\ude00").toJson().text()).contains("\ud83d\ude00");
    }

    private static Class<?> family(HasJson value) {
        return Stream.of(HasJson.class.getPermittedSubclasses())
                .filter(type -> type.isInstance(value))
                .findFirst()
                .orElseThrow();
    }

    private Schema schema(JsonNode written, Class<?> family) {
        return schemas.computeIfAbsent(family, type -> {
            ObjectNode of = MAPPER.createObjectNode();
            of.put("$schema", "https://json-schema.org/draft/2020-12/schema");
            of.put("$ref", "#/$defs/" + type.getSimpleName());
            of.set("$defs", written.path("$defs"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(of);
        });
    }

    /** Lets no object have a field that is not described; the page lets later versions add some. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ValueFormTest::close);
    }
}
