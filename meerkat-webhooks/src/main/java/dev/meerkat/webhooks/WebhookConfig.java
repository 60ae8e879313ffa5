package dev.meerkat.webhooks;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routes and targets of notifications from a file of JSON, as {@code meerkat serve --webhooks} reads it. Unknown fields are refused by name, and
 * secrets stand in the environment or in files of their own, never in it.
 *
 * @param routes the routes, in the order of the file
 * @param notifications the targets of notifications, in the order of the file
 * @param variables the environment variables from which secrets were read
 */
public record WebhookConfig(List<WebhookRoute> routes, List<NotificationTarget> notifications, Set<String> variables) {
    private static final long MOST_BYTES = 1 << 20;
    private static final Set<String> ROUTE = Set.of(
            "preset",
            "session",
            "session_id",
            "create",
            "secrets",
            "verify",
            "type",
            "source",
            "key",
            "drop",
            "body",
            "keep",
            "max_body_bytes",
            "signed",
            "answers");
    private static final Set<String> SPEC = Set.of(
            "comms_name", "prompt", "keep_alive", "deferred", "model", "system_prompt", "labels", "instructions");

    /** Copies. */
    public WebhookConfig {
        routes = List.copyOf(routes);
        notifications = List.copyOf(notifications);
        variables = Set.copyOf(variables);
    }

    /**
     * Reads a file.
     *
     * @param file the file, in UTF-8; files of secrets are relative to its directory
     * @param realm the realm of the sessions that it names
     * @param environment the environment variables, such as {@link System#getenv()}
     * @return the routes
     * @throws InvalidFieldException if the file cannot be read, is not JSON, or something in it is not known, is missing,
     *     or cannot be; names the field by its path
     */
    public static WebhookConfig read(Path file, String realm, Map<String, String> environment) {
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidFieldException("webhooks file", file.toString(), "is over 1 MiB");
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InvalidFieldException("webhooks file", file.toString(), "does not exist", e);
        } catch (IOException e) {
            throw new InvalidFieldException("webhooks file", file.toString(), "cannot be read as UTF-8", e);
        }
        Json json;
        try {
            json = Json.parse(text);
        } catch (InvalidFieldException e) {
            throw new InvalidFieldException("webhooks file", file.toString(), "is not JSON: " + reason(e), e);
        }
        return parse(json, realm, new ConfigSecrets(file.toAbsolutePath().getParent(), environment));
    }

    /**
     * Reads routes from JSON that is in memory, in the form of the file.
     *
     * @param json the object with {@code routes} and {@code notifications}
     * @param realm the realm of the sessions that it names
     * @param environment where secrets named by {@code env} are
     * @return the routes
     * @throws InvalidFieldException if something in it is not known, is missing, or cannot be; names the field by its path
     */
    public static WebhookConfig of(Json json, String realm, Map<String, String> environment) {
        return parse(json, realm, new ConfigSecrets(null, environment));
    }

    /** What is wrong and where, without the text of the file, in which a secret could stand by mistake. */
    private static String reason(InvalidFieldException e) {
        return String.valueOf(e.getMessage()).replace(e.value(), "(text)");
    }

    private static WebhookConfig parse(Json json, String realm, ConfigSecrets secrets) {
        ConfigObject root = ConfigObject.of(ConfigObject.read(json), "", Set.of("routes", "notifications"));
        ConfigObject named = ConfigObject.of(root.value("routes").orElse(Map.of()), "routes");
        List<WebhookRoute> routes = new ArrayList<>();
        for (String name : named.names()) {
            ConfigObject object = ConfigObject.of(named.needed(name), named.path(name), ROUTE);
            routes.add(new RouteReader(object, secrets).route(name, target(object, realm)));
        }
        List<NotificationTarget> targets = NotificationReader.read(root, realm, secrets);
        if (!root.has("routes") && targets.isEmpty()) {
            throw ConfigObject.refused("routes", "or notifications must be given");
        }
        return new WebhookConfig(routes, targets, new LinkedHashSet<>(secrets.variables()));
    }

    private static WebhookTarget target(ConfigObject route, String realm) {
        List<String> ways = Arrays.asList("session", "session_id", "create");
        if (ways.stream().filter(route::has).count() != 1) {
            throw ConfigObject.refused(
                    route.path("session"), "or session_id or create must be given, and only one of them");
        }
        if (route.has("session")) {
            return WebhookTarget.named(realm, route.neededText("session"));
        }
        if (route.has("session_id")) {
            return WebhookTarget.of(SessionId.of(route.neededText("session_id")));
        }
        ConfigObject spec = ConfigObject.of(route.needed("create"), route.path("create"), SPEC);
        return WebhookTarget.created(spec(spec, realm));
    }

    private static SessionSpec spec(ConfigObject object, String realm) {
        SessionSpec spec = SessionSpec.ofPrompt(
                        new InputBody.Prompt(object.neededText("prompt"), List.of(), object.texts("instructions")))
                .withRealm(realm)
                .withCommsName(object.neededText("comms_name"))
                .withKeepAlive(object.flag("keep_alive").orElse(true));
        if (object.flag("deferred").orElse(false)) {
            spec = spec.withDeferredStart();
        }
        if (object.has("model")) {
            spec = spec.withModel(object.neededText("model"));
        }
        if (object.has("system_prompt")) {
            spec = spec.withSystemPrompt(object.neededText("system_prompt"));
        }
        if (object.has("labels")) {
            ConfigObject labels = ConfigObject.of(object.needed("labels"), object.path("labels"));
            spec = spec.withLabels(labels.texts());
        }
        return spec;
    }
}
