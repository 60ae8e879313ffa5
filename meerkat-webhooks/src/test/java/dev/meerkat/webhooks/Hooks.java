package dev.meerkat.webhooks;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A runtime with one session, and deliveries to it. */
final class Hooks implements AutoCloseable {
    static final Instant NOW = Instant.ofEpochSecond(1_531_420_618);
    static final WebhookSecret SECRET = WebhookSecret.of("a-secret");

    /** Its inputs wait, so that they can be looked at. */
    static final SessionSpec WAITING =
            SessionSpec.ofPrompt("You are a coordinator.").withDeferredStart().withCommsName("agent-a");

    final Meerkat meerkat;
    final Session session;

    Hooks() throws InterruptedException {
        this(RuntimeLimits.defaults());
    }

    Hooks(RuntimeLimits limits) throws InterruptedException {
        meerkat = MeerkatRuntime.of(turn -> "ok").limits(limits).open();
        session = meerkat.create(WAITING);
    }

    /** A delivery to a route of its own. */
    WebhookResponse deliver(WebhookRoute route, WebhookRequest request) throws InterruptedException {
        return Webhooks.of(meerkat, List.of(route)).clock(() -> NOW).handle(route.name(), request);
    }

    /** What the session got, oldest first. */
    List<ExternalEvent> events() throws InterruptedException {
        return events(session);
    }

    static List<ExternalEvent> events(Session session) throws InterruptedException {
        List<ExternalEvent> found = new ArrayList<>();
        for (AdmittedInput input : inputs(session)) {
            if (input.body() instanceof InputBody.External external) {
                found.add(external.event());
            }
        }
        return found;
    }

    /** The traces of its events, oldest first. */
    List<Optional<TraceContext>> traces() throws InterruptedException {
        return inputs(session).stream()
                .filter(input -> input.body() instanceof InputBody.External)
                .map(AdmittedInput::trace)
                .toList();
    }

    private static List<AdmittedInput> inputs(Session session) throws InterruptedException {
        List<AdmittedInput> found = new ArrayList<>();
        try (EventStream events = session.events(Cursor.START)) {
            Optional<SessionEvent> next = events.next(Duration.ZERO);
            while (next.isPresent()) {
                if (next.get() instanceof SessionEvent.InputAdmitted admitted) {
                    found.add(admitted.input());
                }
                next = events.next(Duration.ZERO);
            }
        }
        return found;
    }

    static WebhookRequest post(byte[] body, String... headers) {
        Map<String, List<String>> lists = new TreeMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            lists.computeIfAbsent(headers[i], name -> new ArrayList<>()).add(headers[i + 1]);
        }
        return new WebhookRequest("POST", lists, body);
    }

    static WebhookRequest post(String body, String... headers) {
        return post(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static WebhookRequest json(String body) {
        return post(body, "Content-Type", "application/json");
    }

    /** A delivery as GitHub sends it, signed with {@link #SECRET}. */
    static WebhookRequest github(String event, String delivery, byte[] body, String... more) {
        List<String> headers = new ArrayList<>(List.of(
                "X-GitHub-Event", event, "X-GitHub-Delivery", delivery, "X-Hub-Signature-256", signature(body)));
        headers.addAll(List.of(more));
        if (!headers.contains("Content-Type")) {
            headers.addAll(List.of("Content-Type", "application/json"));
        }
        return post(body, headers.toArray(new String[0]));
    }

    static WebhookRequest github(String event, String delivery, String body) {
        return github(event, delivery, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("a-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static WebhookRoute toGithub() {
        return WebhookRoute.github("github", WebhookTarget.named("agent-a"), SECRET);
    }

    static WebhookRoute open() {
        return WebhookRoute.generic("open", WebhookTarget.named("agent-a"), Verification.none());
    }

    @Override
    public void close() {
        meerkat.close();
    }
}
