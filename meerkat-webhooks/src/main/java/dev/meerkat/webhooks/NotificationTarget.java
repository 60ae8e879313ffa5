package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionSpec;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where notifications go, and of what. The {@code with} methods return a changed copy. Immutable and thread-safe.
 *
 * @param name what it is called: its positions are kept under this name, so a changed name begins anew
 * @param url the address; {@code https}, or {@code http} to the own machine
 * @param secrets what notifications are signed with, each in the form {@code whsec_} and base64; several while the receiver
 *     replaces one
 * @param types types of events, by their names on the wire such as {@code turn_completed}
 * @param realm the realm of the sessions
 * @param session the comms name of the only session; empty for all of the realm
 */
public record NotificationTarget(
        String name, URI url, List<WebhookSecret> secrets, Set<String> types, String realm, Optional<String> session) {
    /** The end of a turn, an input that is given up, and a session that waits for somebody. */
    public static final Set<String> DEFAULT_TYPES =
            Set.of("turn_completed", "turn_failed", "turn_interrupted", "input_dead_lettered", "session_parked");

    private static final Set<String> KNOWN_TYPES = Set.of(
            "turn_completed",
            "turn_failed",
            "turn_interrupted",
            "turn_started",
            "input_admitted",
            "input_consumed",
            "input_set_aside",
            "input_dead_lettered",
            "input_redriven",
            "input_discarded",
            "input_expired",
            "session_parked",
            "session_unparked",
            "lifecycle",
            "tool_called",
            "peer_sent",
            "peer_send_failed",
            "reply_received");

    /** Checks and copies. */
    public NotificationTarget {
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new InvalidFieldException(
                    "name", name, "must have 1 to 100 letters, digits, dots, hyphens and underscores");
        }
        checkUrl(url);
        secrets = List.copyOf(secrets);
        if (secrets.isEmpty()) {
            throw new InvalidFieldException("secrets", "[]", "must not be empty");
        }
        secrets.forEach(SignatureKey::standardWebhooksKey);
        types = Set.copyOf(types);
        for (String type : types) {
            if (!KNOWN_TYPES.contains(type)) {
                throw ConfigObject.unknown(
                        "types", type, KNOWN_TYPES.stream().sorted().toList());
            }
        }
        Objects.requireNonNull(realm, "realm");
        Objects.requireNonNull(session, "session");
    }

    /**
     * Notifications of all sessions of the default realm.
     *
     * @param name what it is called
     * @param url the address
     * @param secret what notifications are signed with
     * @return the target, for {@link #DEFAULT_TYPES}
     * @throws InvalidFieldException if a part cannot be
     */
    public static NotificationTarget of(String name, URI url, WebhookSecret secret) {
        return new NotificationTarget(
                name, url, List.of(secret), DEFAULT_TYPES, SessionSpec.DEFAULT_REALM, Optional.empty());
    }

    /**
     * Of other events.
     *
     * @param other types of events
     * @return a changed copy
     */
    public NotificationTarget withTypes(Set<String> other) {
        return new NotificationTarget(name, url, secrets, other, realm, session);
    }

    /**
     * Of one session only.
     *
     * @param commsName its name
     * @return a changed copy
     */
    public NotificationTarget withSession(String commsName) {
        return new NotificationTarget(name, url, secrets, types, realm, Optional.of(commsName));
    }

    /** Only those who configure a target choose where it leads, and nothing may be read on the way. */
    private static void checkUrl(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (host == null || url.getUserInfo() != null || url.getFragment() != null) {
            throw new InvalidFieldException(
                    "url", url.toString(), "must have a host, and neither a user nor a fragment");
        }
        boolean local = Set.of("localhost", "127.0.0.1", "[::1]").contains(host.toLowerCase(Locale.ROOT));
        if (!scheme.equals("https") && !(scheme.equals("http") && local)) {
            throw new InvalidFieldException(
                    "url", url.toString(), "must be https, or http to localhost, 127.0.0.1 or [::1]");
        }
    }
}
