package dev.meerkat.peers;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.ResponseStatus;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A method of an interface as an intent: params and result between Java and JSON. Immutable. */
final class IntentMethod {
    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            int.class, Integer.class,
            long.class, Long.class,
            short.class, Short.class,
            byte.class, Byte.class,
            char.class, Character.class,
            boolean.class, Boolean.class,
            double.class, Double.class,
            float.class, Float.class);

    /** How a method gives its result. */
    enum Way {
        /** The caller waits. */
        VALUE,
        STAGE,
        HANDLE
    }

    private final Method method;
    private final String intent;
    private final Way way;
    private final Class<?> result;
    private final List<Parameter> parameters;
    /** Whether the only parameter is the params as a whole. */
    private final boolean whole;

    private final Shape params;
    private final Shape answer;

    IntentMethod(Method method) {
        this.method = method;
        Intent told = method.getAnnotation(Intent.class);
        this.intent = told == null || told.value().isEmpty() ? underscored(method.getName()) : told.value();
        Type returned = method.getGenericReturnType();
        Class<?> raw = method.getReturnType();
        this.way = raw == CompletionStage.class ? Way.STAGE : raw == TypedReply.class ? Way.HANDLE : Way.VALUE;
        this.result = plain(way == Way.VALUE ? returned : argument(returned), "what it returns");
        this.parameters = List.of(method.getParameters());
        for (Parameter parameter : parameters) {
            plain(parameter.getParameterizedType(), "its parameter " + parameter.getName());
        }
        Shape first = parameters.size() == 1 ? Shape.of(parameters.get(0).getType()) : new Shape.Any();
        this.whole = parameters.size() == 1 && isWhole(parameters.get(0).getType());
        this.params = whole ? first : named();
        this.answer = result == Void.class ? new Shape.Any() : Shape.of(result);
        this.method.setAccessible(true);
    }

    private static boolean isWhole(Class<?> type) {
        return type.isRecord() || Map.class.isAssignableFrom(type) || type == Json.class;
    }

    private Shape named() {
        Set<String> optional = new LinkedHashSet<>();
        for (Parameter parameter : parameters) {
            if (!parameter.isNamePresent()) {
                throw new IllegalArgumentException(method
                        + " must be compiled with -parameters, or take one record: its parameters have no names");
            }
            if (Shape.nullable(parameter, parameter.getAnnotatedType())) {
                optional.add(parameter.getName());
            }
        }
        return Shape.fields(
                parameters.stream().map(Parameter::getName).toList(),
                parameters.stream().<Type>map(Parameter::getType).toList(),
                optional);
    }

    private Type argument(Type returned) {
        if (returned instanceof ParameterizedType parameterized) {
            return parameterized.getActualTypeArguments()[0];
        }
        throw new IllegalArgumentException(
                method + " must say what its " + method.getReturnType().getSimpleName() + " gives");
    }

    private Class<?> plain(Type type, String what) {
        if (type instanceof Class<?> plain) {
            return plain == void.class ? Void.class : BOXES.getOrDefault(plain, plain);
        }
        throw new IllegalArgumentException(method + ": " + what + " must be a class without type arguments, but is "
                + type.getTypeName() + "; put it into a record");
    }

    private static String underscored(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    Method method() {
        return method;
    }

    String intent() {
        return intent;
    }

    Way way() {
        return way;
    }

    Class<?> result() {
        return result;
    }

    /** What peers are told of it. */
    Json told() {
        Map<String, Object> told = new LinkedHashMap<>();
        Intent intended = method.getAnnotation(Intent.class);
        if (intended != null && !intended.description().isEmpty()) {
            told.put("description", intended.description());
        }
        told.put("params", params.schema());
        if (result != Void.class) {
            told.put("result", answer.schema());
        }
        return Json.of(told);
    }

    /** The params of a request. */
    Json params(@Nullable Object @Nullable [] arguments) {
        if (arguments == null) {
            return Json.EMPTY_OBJECT;
        }
        if (whole) {
            return Json.of(arguments[0]);
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] != null) {
                form.put(parameters.get(i).getName(), arguments[i]);
            }
        }
        return Json.of(form);
    }

    /** The arguments of a call; fails with {@link IntentFailedException}. */
    @Nullable
    Object[] arguments(Json form) {
        require(params, form, IntentFailedException.INVALID_PARAMS);
        try {
            List<@Nullable Object> arguments = new ArrayList<>();
            for (Parameter parameter : parameters) {
                Optional<Json> part = whole ? Optional.of(form) : form.at("/" + parameter.getName());
                Class<?> type = BOXES.getOrDefault(parameter.getType(), parameter.getType());
                Json given = part.filter(value -> type == Json.class || !value.equals(Json.NULL))
                        .orElse(null);
                arguments.add(given == null ? null : given.as(type));
            }
            return arguments.toArray();
        } catch (InvalidFieldException e) {
            throw new IntentFailedException(IntentFailedException.INVALID_PARAMS, String.valueOf(e.getMessage()));
        }
    }

    private static void require(Shape shape, Json form, String code) {
        Map<?, ?> read = Json.of(Map.of("value", form)).as(HashMap.class);
        shape.problem(read.get("value"), "").ifPresent(problem -> {
            throw new IntentFailedException(code, problem);
        });
    }

    /** What an answer says; fails with {@link IntentFailedException}. Null for nothing. */
    static @Nullable Object result(PeerReply reply, Class<?> type) {
        if (reply.status() != ResponseStatus.COMPLETED) {
            throw IntentFailedException.of(reply.result());
        }
        if (type == Void.class) {
            return null;
        }
        try {
            require(Shape.of(type), reply.result(), IntentFailedException.INVALID_RESULT);
            return reply.result().as(type);
        } catch (InvalidFieldException e) {
            throw new IntentFailedException(IntentFailedException.INVALID_RESULT, String.valueOf(e.getMessage()));
        }
    }

    /** A failure as the method declares it, if it does. */
    Exception declared(IntentFailedException failure) {
        for (Class<?> type : method.getExceptionTypes()) {
            if (code(type).equals(failure.code())) {
                try {
                    Constructor<?> constructor = type.getConstructor(String.class);
                    return (Exception) constructor.newInstance(failure.getMessage());
                } catch (NoSuchMethodException
                        | InstantiationException
                        | IllegalAccessException
                        | InvocationTargetException e) {
                    return failure;
                }
            }
        }
        return failure;
    }

    /** What the implementation has thrown as a failure. */
    IntentFailedException failure(Throwable thrown) {
        if (thrown instanceof IntentFailedException known) {
            return known;
        }
        String message = String.valueOf(thrown.getMessage());
        return Arrays.stream(method.getExceptionTypes())
                .filter(type -> type.isInstance(thrown))
                .findFirst()
                .map(type -> new IntentFailedException(code(type), message))
                .orElseGet(() -> new IntentFailedException(
                        IntentFailedException.FAILED, thrown.getClass().getSimpleName() + ": " + message));
    }

    /** {@code disk_gone} for a {@code DiskGoneException}. */
    private static String code(Class<?> type) {
        return underscored(type.getSimpleName().replaceFirst("Exception$", ""));
    }

    @Override
    public String toString() {
        return intent;
    }
}
