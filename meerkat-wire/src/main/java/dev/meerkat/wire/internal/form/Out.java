package dev.meerkat.wire.internal.form;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meerkat.api.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes one stored JSON object. Not thread-safe. */
public final class Out {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int USUAL_BYTES = 1_024;

    private final JsonGenerator generator;
    private final Function<Json, String> foreign;

    private Out(JsonGenerator generator, Function<Json, String> foreign) {
        this.generator = generator;
        this.foreign = foreign;
    }

    /** Writes an object. */
    public static byte[] object(Consumer<Out> fields) {
        return object(fields, Json::text);
    }

    /** Writes an object, with foreign JSON in its canonical text. */
    static byte[] canonicalObject(Consumer<Out> fields) {
        return object(fields, Json::canonicalText);
    }

    /**
     * Writes an object as text. A surrogate without its other half, as a piece of a text may end with, is escaped, since
     * it has no UTF-8 form.
     *
     * @return JSON text in well-formed Unicode
     */
    public static String text(Consumer<Out> fields) {
        StringWriter text = new StringWriter(USUAL_BYTES);
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.writeStartObject();
            fields.accept(new Out(generator, Json::text));
            generator.writeEndObject();
        } catch (IOException e) {
            throw impossible(e);
        }
        return wellFormed(text.toString());
    }

    private static String wellFormed(String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (Character.getType(character) == Character.SURROGATE) {
                escaped.append("\\u").append(Integer.toHexString(character));
            } else {
                escaped.appendCodePoint(character);
            }
        });
        return escaped.toString();
    }

    private static byte[] object(Consumer<Out> fields, Function<Json, String> foreign) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator generator = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            generator.writeStartObject();
            fields.accept(new Out(generator, foreign));
            generator.writeEndObject();
        } catch (IOException e) {
            throw impossible(e);
        }
        return bytes.toByteArray();
    }

    public Out text(String name, @Nullable String value) {
        try {
            if (value != null) {
                generator.writeStringField(name, value);
            }
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    public Out id(String name, Object id) {
        return text(name, id.toString());
    }

    /** By the lower-case form of its name, as on the wire; so renaming a constant breaks stores. */
    public Out constant(String name, @Nullable Enum<?> value) {
        return text(name, value == null ? null : value.name().toLowerCase(Locale.ROOT));
    }

    public Out time(String name, @Nullable Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    public Out number(String name, long value) {
        try {
            generator.writeNumberField(name, value);
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    public Out flag(String name, boolean value) {
        try {
            generator.writeBooleanField(name, value);
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    /** The text is written as it is, so {@code name} must be one of {@link Node#RAW}. */
    public Out json(String name, Json value) {
        try {
            generator.writeFieldName(name);
            generator.writeRawValue(foreign.apply(value));
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    public <T> Out object(String name, @Nullable T value, BiConsumer<Out, T> form) {
        try {
            if (value != null) {
                generator.writeObjectFieldStart(name);
                form.accept(this, value);
                generator.writeEndObject();
            }
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    /** An empty list is left out. */
    public <T> Out list(String name, Collection<T> values, BiConsumer<Out, T> form) {
        return values.isEmpty() ? this : objects(name, values, form);
    }

    /** An empty list is written too. */
    public <T> Out objects(String name, Collection<T> values, BiConsumer<Out, T> form) {
        try {
            generator.writeArrayFieldStart(name);
            for (T value : values) {
                generator.writeStartObject();
                form.accept(this, value);
                generator.writeEndObject();
            }
            generator.writeEndArray();
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    /** As an object, by name; never stored, since its names come from outside. */
    Out map(String name, Map<String, String> values) {
        return object(name, new TreeMap<>(values), (out, sorted) -> sorted.forEach(out::text));
    }

    public Out ids(String name, Collection<?> ids) {
        try {
            generator.writeArrayFieldStart(name);
            for (Object id : ids) {
                generator.writeString(id.toString());
            }
            generator.writeEndArray();
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    /** An empty list is left out. */
    public Out texts(String name, Collection<String> texts) {
        return texts.isEmpty() ? this : ids(name, texts);
    }

    /** As a list of entries: their names come from outside and must not meet those of fields. */
    public Out labels(String name, Map<String, String> labels) {
        return list(
                name,
                labels.entrySet(),
                (out, label) -> out.text("name", label.getKey()).text("value", label.getValue()));
    }

    private static UncheckedIOException impossible(IOException e) {
        return new UncheckedIOException("writing to memory", e);
    }
}
