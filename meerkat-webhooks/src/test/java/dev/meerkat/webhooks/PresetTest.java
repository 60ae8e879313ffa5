package dev.meerkat.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each sender's deliveries become. Commands of signatures are beside them. */
class PresetTest {
    private static final WebhookTarget TARGET = WebhookTarget.named("agent-a");
    private static final WebhookSecret SLACK = WebhookSecret.of("8f742231b10e8888abcd99yyyzzz85a5");

    private Hooks hooks;

    @BeforeEach
    void open() throws InterruptedException {
        hooks = new Hooks();
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    private ExternalEvent accepted(WebhookRoute route, WebhookRequest request) throws InterruptedException {
        WebhookResponse response = hooks.deliver(route, request);
        assertThat(response.result()).as(response.detail()).isEqualTo(WebhookResult.ACCEPTED);
        List<ExternalEvent> events = hooks.events();
        return events.get(events.size() - 1);
    }

    private static void assertEvent(ExternalEvent event, String type, String source, String key) {
        assertThat(event.eventType()).isEqualTo(type);
        assertThat(event.source()).isEqualTo(source);
        assertThat(event.idempotencyKey()).contains(key);
    }

    @Test
    void gitlab() throws InterruptedException {
        WebhookRoute route = WebhookRoute.gitlab("gitlab", TARGET, Hooks.SECRET);
        ExternalEvent event = accepted(
                route,
                Hooks.post(
                        "{\"object_kind\":\"push\"}",
                        "Content-Type",
                        "application/json",
                        "X-Gitlab-Token",
                        "a-secret",
                        "X-Gitlab-Event",
                        "Push Hook",
                        "Idempotency-Key",
                        "a5461c4d-9c7f-4af9-add6-cddebe3c426f"));
        assertEvent(event, "Push Hook", "gitlab", "a5461c4d-9c7f-4af9-add6-cddebe3c426f");

        ExternalEvent older = accepted(
                route,
                Hooks.post(
                        "{\"object_kind\":\"tag_push\"}", "X-Gitlab-Token", "a-secret", "X-Gitlab-Event", "Tag Hook"));
        assertThat(older.idempotencyKey().orElseThrow()).startsWith("sha256:");
    }

    @Test
    void stripe() throws InterruptedException {
        // printf %s '1492774577.{"id":"evt_1","type":"invoice.paid"}' | openssl dgst -sha256 -hmac whsec_test
        WebhookRequest request = Hooks.post(
                "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}",
                "Content-Type",
                "application/json; charset=utf-8",
                "Stripe-Signature",
                "t=1492774577,v1=83b3129007dff11c62f0b47e725eafbe8f760a6b99efc678e27cdfec56a43222");
        WebhookRoute route = WebhookRoute.stripe("stripe", TARGET, WebhookSecret.of("whsec_test"));
        assertThat(hooks.deliver(route, request).detail()).contains("timestamp");

        WebhookRoute patient =
                route.verifying(Verification.stripe(Duration.ofDays(9_999), WebhookSecret.of("whsec_test")));
        assertEvent(accepted(patient, request), "invoice.paid", "stripe", "evt_1");
    }

    @Test
    void slackEvents() throws InterruptedException {
        // printf %s "v0:1531420618:$BODY" | openssl dgst -sha256 -hmac 8f742231b10e8888abcd99yyyzzz85a5
        ExternalEvent event = accepted(
                WebhookRoute.slack("slack", TARGET, SLACK),
                Hooks.post(
                        "{\"type\":\"event_callback\",\"event_id\":\"Ev08MFMKH6\","
                                + "\"event\":{\"type\":\"app_mention\",\"text\":\"hi\"}}",
                        "Content-Type",
                        "application/json",
                        "X-Slack-Request-Timestamp",
                        "1531420618",
                        "X-Slack-Signature",
                        "v0=3fc7b2be8b5bfa037a604e1b42832bb89b11b73c4e1654404d8da15ff3e6647f"));
        assertEvent(event, "app_mention", "slack", "Ev08MFMKH6");
    }

    @Test
    void slackCommands() throws InterruptedException {
        // The example in Slack's documentation of verifying requests.
        ExternalEvent event = accepted(
                WebhookRoute.slack("slack", TARGET, SLACK),
                Hooks.post(
                        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
                                + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
                                + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
                                + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
                                + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "X-Slack-Request-Timestamp",
                        "1531420618",
                        "X-Slack-Signature",
                        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"));
        assertEvent(event, "/webhook-collect", "slack", "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");
        assertThat(event.payload().at("/user_name")).contains(Json.of("roadrunner"));
    }

    @Test
    void slackChallenge() throws InterruptedException {
        // printf %s "v0:1531420618:$BODY" | openssl dgst -sha256 -hmac 8f742231b10e8888abcd99yyyzzz85a5
        String challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
        String body = "{\"type\":\"url_verification\",\"challenge\":\"" + challenge + "\"}";
        String signature = "v0=2b617e8d1eba789c3e90a54b772adadfc772137987c87d3c1e4129005632e406";
        WebhookRoute route = WebhookRoute.slack("slack", TARGET, SLACK);
        WebhookResponse response = hooks.deliver(
                route,
                Hooks.post(
                        body,
                        "Content-Type",
                        "application/json",
                        "X-Slack-Request-Timestamp",
                        "1531420618",
                        "X-Slack-Signature",
                        signature));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(challenge);
        assertThat(response.headers()).containsEntry("Content-Type", "text/plain; charset=utf-8");
        assertThat(hooks.events()).isEmpty();
        assertThat(hooks.deliver(route, Hooks.json(body)).status()).isEqualTo(401);
    }

    @Test
    void sentry() throws InterruptedException {
        // printf %s '{"action":"created","data":{"issue":{"id":"7"}}}' | openssl dgst -sha256 -hmac client-secret
        ExternalEvent event = accepted(
                WebhookRoute.sentry("sentry", TARGET, WebhookSecret.of("client-secret")),
                Hooks.post(
                        "{\"action\":\"created\",\"data\":{\"issue\":{\"id\":\"7\"}}}",
                        "Content-Type",
                        "application/json",
                        "Sentry-Hook-Resource",
                        "issue",
                        "Sentry-Hook-Signature",
                        "a8341b79415e944f8b4928d3c54f64016c5585b2ea226b16da418ad41a90f82d"));
        assertThat(event.eventType()).isEqualTo("issue");
        assertThat(event.source()).isEqualTo("sentry");
    }

    @Test
    void pagerDuty() throws InterruptedException {
        // printf %s '{"event":{"id":"01E","event_type":"incident.triggered"}}' | openssl dgst -sha256 -hmac pd-secret
        ExternalEvent event = accepted(
                WebhookRoute.pagerDuty("pagerduty", TARGET, WebhookSecret.of("pd-secret")),
                Hooks.post(
                        "{\"event\":{\"id\":\"01E\",\"event_type\":\"incident.triggered\"}}",
                        "Content-Type",
                        "application/json",
                        "X-PagerDuty-Signature",
                        "v1=a7002e391e5da084eaafa10ec363a54df2b58423ea87b85c7795c98fcebb6451"));
        assertEvent(event, "incident.triggered", "pagerduty", "01E");
    }

    @Test
    void grafana() throws InterruptedException {
        // printf %s '{"status":"firing"}' | openssl dgst -sha256 -hmac grafana-secret
        Verification signed = Verification.hmac(WebhookPreset.GRAFANA_HEADER, WebhookSecret.of("grafana-secret"));
        ExternalEvent event = accepted(
                WebhookRoute.grafana("grafana", TARGET, signed),
                Hooks.post(
                        "{\"status\":\"firing\"}",
                        "Content-Type",
                        "application/json",
                        "X-Grafana-Alerting-Signature",
                        "bf139e3403a31e4b49defad120bc97d578b44bd35af83566821426b9bb7fc97d"));
        assertThat(event.eventType()).isEqualTo("alert_group");
        assertThat(event.source()).isEqualTo("grafana");
    }

    @Test
    void alertmanager() throws InterruptedException {
        WebhookRoute route = WebhookRoute.alertmanager("alerts", TARGET, Verification.bearer(Hooks.SECRET));
        WebhookRequest request = Hooks.post(
                "{\"version\":\"4\",\"status\":\"firing\",\"groupKey\":\"{}:{alertname=\\\"Down\\\"}\"}",
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer a-secret");
        ExternalEvent event = accepted(route, request);
        assertThat(event.eventType()).isEqualTo("alert_group");
        assertThat(event.source()).isEqualTo("alertmanager");
        assertThat(hooks.deliver(route, request).result()).isEqualTo(WebhookResult.DUPLICATE);

        WebhookRoute firing = route.type(DeliveryField.pointer("/status")).dropping("firing");
        assertThat(hooks.deliver(firing, request).result()).isEqualTo(WebhookResult.DROPPED);
    }

    @Test
    void standardWebhooks() throws InterruptedException {
        // The vector of the libraries of Standard Webhooks, of 2021.
        WebhookSecret secret = WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        WebhookRoute route = WebhookRoute.standardWebhooks("any", TARGET, secret)
                .verifying(Verification.standardWebhooks(Duration.ofDays(9_999), secret))
                .type(DeliveryField.firstOf(DeliveryField.pointer("/type"), DeliveryField.constant("test")));
        ExternalEvent event = accepted(
                route,
                Hooks.post(
                        "{\"test\": 2432232314}",
                        "Content-Type",
                        "application/json",
                        "webhook-id",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        "webhook-timestamp",
                        "1614265330",
                        "webhook-signature",
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assertEvent(event, "test", "any", "msg_p5jXN8AQM9LWM0D4loKWxJek");
    }

    @Test
    void cloudEventsOfBothFormsAreTheSame() throws InterruptedException {
        WebhookRoute route = WebhookRoute.cloudEvents("events", TARGET, Verification.none());
        String structured = "{\"specversion\":\"1.0\",\"type\":\"com.example.someevent\",\"id\":\"1234-1234-1234\","
                + "\"source\":\"/mycontext/subcontext\",\"time\":\"2018-04-05T03:56:24Z\","
                + "\"subject\":\"Euro € 😀\",\"datacontenttype\":\"application/json\",\"data\":{\"a\":1.50}}";
        ExternalEvent event = accepted(
                route,
                Hooks.post(
                        "{\"a\": 1.50}",
                        "Content-Type",
                        "application/json",
                        "ce-specversion",
                        "1.0",
                        "Ce-Type",
                        "com.example.someevent",
                        "CE-ID",
                        "1234-1234-1234",
                        "ce-source",
                        "/mycontext/subcontext",
                        "ce-time",
                        "\"2018-04-05T03:56:24Z\"",
                        "ce-subject",
                        "Euro%20%E2%82%AC%20%F0%9F%98%80"));
        assertEvent(event, "com.example.someevent", "/mycontext/subcontext", "/mycontext/subcontext 1234-1234-1234");
        assertThat(event.payload()).isEqualTo(Json.parse(structured));

        WebhookResponse again = hooks.deliver(
                route, Hooks.post(structured, "Content-Type", "application/cloudevents+json; charset=UTF-8"));
        assertThat(again.result()).isEqualTo(WebhookResult.DUPLICATE);
    }

    @Test
    void dataOfACloudEventThatIsNoJsonIsTextOrBase64() throws InterruptedException {
        WebhookRoute route = WebhookRoute.cloudEvents("events", TARGET, Verification.none());
        byte[] bytes = {(byte) 0xff, 0};
        assertThat(accepted(route, binary("1", new byte[0])).payload().at("/data"))
                .isEmpty();
        assertThat(accepted(route, binary("2", "hé".getBytes(StandardCharsets.UTF_8), "Content-Type", "text/plain"))
                        .payload()
                        .at("/data"))
                .contains(Json.of("hé"));
        assertThat(accepted(route, binary("3", bytes, "Content-Type", "image/png"))
                        .payload()
                        .at("/data_base64"))
                .contains(Json.of("/wA="));
        assertThat(accepted(route, binary("4", "[1]".getBytes(StandardCharsets.UTF_8)))
                        .payload()
                        .at("/data/0"))
                .contains(Json.of(1));
    }

    @Test
    void whatIsNoCloudEventOrABatchIsRefused() throws InterruptedException {
        WebhookRoute route = WebhookRoute.cloudEvents("events", TARGET, Verification.none());
        assertThat(hooks.deliver(route, Hooks.json("{}")).status()).isEqualTo(400);
        assertThat(hooks.deliver(route, Hooks.post("{}", "Content-Type", "application/cloudevents+json"))
                        .status())
                .isEqualTo(400);
        assertThat(hooks.deliver(route, Hooks.post("[]", "Content-Type", "application/cloudevents-batch+json"))
                        .status())
                .isEqualTo(415);
        assertThat(hooks.deliver(route, Hooks.post("x", "Content-Type", "application/cloudevents+avro"))
                        .status())
                .isEqualTo(415);
        assertThat(hooks.deliver(route, binary("%C0%A0", new byte[0])).status()).isEqualTo(400);
    }

    private static WebhookRequest binary(String id, byte[] body, String... more) {
        List<String> headers =
                new ArrayList<>(List.of("ce-specversion", "1.0", "ce-type", "t", "ce-source", "s", "ce-id", id));
        headers.addAll(List.of(more));
        return Hooks.post(body, headers.toArray(new String[0]));
    }
}
