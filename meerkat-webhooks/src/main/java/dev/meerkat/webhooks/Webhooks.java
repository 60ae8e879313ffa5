package dev.meerkat.webhooks;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.TraceContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the deliveries of webhooks and appends them to sessions as external events. It has no server: a servlet, a
 * controller, or the server of {@code meerkat serve} gives it the request and sends what it answers.
 *
 * <pre>{@code
 * Webhooks webhooks = Webhooks.of(meerkat, List.of(WebhookRoute.github("github", WebhookTarget.named("agent-a"), secret)));
 * WebhookResponse response = webhooks.handle("github", new WebhookRequest(method, headers, body));
 * }</pre>
 *
 * <p>When a delivery is answered with 2xx, its event is as durable as the session's store makes it, or there was nothing to
 * keep. Immutable and thread-safe.
 */
public final class Webhooks {
    /** A session that is archived while a delivery comes in is looked up again so often. */
    private static final int ATTEMPTS = 3;

    private final Meerkat meerkat;
    private final Map<String, WebhookRoute> routes;
    private final InstantSource clock;

    private Webhooks(Meerkat meerkat, Map<String, WebhookRoute> routes, InstantSource clock) {
        this.meerkat = meerkat;
        this.routes = routes;
        this.clock = clock;
    }

    /**
     * Takes deliveries for the sessions of a Meerkat.
     *
     * @param meerkat where the sessions are; it is not closed
     * @param routes the routes, each with a name of its own
     * @return what takes them, by the clock of the system
     * @throws InvalidFieldException if two routes have the same name
     */
    public static Webhooks of(Meerkat meerkat, Collection<WebhookRoute> routes) {
        Map<String, WebhookRoute> byName = new LinkedHashMap<>();
        for (WebhookRoute route : routes) {
            if (byName.putIfAbsent(route.name(), route) != null) {
                throw new InvalidFieldException("route", route.name(), "is there more than once");
            }
        }
        return new Webhooks(Objects.requireNonNull(meerkat, "meerkat"), byName, Clock.systemUTC());
    }

    /**
     * By another clock, which says when deliveries arrive.
     *
     * @param clock the clock
     * @return a changed copy
     */
    public Webhooks clock(InstantSource clock) {
        return new Webhooks(meerkat, routes, Objects.requireNonNull(clock, "clock"));
    }

    /**
     * All routes.
     *
     * @return unmodifiable, in order
     */
    public List<WebhookRoute> routes() {
        return List.copyOf(routes.values());
    }

    /**
     * A route, from which a server learns how much of a body to read.
     *
     * @param name the route's name
     * @return the route, or empty if there is none
     */
    public Optional<WebhookRoute> route(String name) {
        return Optional.ofNullable(routes.get(name));
    }

    /**
     * Takes a delivery. Whatever is wrong with it, or fails within, becomes an answer.
     *
     * @param route the name of the route, as it stands in the URL, decoded
     * @param request the delivery
     * @return what its sender is to be answered
     * @throws InterruptedException if interrupted while waiting; the event may have been taken, so answer 5xx, and the
     *     sender comes again
     */
    public WebhookResponse handle(String route, WebhookRequest request) throws InterruptedException {
        Instant receivedAt = clock.instant();
        WebhookRoute found = routes.get(route);
        if (found == null) {
            Refusal refusal = Refusal.of(WebhookResult.UNKNOWN_ROUTE, "there is no such route");
            return WebhookResponse.refused(refusal, refusal.result().status());
        }
        Refusal refusal;
        TraceContext.Scope scope = TraceContext.enter(trace(request));
        try {
            return take(found, request, receivedAt);
        } catch (Refusal e) {
            refusal = e;
        } catch (SessionNotFoundException e) {
            refusal = Refusal.of(WebhookResult.NO_SESSION, "the target session is not there");
        } catch (SessionArchivedException e) {
            refusal = Refusal.of(WebhookResult.ARCHIVED, "the target session is archived");
        } catch (InvalidFieldException e) {
            refusal = Refusal.malformed(String.valueOf(e.getMessage()));
        } catch (NotDoneException e) {
            refusal = Refusal.of(WebhookResult.NOT_DONE, "not done: " + e.code());
        } catch (RuntimeException e) {
            refusal = Refusal.of(WebhookResult.UNKNOWN, e.toString());
        } finally {
            scope.close();
        }
        return WebhookResponse.refused(refusal, found.status(refusal.result()));
    }

    /** A trace that cannot be read, or is there twice, is none: it is no reason to refuse a delivery. */
    private static @Nullable TraceContext trace(WebhookRequest request) {
        List<String> parents = request.headers("traceparent");
        String parent = parents.size() == 1 ? parents.get(0) : null;
        return TraceContext.parse(parent, String.join(",", request.headers("tracestate")))
                .or(TraceContext::current)
                .orElse(null);
    }

