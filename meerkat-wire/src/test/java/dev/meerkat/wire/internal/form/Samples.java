package dev.meerkat.wire.internal.form;

import dev.meerkat.api.HasJson;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.TraceContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Values of every type that a sealed type permits, made from the components of their records: the optional ones there
 * and not there, each constant of an enumeration, each kind of a sealed part. A new type is among them by itself.
 */
final class Samples {
    static final Json PAYLOAD = Json.parse("{\"payload\":[1.10,\"\u00e9\",null]}");

    private Samples() {}

    /** All values of the API that have a JSON form, but JSON itself. */
    static List<HasJson> all() {
        return leaves(HasJson.class)
                .filter(type -> type != Json.class)
                .flatMap(type -> of(type, "value").stream())
                .map(HasJson.class::cast)
                .toList();
    }

    static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed() ? Stream.of(type.getPermittedSubclasses()).flatMap(Samples::leaves) : Stream.of(type);
    }

    /** At least one value; the first has all parts. */
    private static List<Object> of(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic, name);
        }
        if (type instanceof WildcardType || type instanceof TypeVariable<?>) {
            throw new IllegalArgumentException("no sample of " + type);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isEnum()) {
            return List.of(raw.getEnumConstants());
        }
        // Newer JDKs have sealed types, too, such as ZoneId.
        if (raw.isSealed() && !raw.getName().startsWith("java.")) {
            return leaves(raw).flatMap(leaf -> of(leaf, name).stream()).toList();
        }
        if (raw.isRecord()) {
            return records(raw);
        }
        return List.of(plain(raw, name));
    }

    private static List<Object> ofGeneric(ParameterizedType generic, String name) {
        Type element = generic.getActualTypeArguments()[0];
        if (element == TraceContext.class) {
            // For telemetry in one JVM alone: no form has it.
            return List.of(Optional.empty());
        }
        if (generic.getRawType() == Optional.class) {
            return Stream.concat(
                            of(element, name).stream().map(value -> (Object) Optional.of(value)),
                            Stream.of(Optional.empty()))
                    .toList();
        }
        if (generic.getRawType() == List.class) {
            return List.of(of(element, name), List.of());
        }
        if (generic.getRawType() == Set.class) {
            return List.of(Set.of("the " + name), Set.of());
        }
        if (generic.getRawType() == Map.class) {
            return List.of(Map.of("payload", "the " + name, "b", ""), Map.of());
        }
        return of(generic.getRawType(), name);
    }

    private static Object plain(Class<?> type, String name) {
        if (type == String.class) {
            return "the " + name;
        }
        if (type == Json.class) {
            return PAYLOAD;
        }
        if (type == long.class) {
            return 42L;
        }
        if (type == int.class) {
            return 3;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == UUID.class) {
            return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);
        }
        if (type == Instant.class) {
            return Instant.parse("2026-11-22T10:15:30.123456789Z");
        }
        if (type == OptionalLong.class) {
            return OptionalLong.of(7);
        }
        if (type == ZoneId.class) {
            return ZoneId.of("Europe/Helsinki");
        }
        if (type == Duration.class) {
            return Duration.ofMillis(250);
        }
        throw new IllegalArgumentException("no sample of " + type + ": teach Samples to make one");
    }

    /** The record with the first value of each part, and once for each other value of a part. */
    private static List<Object> records(Class<?> type) {
        List<List<Object>> choices = new ArrayList<>();
        for (RecordComponent part : type.getRecordComponents()) {
            List<Object> values = new ArrayList<>(of(part.getGenericType(), part.getName()));
            if (isNullable(part)) {
                values.add(null);
            }
            choices.add(values);
        }
        List<Object> records = new ArrayList<>();
        Object[] first = choices.stream().map(values -> values.get(0)).toArray();
        make(type, first).ifPresent(records::add);
        for (int part = 0; part < first.length; part++) {
            for (Object other : choices.get(part).subList(1, choices.get(part).size())) {
                Object[] parts = first.clone();
                parts[part] = other;
                make(type, parts).ifPresent(records::add);
            }
        }
        if (records.isEmpty()) {
            throw new IllegalArgumentException("no sample of " + type + ": teach Samples to make one");
        }
        return records;
    }

    private static boolean isNullable(RecordComponent part) {
        return Arrays.stream(part.getAnnotatedType().getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    /** Empty if the type refuses this combination. */
    private static Optional<Object> make(Class<?> type, Object[] parts) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return Optional.of(constructor.newInstance(parts));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidFieldException) {
                return Optional.empty();
            }
            throw new IllegalArgumentException("no sample of " + type, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "no sample of " + type + ", " + Modifier.toString(type.getModifiers()), e);
        }
    }

    /** The texts and payloads that a value carries, to be found in whatever it is written as. */
    static Stream<String> carried(Object value) {
        if (value instanceof String text) {
            return Stream.of(text);
        }
        if (value instanceof Json json) {
            return Stream.of(json.text());
        }
        if (value instanceof Optional<?> optional) {
            return optional.stream().flatMap(Samples::carried);
        }
        if (value instanceof Iterable<?> elements) {
            List<String> carried = new ArrayList<>();
            elements.forEach(element -> carried(element).forEach(carried::add));
            return carried.stream();
        }
        if (value instanceof Map<?, ?> labels) {
            return labels.values().stream().flatMap(Samples::carried);
        }
        if (value instanceof Record record) {
            return Stream.of(record.getClass().getRecordComponents()).flatMap(part -> carried(part(record, part)));
        }
        return Stream.empty();
    }

    private static Object part(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + part, e);
        }
    }
}
