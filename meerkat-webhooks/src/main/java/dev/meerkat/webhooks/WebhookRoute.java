package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the deliveries of one sender are verified, keyed, and turned into external events of a session.
 *
 * <pre>{@code
 * WebhookRoute.github("github", WebhookTarget.named("agent-a"), secret).dropping("ping", "star")
 * }</pre>
 *
 * <p>The methods that change something return a changed copy. Immutable and thread-safe.
 */
public final class WebhookRoute {
    /** The bytes of a body that a route takes, unless it says another limit: 1 MiB. */
    public static final int BODY_BYTES = 1 << 20;

    /** The largest limit of bodies that a route can have: 25 MiB. */
    public static final int MOST_BODY_BYTES = 25 << 20;

    private static final int NAME_CHARS = 64;

    private final Parts parts;

    private WebhookRoute(Parts parts) {
        this.parts = parts;
    }

    /** A changeable copy, for the methods below only. */
    private static final class Parts {
        private final String name;
        private final WebhookTarget target;
        private Verification verification;
        private DeliveryField type;
        private DeliveryField source;
        private @Nullable DeliveryField key = DeliveryField.digest();
        private BodyFormat format = BodyFormat.BY_CONTENT_TYPE;
        private Set<String> dropped = Set.of();
        private List<String> kept = List.of();
        private int bodyBytes = BODY_BYTES;
        private boolean signedUnzipped;
        private boolean challenged;
        private Map<WebhookResult, Integer> statuses = Map.of();

        Parts(String name, WebhookTarget target, Verification verification) {
            this.name = checkedName(name);
            this.target = Objects.requireNonNull(target, "target");
            this.verification = Objects.requireNonNull(verification, "verification");
            this.type = DeliveryField.constant(name);
            this.source = DeliveryField.constant(name);
        }

        Parts(Parts other) {
            this(other.name, other.target, other.verification);
            this.type = other.type;
            this.source = other.source;
            this.key = other.key;
            this.format = other.format;
            this.dropped = other.dropped;
            this.kept = other.kept;
            this.bodyBytes = other.bodyBytes;
            this.signedUnzipped = other.signedUnzipped;
            this.challenged = other.challenged;
            this.statuses = other.statuses;
        }
    }

    /**
     * GitHub: the type is that of the header {@code X-GitHub-Event}, the key the id in {@code X-GitHub-Delivery}; drops
     * {@code ping}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the secret of the webhook's settings
     * @return the route
     */
    public static WebhookRoute github(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.GITHUB.route(name, target, Verification.github(secrets));
    }

    /**
     * GitLab: the type is that of the header {@code X-Gitlab-Event}, the key that of {@code Idempotency-Key}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the secret token of the webhook's settings
     * @return the route
     */
    public static WebhookRoute gitlab(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.GITLAB.route(name, target, Verification.gitlab(secrets));
    }

    /**
     * Stripe: type and key are {@code /type} and {@code /id} of the event.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the endpoint's signing secret
     * @return the route
     */
    public static WebhookRoute stripe(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.STRIPE.route(name, target, Verification.stripe(Verification.TOLERANCE, secrets));
    }

    /**
     * Slack: events, interactions and commands; answers the challenge of {@code url_verification}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the app's signing secret
     * @return the route
     */
    public static WebhookRoute slack(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.SLACK.route(name, target, Verification.slack(Verification.TOLERANCE, secrets));
    }

    /**
     * Sentry's integration platform: the type is that of the header {@code Sentry-Hook-Resource}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the integration's client secret
     * @return the route
     */
    public static WebhookRoute sentry(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.SENTRY.route(name, target, Verification.hmac(WebhookPreset.SENTRY_HEADER, secrets));
    }

    /**
     * PagerDuty's webhooks of version 3: type and key are {@code /event/event_type} and {@code /event/id}; drops {@code
     * pagey.ping}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets the secret of the webhook's subscription
     * @return the route
     */
    public static WebhookRoute pagerDuty(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.PAGERDUTY.route(name, target, Verification.hmac(WebhookPreset.PAGERDUTY_HEADER, secrets));
    }

    /**
     * A sender that keeps to Standard Webhooks: the type is {@code /type}, the key that of the header {@code webhook-id}.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param secrets secrets {@code whsec_...} or public keys {@code whpk_...}
     * @return the route
     */
    public static WebhookRoute standardWebhooks(String name, WebhookTarget target, WebhookSecret... secrets) {
        return WebhookPreset.STANDARD_WEBHOOKS.route(
                name, target, Verification.standardWebhooks(Verification.TOLERANCE, secrets));
    }

