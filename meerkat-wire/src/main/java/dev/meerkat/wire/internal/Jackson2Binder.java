package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.JsonBinder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Java types on Jackson 2: a mapper that invents nothing and loses no digits, with the modules of Jackson that are found as
 * services. Thread-safe.
 */
final class Jackson2Binder implements JsonBinder {
    private final ObjectMapper mapper = mapper();

    @Override
    public String write(@Nullable Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (IOException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw JacksonJsonCodec.refused(type, "cannot be written as JSON", e);
        }
    }

    @Override
    public <T> T read(String text, Class<T> type) {
        @Nullable T value;
        try {
            value = mapper.readValue(text, type);
        } catch (IOException e) {
            throw JacksonJsonCodec.refused(text, "does not have the shape of " + type.getName(), e);
        }
        if (value == null) {
            throw new InvalidFieldException(
                    JacksonJsonCodec.FIELD, text, "does not have the shape of " + type.getName());
        }
        return value;
    }

    private static ObjectMapper mapper() {
        // Unlike in a copied text, the length of numbers stays limited: computing with them is quadratic.
        var factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(JsonText.NESTED_DEPTH)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(JsonText.NESTED_DEPTH)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .addModules(ObjectMapper.findModules(JsonBinder.class.getClassLoader()))
                .addModule(new SimpleModule()
                        .addSerializer(new JsonSerializer())
                        .addDeserializer(Json.class, new JsonDeserializer()))
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        strings -> strings.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    /** Puts a {@link Json} into a larger value as it is. */
    private static final class JsonSerializer extends StdSerializer<Json> {
        private static final long serialVersionUID = 1L;

        JsonSerializer() {
            super(Json.class);
        }

        @Override
        public void serialize(Json value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeRawValue(value.text());
        }
    }

    /** Takes a part of a larger value as {@link Json}. */
    private static final class JsonDeserializer extends StdDeserializer<Json> {
        private static final long serialVersionUID = 1L;

        JsonDeserializer() {
            super(Json.class);
        }

        @Override
        public Json deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Json.parse(JsonText.copy(parser));
        }

        @Override
        public Json getNullValue(DeserializationContext context) {
            return Json.NULL;
        }
    }
}
