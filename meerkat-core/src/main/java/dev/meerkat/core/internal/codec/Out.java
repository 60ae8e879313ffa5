package dev.meerkat.core.internal.codec;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meerkat.api.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes one stored JSON object. Not thread-safe. */
public final class Out {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int USUAL_BYTES = 1_024;

    private final JsonGenerator generator;

    private Out(JsonGenerator generator) {
        this.generator = generator;
    }

    /**
     * Writes an object.
     *
     * @param fields writes its fields
     * @return UTF-8 JSON
     */
    public static byte[] object(Consumer<Out> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator generator = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            generator.writeStartObject();
            fields.accept(new Out(generator));
            generator.writeEndObject();
        } catch (IOException e) {
            throw impossible(e);
        }
        return bytes.toByteArray();
    }

    Out text(String name, @Nullable String value) {
        try {
            if (value != null) {
                generator.writeStringField(name, value);
            }
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    Out id(String name, Object id) {
        return text(name, id.toString());
    }

    /** By the lower-case form of its name, as on the wire; so renaming a constant breaks stores. */
    Out constant(String name, @Nullable Enum<?> value) {
        return text(name, value == null ? null : value.name().toLowerCase(Locale.ROOT));
    }

    Out time(String name, @Nullable Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    Out number(String name, long value) {
        try {
            generator.writeNumberField(name, value);
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    Out flag(String name, boolean value) {
        try {
            generator.writeBooleanField(name, value);
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    /** The text is written as it is, so {@code name} must be one of {@link Node#RAW}. */
    Out json(String name, Json value) {
        try {
            generator.writeFieldName(name);
            generator.writeRawValue(value.text());
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    <T> Out object(String name, @Nullable T value, BiConsumer<Out, T> form) {
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
    <T> Out list(String name, Collection<T> values, BiConsumer<Out, T> form) {
        try {
            if (!values.isEmpty()) {
                generator.writeArrayFieldStart(name);
                for (T value : values) {
                    generator.writeStartObject();
                    form.accept(this, value);
                    generator.writeEndObject();
                }
                generator.writeEndArray();
            }
        } catch (IOException e) {
            throw impossible(e);
        }
        return this;
    }

    Out ids(String name, Collection<?> ids) {
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

    /** As a list of entries: their names come from outside and must not meet those of fields. */
    Out labels(String name, Map<String, String> labels) {
        return list(
                name,
                labels.entrySet(),
                (out, label) -> out.text("name", label.getKey()).text("value", label.getValue()));
    }

    private static UncheckedIOException impossible(IOException e) {
        return new UncheckedIOException("writing to memory", e);
    }
}
