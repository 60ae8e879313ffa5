package dev.meerkat.springai;

import dev.meerkat.agent.ModelException;
import dev.meerkat.agent.ModelException.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SpringAiFailures of Spring AI's models as those of the port. Exceptions of the clients of providers are known by what they have
 * in common: an application has only the clients that it uses, so this module depends on none.
 */
final class SpringAiFailures {
    private static final String RETRY = "org.springframework.ai.retry.";
    /** So begins the message of what Spring AI makes of an answer that is an error: a status, then the body. */
    private static final Pattern STATUS_FIRST = Pattern.compile("(?s)(?:HTTP )?([45]\\d\\d) - (.*)");

    private SpringAiFailures() {}

    static ModelException of(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable next = failure; next != null && !chain.contains(next); next = next.getCause()) {
            chain.add(next);
        }
        for (Throwable next : chain) {
            if (next instanceof ModelException known) {
                return known;
            }
            Optional<ModelException> answered = answered(next);
            if (answered.isPresent()) {
                return answered.get();
            }
        }
        return new ModelException(kind(chain), "the model failed: " + failure, failure);
    }

    /** An answer of the provider that is an error. */
    private static Optional<ModelException> answered(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        Optional<Integer> status = status(failure);
        if (status.isPresent() && status.get() >= 400) {
            String body = call(failure, "getResponseBodyAsString")
                    .map(Object::toString)
                    .filter(text -> !text.isBlank())
                    .orElse(message);
            return Optional.of(ModelException.ofHttpStatus(status.get(), body, retryAfter(failure), failure));
        }
        Matcher text = STATUS_FIRST.matcher(message);
        return isOfRetry(failure) && text.matches()
                ? Optional.of(ModelException.ofHttpStatus(
                        Integer.parseInt(text.group(1)), text.group(2), Optional.empty(), failure))
                : Optional.empty();
    }

    /** Of {@code RestClientResponseException} and {@code WebClientResponseException}, and of the SDKs of providers. */
    private static Optional<Integer> status(Throwable failure) {
        Optional<Object> spring = call(failure, "getStatusCode").flatMap(code -> call(code, "value"));
        return spring.or(() -> call(failure, "statusCode"))
                .filter(Integer.class::isInstance)
                .map(Integer.class::cast);
    }

    private static Optional<Duration> retryAfter(Throwable failure) {
        return call(failure, "getResponseHeaders")
                .or(() -> call(failure, "getHeaders"))
                .flatMap(headers -> call(headers, "getFirst", "Retry-After"))
                .map(Object::toString)
                .filter(seconds -> seconds.matches("\\d{1,9}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static Kind kind(List<Throwable> chain) {
        // Nothing has been said on a connection that there is not: that is tried again as a failure of I/O.
        if (holds(chain, ConnectException.class)
                || holds(chain, UnknownHostException.class)
                || holds(chain, HttpConnectTimeoutException.class)) {
            return Kind.OTHER;
        }
        if (holds(chain, HttpTimeoutException.class)
                || holds(chain, SocketTimeoutException.class)
                || holds(chain, TimeoutException.class)) {
            return Kind.STALLED;
        }
        if (holds(chain, IOException.class)) {
            return Kind.CUT_SHORT;
        }
        return chain.stream().anyMatch(next -> next.getClass().getName().equals(RETRY + "TransientAiException"))
                ? Kind.OVERLOADED
                : Kind.OTHER;
    }

    private static boolean isOfRetry(Throwable failure) {
        return failure.getClass().getName().startsWith(RETRY);
    }

    private static boolean holds(List<Throwable> chain, Class<? extends Throwable> type) {
        return chain.stream().anyMatch(type::isInstance);
    }

    /** What a public method returns; empty if there is none, or it fails. */
    private static Optional<Object> call(Object target, String method, String... arguments) {
        return findPublic(target.getClass(), method, arguments.length).flatMap(found -> {
            try {
                return Optional.ofNullable(found.invoke(target, (Object[]) arguments));
            } catch (ReflectiveOperationException e) {
                return Optional.empty();
            }
        });
    }

    /** In a public class or interface: a method of another one cannot be called from here. */
    private static Optional<Method> findPublic(@Nullable Class<?> type, String name, int parameters) {
        if (type == null) {
            return Optional.empty();
        }
        for (Method method : Modifier.isPublic(type.getModifiers()) ? type.getMethods() : new Method[0]) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                return Optional.of(method);
            }
        }
        for (Class<?> shape : type.getInterfaces()) {
            Optional<Method> found = findPublic(shape, name, parameters);
            if (found.isPresent()) {
                return found;
            }
        }
        return findPublic(type.getSuperclass(), name, parameters);
    }
}
