package dev.meerkat.webhooks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the secrets that a configuration names. */
final class ConfigSecrets {
    private final @Nullable Path directory;
    private final Map<String, String> environment;
    private final Set<String> variables = new LinkedHashSet<>();

    ConfigSecrets(@Nullable Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    /** The variables that were read so far. */
    Set<String> variables() {
        return variables;
    }

    /** The list in a field, with at least one. */
    WebhookSecret[] read(ConfigObject object, String field) {
        String path = object.path(field);
        List<WebhookSecret> secrets = new ArrayList<>();
        for (Object value : ConfigObject.list(object.needed(field), path)) {
            secrets.add(secret(value, path + "[" + secrets.size() + "]"));
        }
        if (secrets.isEmpty()) {
            throw ConfigObject.refused(path, "must not be empty");
        }
        return secrets.toArray(new WebhookSecret[0]);
    }

    private WebhookSecret secret(Object value, String path) {
        if (value instanceof String) {
            throw ConfigObject.refused(
                    path, "must be {\"env\": NAME} or {\"file\": PATH}: a secret does not stand in this file itself");
        }
        ConfigObject object = ConfigObject.of(value, path, Set.of("env", "file"));
        if (object.has("env") == object.has("file")) {
            throw ConfigObject.refused(path, "must have either env or file");
        }
        if (object.has("file")) {
            Path file = Path.of(object.neededText("file"));
            return WebhookSecret.ofFile(object.path("file"), directory == null ? file : directory.resolve(file));
        }
        String name = object.neededText("env");
        variables.add(name);
        return WebhookSecret.ofVariable(object.path("env"), name, environment);
    }
}
