package dev.meerkat.json.jackson3;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.JsonBinder;
import dev.meerkat.api.Limits;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * Java types on Jackson 3: a mapper that invents nothing and loses no digits, with the modules of Jackson that are found as
 * services. Used by {@link Json#of} and {@link Json#as} when it is on the class path or module path. Thread-safe.
 */
public final class Jackson3Binder implements JsonBinder {
    private static final String FIELD = "json";
    private static final int SHOWN_CHARS = 200;
    /** Values of the API nest around a payload. */
    private static final int DEPTH = Limits.JSON_DEPTH + 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(DEPTH).build())
            .build();

    private final JsonMapper mapper = mapper();

    /** For the service loader. */
    public Jackson3Binder() {}

    private static JsonMapper mapper() {
        return JsonMapper.builder(FACTORY)
                .findAndAddModules(JsonBinder.class.getClassLoader())
                .addModule(new SimpleModule("meerkat-json")
                        .addSerializer(Json.class, new JsonSerializer())
                        .addDeserializer(Json.class, new JsonDeserializer()))
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                // The order of the components of a record says more than that of the alphabet.
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .withCoercionConfig(
                        LogicalType.Textual,
                        strings -> strings.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    @Override
    public String write(@Nullable Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JacksonException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw refused(type, "cannot be written as JSON", e);
        }
    }

    @Override
    public <T> T read(String text, Class<T> type) {
        @Nullable T value;
        try {
            value = mapper.readValue(text, type);
        } catch (JacksonException e) {
            throw refused(text, "does not have the shape of " + type.getName(), e);
        }
        if (value == null) {
            throw new InvalidFieldException(FIELD, text, "does not have the shape of " + type.getName());
        }
        return value;
    }

    private static InvalidFieldException refused(String shown, String problem, JacksonException cause) {
        TokenStreamLocation at = cause.getLocation();
        boolean known = at != null && at.getLineNr() > 0;
        String place = known ? " at line " + at.getLineNr() + ", column " + at.getColumnNr() : "";
        return new InvalidFieldException(
                FIELD, shown, problem + " (" + oneLine(cause.getOriginalMessage()) + place + ")", cause);
    }

    private static String oneLine(@Nullable String detail) {
        String text = detail == null ? "" : detail.lines().findFirst().orElse("");
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }

    /** Puts a {@link Json} into a larger value as it is. */
    private static final class JsonSerializer extends StdSerializer<Json> {
        JsonSerializer() {
            super(Json.class);
        }

        @Override
        public void serialize(Json value, JsonGenerator generator, SerializationContext all) {
            generator.writeRawValue(value.text());
        }
    }

    /** Takes a part of a larger value as {@link Json}, with its digits. */
    private static final class JsonDeserializer extends ValueDeserializer<Json> {
        @Override
        public Json deserialize(JsonParser parser, DeserializationContext context) {
            StringWriter text = new StringWriter();
            try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
                int depth = 0;
                do {
                    depth += copyToken(parser, generator);
                } while (depth > 0 && parser.nextToken() != null);
            }
            return Json.parse(text.toString());
        }

        /** The result says how much deeper what follows is nested. */
        private static int copyToken(JsonParser parser, JsonGenerator generator) {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                generator.writeNumber(parser.getString());
            } else if (token == JsonToken.PROPERTY_NAME) {
                generator.writeName(parser.currentName());
                // A name alone is no value: whatever the depth, its value must follow.
                parser.nextToken();
                return copyToken(parser, generator);
            } else {
                generator.copyCurrentEvent(parser);
            }
            return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }

        @Override
        public Json getNullValue(DeserializationContext context) {
            return Json.NULL;
        }
    }
}
