package dev.meerkat.springboot;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.springboot.WebhookProperties.Create;
import dev.meerkat.springboot.WebhookProperties.Field;
import dev.meerkat.springboot.WebhookProperties.Route;
import dev.meerkat.springboot.WebhookProperties.Target;
import dev.meerkat.springboot.WebhookProperties.Verify;
import dev.meerkat.webhooks.WebhookConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes routes and targets of properties, by giving them the form of the file that {@code meerkat serve} reads. */
final class WebhookRoutes {
    /** What the secrets of the properties are called in that form, in which no secret stands itself. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    private WebhookRoutes() {}

    static WebhookConfig of(WebhookProperties properties) {
        WebhookRoutes reader = new WebhookRoutes();
        Map<String, Object> routes = new LinkedHashMap<>();
        properties.routes().forEach((name, route) -> routes.put(name, reader.route(name, route)));
        Map<String, Object> targets = new LinkedHashMap<>();
        properties.notifications().forEach((name, target) -> targets.put(name, reader.target(name, target)));
        try {
            Json form = Json.of(Map.of("routes", routes, "notifications", targets));
            return WebhookConfig.of(form, properties.realm(), reader.secrets);
        } catch (InvalidFieldException e) {
            IllegalStateException refusal = new IllegalStateException("meerkat.webhooks." + e.getMessage());
            refusal.addSuppressed(e);
            throw refusal;
        }
    }

    private Map<String, Object> route(String name, Route route) {
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "preset", route.preset());
        put(object, "session", route.session());
        put(object, "session_id", route.sessionId());
        put(object, "create", create(route.create()));
        put(object, "secrets", secrets("meerkat.webhooks.routes." + name + ".secrets", route.secrets()));
        put(object, "verify", verify(route.verify()));
        put(object, "type", fields(route.type()));
        put(object, "source", fields(route.source()));
        put(object, "key", fields(route.key()));
        put(object, "drop", route.drop());
        put(object, "body", route.body());
        put(object, "keep", route.keep());
        put(object, "max_body_bytes", route.maxBodyBytes());
        put(object, "signed", route.signed());
        put(object, "answers", answers(route.answers()));
        return object;
    }

    private Map<String, Object> target(String name, Target target) {
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "url", target.url());
        put(object, "secrets", secrets("meerkat.webhooks.notifications." + name + ".secrets", target.secrets()));
        put(object, "types", target.types());
        put(object, "session", target.session());
        return object;
    }

    private static void put(Map<String, Object> object, String name, @Nullable Object value) {
        if (value != null) {
            object.put(name, value);
        }
    }

    private static @Nullable Map<String, Object> create(@Nullable Create create) {
        if (create == null) {
            return null;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "comms_name", create.commsName());
        put(object, "prompt", create.prompt());
        put(object, "keep_alive", create.keepAlive());
        put(object, "deferred", create.deferred());
        put(object, "model", create.model());
        put(object, "system_prompt", create.systemPrompt());
        put(object, "labels", create.labels());
        put(object, "instructions", create.instructions());
        return object;
    }

    private @Nullable List<Object> secrets(String property, @Nullable List<String> texts) {
        if (texts == null) {
            return null;
        }
        List<Object> named = new ArrayList<>();
        for (String text : texts) {
            String name = property + "[" + named.size() + "]";
            secrets.put(name, text);
            named.add(Map.of("env", name));
        }
        return named;
    }

    private static @Nullable Object verify(@Nullable Verify verify) {
        if (verify == null) {
            return null;
        }
        if ("none".equals(verify.scheme())) {
            return "none";
        }
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "scheme", verify.scheme());
        put(object, "header", verify.header());
        put(object, "hash", verify.hash());
        put(object, "encoding", verify.encoding());
        put(object, "prefix", verify.prefix());
        put(object, "timestamp_header", verify.timestampHeader());
        put(object, "timestamp_separator", verify.timestampSeparator());
        put(object, "tolerance_seconds", verify.toleranceSeconds());
        return object;
    }

    private static @Nullable Object fields(@Nullable List<Field> fields) {
        if (fields == null) {
            return null;
        }
        List<Object> all = fields.stream().map(WebhookRoutes::field).toList();
        return all.size() == 1 ? all.get(0) : all;
    }

    private static Object field(Field field) {
        String word = field.word();
        if (word != null) {
            return word;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "header", field.header());
        put(object, "pointer", field.pointer());
        put(object, "constant", field.constant());
        List<Field> joined = field.joined();
        put(
                object,
                "joined",
                joined == null
                        ? null
                        : joined.stream().map(WebhookRoutes::field).toList());
        return object;
    }

    /** Keys of properties lose their underscores, so they may have hyphens. */
    private static @Nullable Map<String, Object> answers(@Nullable Map<String, Integer> answers) {
        if (answers == null) {
            return null;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        answers.forEach((result, status) -> object.put(result.replace('-', '_'), status));
        return object;
    }
}