    private WebhookResponse take(WebhookRoute route, WebhookRequest request, Instant receivedAt)
            throws InterruptedException {
        byte[] body = verified(route, request, receivedAt);
        DeliveryContent content = DeliveryBodies.content(request, body, route.format());
        if (route.isChallenged()
                && content.text("/type").filter("url_verification"::equals).isPresent()) {
            return WebhookResponse.challenge(needed(content.text("/challenge"), "a challenge in /challenge"));
        }
        VerifiedDelivery delivery = new VerifiedDelivery(request, body, content);
        String type = needed(route.type().read(delivery), "a type: " + route.type());
        if (route.drops(type)) {
            return WebhookResponse.dropped(route.status(WebhookResult.DROPPED), type);
        }
        String source = needed(route.source().read(delivery), "a source: " + route.source());
        return sent(route, event(route, delivery.of(type, source)));
    }

    /** The body, unzipped. Nothing is read of it before it is known who has sent it. */
    private static byte[] verified(WebhookRoute route, WebhookRequest request, Instant receivedAt) {
        if (!request.method().equals("POST")) {
            throw Refusal.of(WebhookResult.WRONG_METHOD, "only POST is taken");
        }
        int limit = route.maxBodyBytes();
        if (request.body().length > limit) {
            throw DeliveryBodies.tooLarge(limit);
        }
        if (route.isSignedUnzipped()) {
            byte[] unzipped = DeliveryBodies.unzipped(request, limit);
            verify(route, request, unzipped, receivedAt);
            return unzipped;
        }
        verify(route, request, request.body(), receivedAt);
        return DeliveryBodies.unzipped(request, limit);
    }

    private static void verify(WebhookRoute route, WebhookRequest request, byte[] signed, Instant receivedAt) {
        try {
            route.verification().check(request, signed, receivedAt);
        } catch (Refusal e) {
            throw Refusal.unauthorized(e.message());
        }
    }

    private static String needed(Optional<String> text, String what) {
        return text.orElseThrow(() -> Refusal.malformed("the delivery does not have " + what));
    }

    private static ExternalEvent event(WebhookRoute route, VerifiedDelivery delivery) {
        Json payload = delivery.content().payload(route.kept());
        ExternalEvent event =
                ExternalEvent.genericJson(cut(delivery.eventType()), payload).withSource(cut(delivery.source()));
        return route.key()
                .map(key -> needed(key.read(delivery), "a key: " + key))
                .map(key -> event.withIdempotencyKey(fitting(key)))
                .orElse(event);
    }

    private static String cut(String name) {
        if (name.length() <= Limits.NAME_CHARS) {
            return name;
        }
        int end = Limits.NAME_CHARS - 1;
        return name.substring(0, Character.isHighSurrogate(name.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    private static String fitting(String key) {
        boolean fits = key.getBytes(StandardCharsets.UTF_8).length <= Limits.KEY_BYTES
                && key.chars().noneMatch(Character::isISOControl);
        return fits ? key : VerifiedDelivery.digest(key);
    }

    private WebhookResponse sent(WebhookRoute route, ExternalEvent event) throws InterruptedException {
        EventOutcome outcome = send(route.target(), event);
        if (outcome instanceof EventOutcome.Accepted accepted) {
            WebhookResult result = WebhookResult.ACCEPTED;
            return WebhookResponse.taken(result, route.status(result), accepted.inputId());
        }
        if (outcome instanceof EventOutcome.Duplicate duplicate) {
            WebhookResult result = WebhookResult.DUPLICATE;
            return WebhookResponse.taken(result, route.status(result), Optional.of(duplicate.inputId()));
        }
        if (outcome instanceof EventOutcome.Refused refused) {
            throw Refusal.busy("the session's lane is full", refused.retryAfter());
        }
        throw Refusal.of(WebhookResult.CONFLICT, "the same key came before with other content");
    }

    private EventOutcome send(WebhookTarget target, ExternalEvent event) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return target.open(meerkat).sendExternalEvent(event);
            } catch (SessionArchivedException e) {
                // Between the look-up and the event; another session may have the name now.
                if (!target.isByName()) {
                    throw e;
                }
            } catch (SessionNotFoundException e) {
                // Somebody else has created and archived it meanwhile.
                if (!target.isCreated()) {
                    throw e;
                }
            } catch (InvalidFieldException e) {
                // The event is well made: it is the route or its target that does not fit, which is not the sender's
                // fault.
                throw Refusal.of(WebhookResult.NOT_DONE, "not done: " + e.getMessage());
            }
        }
        throw Refusal.of(WebhookResult.NOT_DONE, "the target session was archived again and again");
    }
}
