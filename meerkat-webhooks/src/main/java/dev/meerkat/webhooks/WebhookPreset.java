package dev.meerkat.webhooks;

import java.util.Locale;

/** What is known of the deliveries of a sender. */
enum WebhookPreset {
    GITHUB,
    GITLAB,
    STRIPE,
    SLACK,
    ALERTMANAGER,
    SENTRY,
    GRAFANA,
    PAGERDUTY,
    CLOUDEVENTS,
    STANDARD_WEBHOOKS,
    GENERIC;

    static final HmacHeader GRAFANA_HEADER = HmacHeader.of("X-Grafana-Alerting-Signature");
    static final HmacHeader PAGERDUTY_HEADER =
            HmacHeader.of("X-PagerDuty-Signature").withPrefix("v1=");
    static final HmacHeader SENTRY_HEADER = HmacHeader.of("Sentry-Hook-Signature");

    /** A route with all that is known. */
    WebhookRoute route(String name, WebhookTarget target, Verification verification) {
        WebhookRoute plain = WebhookRoute.plain(name, target, verification);
        return switch (this) {
            case GITHUB ->
                of(plain, "github", DeliveryField.header("X-GitHub-Event"))
                        .key(DeliveryField.header("X-GitHub-Delivery"))
                        .dropping("ping");
            case GITLAB ->
                // GitLab has keys from 17.4 on; X-Gitlab-Event-UUID is shared by the deliveries of one event.
                of(plain, "gitlab", DeliveryField.header("X-Gitlab-Event"))
                        .key(DeliveryField.firstOf(DeliveryField.header("Idempotency-Key"), DeliveryField.digest()));
            case STRIPE -> of(plain, "stripe", DeliveryField.pointer("/type")).key(DeliveryField.pointer("/id"));
            case SLACK -> slack(plain);
            case ALERTMANAGER -> of(plain, "alertmanager", DeliveryField.constant("alert_group"));
            case SENTRY -> of(plain, "sentry", DeliveryField.header("Sentry-Hook-Resource"));
            case GRAFANA -> of(plain, "grafana", DeliveryField.constant("alert_group"));
            case PAGERDUTY ->
                of(plain, "pagerduty", DeliveryField.pointer("/event/event_type"))
                        .key(DeliveryField.pointer("/event/id"))
                        .dropping("pagey.ping");
            case CLOUDEVENTS ->
                plain.type(DeliveryField.pointer("/type"))
                        .source(DeliveryField.pointer("/source"))
                        .key(DeliveryField.joined(DeliveryField.pointer("/source"), DeliveryField.pointer("/id")))
                        .body(BodyFormat.CLOUD_EVENT);
            case STANDARD_WEBHOOKS ->
                plain.type(DeliveryField.pointer("/type")).key(DeliveryField.header("webhook-id"));
            case GENERIC -> plain;
        };
    }

    private static WebhookRoute of(WebhookRoute route, String source, DeliveryField type) {
        return route.source(DeliveryField.constant(source)).type(type);
    }

    /** Events have an id; interactions and commands have a trigger. */
    private static WebhookRoute slack(WebhookRoute route) {
        DeliveryField type = DeliveryField.firstOf(
                DeliveryField.pointer("/event/type"),
                DeliveryField.pointer("/type"),
                DeliveryField.pointer("/command"));
        return of(route, "slack", type)
                .key(DeliveryField.firstOf(
                        DeliveryField.pointer("/event_id"),
                        DeliveryField.pointer("/trigger_id"),
                        DeliveryField.digest()))
                .challenged();
    }

    /** The name in configuration. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
