package dev.meerkat.peers;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The JSON that a Java type takes: its JSON Schema, and a check of values against it. */
sealed interface Shape {
    /** As JSON Schema. */
    Map<String, Object> schema();

    /** What is wrong with a value, read as maps, lists, strings, numbers and booleans; empty if nothing. */
    Optional<String> problem(@Nullable Object value, String path);

    /** Anything: what the JSON codec makes of it decides. */
    record Any() implements Shape {
        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            return Optional.empty();
        }
    }

    /** A value without parts. */
    record Plain(String type) implements Shape {
        @Override
        public Map<String, Object> schema() {
            return Map.of("type", type);
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            boolean fits = switch (type) {
                case "string" -> value instanceof String;
                case "boolean" -> value instanceof Boolean;
                case "integer" -> value instanceof Integer || value instanceof Long || value instanceof BigInteger;
                default -> value instanceof Number;
            };
            return fits ? Optional.empty() : Optional.of(path + " must be of type " + type + Shape.but(value));
        }
    }

    /** One of some words. */
    record OneOf(List<String> words) implements Shape {
        @Override
        public Map<String, Object> schema() {
            return Map.of("enum", words);
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            return value instanceof String word && words.contains(word)
                    ? Optional.empty()
                    : Optional.of(path + " must be one of " + words + Shape.but(value));
        }
    }

    /** A list of values of one shape. */
    record ListOf(Shape items) implements Shape {
        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "array");
            schema.put("items", items.schema());
            return schema;
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            if (!(value instanceof List<?> list)) {
                return Optional.of(path + " must be of type array" + Shape.but(value));
            }
            for (int i = 0; i < list.size(); i++) {
                Optional<String> problem = items.problem(list.get(i), path + "/" + i);
                if (problem.isPresent()) {
                    return problem;
                }
            }
            return Optional.empty();
        }
    }

    /** An object with any names. */
    record MapOf(Shape values) implements Shape {
        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("additionalProperties", values.schema());
            return schema;
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            if (!(value instanceof Map<?, ?> map)) {
                return Optional.of(path + " must be of type object" + Shape.but(value));
            }
            return map.entrySet().stream()
                    .flatMap(entry -> values.problem(entry.getValue(), path + "/" + entry.getKey()).stream())
                    .findFirst();
        }
    }

    /** An object with these fields; others are passed over. */
    record ObjectOf(Map<String, Shape> fields, Set<String> required) implements Shape {
        @Override
        public Map<String, Object> schema() {
            Map<String, Object> properties = new LinkedHashMap<>();
            fields.forEach((name, shape) -> properties.put(name, shape.schema()));
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("properties", properties);
            if (!required.isEmpty()) {
                schema.put("required", List.copyOf(required));
            }
            return schema;
        }

        @Override
        public Optional<String> problem(@Nullable Object value, String path) {
            if (!(value instanceof Map<?, ?> map)) {
                return Optional.of((path.isEmpty() ? "params" : path) + " must be of type object" + Shape.but(value));
            }
            for (Map.Entry<String, Shape> field : fields.entrySet()) {
                String at = path + "/" + field.getKey();
                Object part = map.get(field.getKey());
                if (part == null) {
                    if (required.contains(field.getKey())) {
                        return Optional.of(at + " must be given");
                    }
                } else {
                    Optional<String> problem = field.getValue().problem(part, at);
                    if (problem.isPresent()) {
                        return problem;
                    }
                }
            }
            return Optional.empty();
        }
    }

    /** The shape of a type. */
    static Shape of(Type type) {
        return of(type, new ArrayDeque<>());
    }

    /** An object with a field for each part, in order. */
    static ObjectOf fields(List<String> names, List<Type> types, Set<String> optional) {
        Map<String, Shape> fields = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), of(types.get(i)));
            if (!optional.contains(names.get(i))) {
                required.add(names.get(i));
            }
        }
        return new ObjectOf(fields, required);
    }

    private static Shape of(Type type, Deque<Type> around) {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
            Type[] arguments = parameterized.getActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                return new ListOf(of(arguments[0], around));
            }
            return Map.class.isAssignableFrom(raw) && arguments[0].equals(String.class)
                    ? new MapOf(of(arguments[1], around))
                    : new Any();
        }
        if (!(type instanceof Class<?> plain)) {
            return new Any();
        }
        if (plain.isArray() && plain != byte[].class) {
            return new ListOf(of(plain.getComponentType(), around));
        }
        if (plain.isEnum()) {
            return new OneOf(Stream.of(plain.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .toList());
        }
        return plain.isRecord() ? record(plain, around) : plain(plain);
    }

    private static Shape plain(Class<?> type) {
        if (type == String.class || type == UUID.class || type == char.class || type == Character.class) {
            return new Plain("string");
        }
        if (type == boolean.class || type == Boolean.class) {
            return new Plain("boolean");
        }
        if (List.of(int.class, long.class, short.class, byte.class).contains(type)
                || List.of(Integer.class, Long.class, Short.class, Byte.class, BigInteger.class)
                        .contains(type)) {
            return new Plain("integer");
        }
        return List.of(double.class, float.class, Double.class, Float.class, BigDecimal.class)
                        .contains(type)
                ? new Plain("number")
                : new Any();
    }

    private static Shape record(Class<?> type, Deque<Type> around) {
        if (around.contains(type)) {
            return new Any();
        }
        around.push(type);
        Map<String, Shape> fields = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.put(component.getName(), of(component.getGenericType(), around));
            if (!nullable(component, component.getAnnotatedType())) {
                required.add(component.getName());
            }
        }
        around.pop();
        return new ObjectOf(fields, required);
    }

    /** Whether it is annotated as nullable, by whatever library. */
    static boolean nullable(AnnotatedElement... places) {
        return Arrays.stream(places)
                .flatMap(place -> Arrays.stream(place.getAnnotations()))
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static String but(@Nullable Object value) {
        String shown = String.valueOf(value);
        return ", but is " + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown);
    }
}
