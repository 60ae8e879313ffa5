package dev.meerkat.webhooks;

import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TraceContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs a notification as Standard Webhooks say, and sends it once. Follows no redirect, and reads no answer. */
final class NotificationSender {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String HMAC = "HmacSHA256";

    private final HttpClient http;
    private final InstantSource clock;

    NotificationSender(InstantSource clock) {
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /**
     * Sends one.
     *
     * @return the status of the answer
     * @throws IOException if there is none
     */
    int send(
            NotificationTarget target, SessionSnapshot session, SessionEvent.Logged event, Optional<TraceContext> trace)
            throws IOException, InterruptedException {
        String id = "evt_" + session.id() + "_" + event.cursor();
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        String body = body(session, event);
        String signed = id + "." + timestamp + "." + body;
        String signatures = target.secrets().stream()
                .map(secret -> "v1," + signature(secret, signed))
                .collect(Collectors.joining(" "));
        HttpRequest.Builder request = HttpRequest.newBuilder(target.url())
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("User-Agent", "meerkat")
                .header("webhook-id", id)
                .header("webhook-timestamp", timestamp)
                .header("webhook-signature", signatures)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        trace.ifPresent(context -> {
            request.header("traceparent", context.traceParent());
            context.traceState().ifPresent(state -> request.header("tracestate", state));
        });
        HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }

    /** What happened where, and nothing of what was said: who is allowed to know that can read it from the session. */
    private static String body(SessionSnapshot session, SessionEvent.Logged event) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("session_id", session.id().toString());
        session.commsName().ifPresent(name -> data.put("comms_name", name));
        data.put("realm", session.realm());
        data.put("cursor", event.cursor().sequence());
        Map<String, Object> body = new LinkedHashMap<>();
        Instant at = event.at();
        body.put("type", event.getType());
        body.put("timestamp", at.toString());
        body.put("data", data);
        return Json.of(body).text();
    }

    private static String signature(WebhookSecret secret, String signed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(SignatureKey.standardWebhooksKey(secret), HMAC));
            return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + HMAC, e);
        }
    }
}
