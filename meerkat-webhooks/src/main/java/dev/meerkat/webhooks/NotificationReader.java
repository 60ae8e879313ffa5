package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the targets of notifications of a configuration. */
final class NotificationReader {
    private static final Set<String> TARGET = Set.of("url", "secrets", "types", "session");

    private NotificationReader() {}

    static List<NotificationTarget> read(ConfigObject root, String realm, ConfigSecrets secrets) {
        List<NotificationTarget> targets = new ArrayList<>();
        if (root.has("notifications")) {
            ConfigObject named = ConfigObject.of(root.needed("notifications"), root.path("notifications"));
            for (String name : named.names()) {
                targets.add(
                        target(ConfigObject.of(named.needed(name), named.path(name), TARGET), name, realm, secrets));
            }
        }
        return targets;
    }

    private static NotificationTarget target(ConfigObject target, String name, String realm, ConfigSecrets secrets) {
        WebhookSecret[] all = secrets.read(target, "secrets");
        Set<String> types =
                target.has("types") ? new LinkedHashSet<>(target.texts("types")) : NotificationTarget.DEFAULT_TYPES;
        Optional<String> session = target.text("session");
        try {
            return new NotificationTarget(name, url(target), List.of(all), types, realm, session);
        } catch (InvalidFieldException e) {
            throw new InvalidFieldException(target.path(e.field()), e.value(), "cannot be: " + e.getMessage(), e);
        }
    }

    private static URI url(ConfigObject target) {
        String text = target.neededText("url");
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidFieldException("url", text, "is no URL", e);
        }
    }
}