    /**
     * The alert groups of Prometheus Alertmanager, which signs nothing: {@link Verification#bearer} is what it can show.
     * The key is a digest of the body.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param verification how the sender is known
     * @return the route
     */
    public static WebhookRoute alertmanager(String name, WebhookTarget target, Verification verification) {
        return WebhookPreset.ALERTMANAGER.route(name, target, verification);
    }

    /**
     * The alert groups of Grafana's contact points. The key is a digest of the body.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param verification how the sender is known: {@link Verification#bearer}, or {@link Verification#hmac} with the
     *     header {@code X-Grafana-Alerting-Signature}
     * @return the route
     */
    public static WebhookRoute grafana(String name, WebhookTarget target, Verification verification) {
        return WebhookPreset.GRAFANA.route(name, target, verification);
    }

    /**
     * CloudEvents 1.0, structured or binary: type and source are the event's, the key is its source and id.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param verification how the sender is known
     * @return the route
     */
    public static WebhookRoute cloudEvents(String name, WebhookTarget target, Verification verification) {
        return WebhookPreset.CLOUDEVENTS.route(name, target, verification);
    }

    /**
     * Any other sender: type and source are the route's name, the key is a digest of the body.
     *
     * @param name the route's name, the last part of its URL
     * @param target the session
     * @param verification how the sender is known
     * @return the route
     */
    public static WebhookRoute generic(String name, WebhookTarget target, Verification verification) {
        return WebhookPreset.GENERIC.route(name, target, verification);
    }

    /** A route with nothing but what it must have. */
    static WebhookRoute plain(String name, WebhookTarget target, Verification verification) {
        return new WebhookRoute(new Parts(name, target, verification));
    }

    private static String checkedName(String name) {
        boolean plain = !name.isEmpty()
                && name.length() <= NAME_CHARS
                && name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)
                && name.chars().anyMatch(c -> c != '.');
        if (!plain) {
            throw new InvalidFieldException(
                    "route", name, "must be 1 to " + NAME_CHARS + " letters, digits, and any of - _ . ~");
        }
        return name;
    }

    private WebhookRoute changed(Consumer<Parts> change) {
        Parts copy = new Parts(parts);
        change.accept(copy);
        return new WebhookRoute(copy);
    }

    /**
     * With another verification.
     *
     * @param verification how the sender is known
     * @return a changed copy
     */
    public WebhookRoute verifying(Verification verification) {
        Objects.requireNonNull(verification, "verification");
        return changed(copy -> copy.verification = verification);
    }

    /**
     * With the event's type from somewhere else. A delivery without it is malformed; what is longer than {@link
     * dev.meerkat.api.Limits#NAME_CHARS} characters is cut.
     *
     * @param type where the type is
     * @return a changed copy
     */
    public WebhookRoute type(DeliveryField type) {
        Objects.requireNonNull(type, "type");
        return changed(copy -> copy.type = type);
    }

    /**
     * With the event's source from somewhere else. A delivery without it is malformed; what is longer than {@link
     * dev.meerkat.api.Limits#NAME_CHARS} characters is cut.
     *
     * @param source where the source is
     * @return a changed copy
     */
    public WebhookRoute source(DeliveryField source) {
        Objects.requireNonNull(source, "source");
        return changed(copy -> copy.source = source);
    }

    /**
     * With the idempotency key from somewhere else: what stays the same when a delivery is repeated, and differs
     * otherwise. A delivery without it is malformed; for one longer than {@link dev.meerkat.api.Limits#KEY_BYTES}, its
     * digest is taken.
     *
     * @param key where the key is
     * @return a changed copy
     */
    public WebhookRoute key(DeliveryField key) {
        Objects.requireNonNull(key, "key");
        return changed(copy -> copy.key = key);
    }

    /**
     * Without a key: each delivery counts, a repeated one too.
     *
     * @return a changed copy
     */
    public WebhookRoute withoutKey() {
        return changed(copy -> copy.key = null);
    }

    /**
     * Takes bodies for something else than what {@code Content-Type} says.
     *
     * @param format what bodies are
     * @return a changed copy
     */
    public WebhookRoute body(BodyFormat format) {
        Objects.requireNonNull(format, "format");
        return changed(copy -> copy.format = format);
    }

    /**
     * Answers deliveries of some types with 2xx and does nothing else; in place of the types that were dropped before.
     *
     * @param types the types; none to drop nothing
     * @return a changed copy
     */
    public WebhookRoute dropping(String... types) {
        Set<String> dropped = Set.of(types);
        return changed(copy -> copy.dropped = dropped);
    }

    /**
     * Keeps some parts of the payload only, as objects within objects, so that deliveries fit into an event that are
     * larger than {@link dev.meerkat.api.Limits#MESSAGE_BYTES}.
     *
     * @param pointers JSON pointers (RFC 6901) to the parts, none of which leads into another; none to keep all
     * @return a changed copy
     * @throws InvalidFieldException if one is malformed, or leads into another
     */
    public WebhookRoute keeping(String... pointers) {
        for (String pointer : pointers) {
            DeliveryField.checkedPointer(pointer);
            boolean nested = Arrays.stream(pointers).anyMatch(other -> pointer.startsWith(other + "/"))
                    || Arrays.stream(pointers).filter(pointer::equals).count() > 1;
            if (nested) {
                throw new InvalidFieldException("keep", pointer, "leads into another part that is kept");
            }
        }
        List<String> kept = List.of(pointers);
        return changed(copy -> copy.kept = kept);
    }

    /**
     * With another limit for bodies, as they come and unzipped.
     *
     * @param bytes from 1 to {@link #MOST_BODY_BYTES}
     * @return a changed copy
     * @throws InvalidFieldException if it is out of range
     */
    public WebhookRoute maxBodyBytes(int bytes) {
        if (bytes < 1 || bytes > MOST_BODY_BYTES) {
            throw new InvalidFieldException(
                    "max_body_bytes", Integer.toString(bytes), "must be from 1 to " + MOST_BODY_BYTES);
        }
        return changed(copy -> copy.bodyBytes = bytes);
    }

    /**
     * For a sender that signs a body before it compresses it: it is unzipped, within the limit, before its signature is
     * checked.
     *
     * @return a changed copy
     */
    public WebhookRoute signedBeforeCompression() {
        return changed(copy -> copy.signedUnzipped = true);
    }

    /** Answers Slack's challenge. */
    WebhookRoute challenged() {
        return changed(copy -> copy.challenged = true);
    }

    /**
     * Answers a result with another status of HTTP. What was taken can have a status of 2xx only, and a refusal one of 4xx
     * or 5xx: nothing is lost because of a wrong status.
     *
     * @param result the result
     * @param status the status
     * @return a changed copy
     * @throws InvalidFieldException if the status does not fit the result
     */
    public WebhookRoute answering(WebhookResult result, int status) {
        boolean fits = result.isTaken() ? status >= 200 && status < 300 : status >= 400 && status < 600;
        if (!fits) {
            throw new InvalidFieldException(
                    "answers." + result.text(),
                    Integer.toString(status),
                    "must be from " + (result.isTaken() ? "200 to 299" : "400 to 599"));
        }
        Map<WebhookResult, Integer> statuses = new EnumMap<>(WebhookResult.class);
        statuses.putAll(parts.statuses);
        statuses.put(result, status);
        return changed(copy -> copy.statuses = Map.copyOf(statuses));
    }

    /**
     * The last part of the route's URL.
     *
     * @return the name
     */
    public String name() {
        return parts.name;
    }

    /**
     * The most bytes of a body, as it comes and unzipped.
     *
     * @return the limit
     */
    public int maxBodyBytes() {
        return parts.bodyBytes;
    }

    WebhookTarget target() {
        return parts.target;
    }

    Verification verification() {
        return parts.verification;
    }

    DeliveryField type() {
        return parts.type;
    }

    DeliveryField source() {
        return parts.source;
    }

    Optional<DeliveryField> key() {
        return Optional.ofNullable(parts.key);
    }

    BodyFormat format() {
        return parts.format;
    }

    List<String> kept() {
        return parts.kept;
    }

    boolean drops(String type) {
        return parts.dropped.contains(type);
    }

    boolean isSignedUnzipped() {
        return parts.signedUnzipped;
    }

    boolean isChallenged() {
        return parts.challenged;
    }

    int status(WebhookResult result) {
        return parts.statuses.getOrDefault(result, result.status());
    }

    /** Name, target and verification, without secrets. */
    @Override
    public String toString() {
        return "WebhookRoute[" + parts.name + " to " + parts.target + ", verified by " + parts.verification + "]";
    }
}
