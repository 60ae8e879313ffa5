package dev.meerkat.webhooks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads one route of a configuration. */
final class RouteReader {
    private static final String SECRETS = "secrets";
    private static final String TOLERANCE = "tolerance_seconds";
    private static final Set<String> VERIFY = Set.of(
            "scheme", "header", "hash", "encoding", "prefix", "timestamp_header", "timestamp_separator", TOLERANCE);

    private final ConfigObject route;
    private final ConfigSecrets secrets;

    RouteReader(ConfigObject route, ConfigSecrets secrets) {
        this.route = route;
        this.secrets = secrets;
    }

    WebhookRoute route(String name, WebhookTarget target) {
        WebhookPreset preset =
                named(route.path("preset"), route.neededText("preset"), WebhookPreset.values(), WebhookPreset::text);
        WebhookRoute read = preset.route(name, target, verification(preset));
        if (route.has("type")) {
            read = read.type(field(route.needed("type"), route.path("type")));
        }
        if (route.has("source")) {
            read = read.source(field(route.needed("source"), route.path("source")));
        }
        if (route.has("key")) {
            read = route.needed("key").equals("none")
                    ? read.withoutKey()
                    : read.key(field(route.needed("key"), route.path("key")));
        }
        if (route.has("drop")) {
            read = read.dropping(route.texts("drop").toArray(new String[0]));
        }
        if (route.has("keep")) {
            read = read.keeping(route.texts("keep").toArray(new String[0]));
        }
        return bodies(answers(read));
    }

    private WebhookRoute bodies(WebhookRoute read) {
        WebhookRoute changed = read;
        if (route.has("body")) {
            changed = changed.body(
                    named(route.path("body"), route.neededText("body"), BodyFormat.values(), RouteReader::lower));
        }
        if (route.has("max_body_bytes")) {
            changed = changed.maxBodyBytes(route.number("max_body_bytes").orElseThrow());
        }
        if (route.has("signed")) {
            String signed = route.neededText("signed");
            if (signed.equals("unzipped")) {
                changed = changed.signedBeforeCompression();
            } else if (!signed.equals("as_sent")) {
                throw ConfigObject.unknown(route.path("signed"), signed, List.of("as_sent", "unzipped"));
            }
        }
        return changed;
    }

    private WebhookRoute answers(WebhookRoute read) {
        WebhookRoute changed = read;
        if (route.has("answers")) {
            ConfigObject answers = ConfigObject.of(route.needed("answers"), route.path("answers"));
            for (String name : answers.names()) {
                WebhookResult result = named(answers.path(name), name, WebhookResult.values(), WebhookResult::text);
                changed = changed.answering(result, answers.number(name).orElseThrow());
            }
        }
        return changed;
    }

    private Verification verification(WebhookPreset preset) {
        if (!route.has("verify")) {
            return byPreset(preset);
        }
        Object verify = route.needed("verify");
        if (verify.equals("none")) {
            if (route.has(SECRETS)) {
                throw ConfigObject.refused(route.path(SECRETS), "are given, but verify is none");
            }
            return Verification.none();
        }
        ConfigObject object = verify instanceof String scheme
                ? ConfigObject.of(Map.of("scheme", scheme), route.path("verify"), VERIFY)
                : ConfigObject.of(verify, route.path("verify"), VERIFY);
        return byScheme(object, secrets.read(route, SECRETS));
    }

    private Verification byPreset(WebhookPreset preset) {
        WebhookSecret[] all = secrets.read(route, SECRETS);
        return switch (preset) {
            case GITHUB -> Verification.github(all);
            case GITLAB -> Verification.gitlab(all);
            case STRIPE -> Verification.stripe(Verification.TOLERANCE, all);
            case SLACK -> Verification.slack(Verification.TOLERANCE, all);
            case SENTRY -> Verification.hmac(WebhookPreset.SENTRY_HEADER, all);
            case PAGERDUTY -> Verification.hmac(WebhookPreset.PAGERDUTY_HEADER, all);
            case STANDARD_WEBHOOKS -> Verification.standardWebhooks(Verification.TOLERANCE, all);
            case GRAFANA -> Verification.hmac(WebhookPreset.GRAFANA_HEADER, all);
            case ALERTMANAGER, CLOUDEVENTS, GENERIC -> Verification.bearer(all);
        };
    }

    private Verification byScheme(ConfigObject verify, WebhookSecret[] all) {
        String scheme = verify.neededText("scheme");
        return switch (scheme) {
            case "github" -> Verification.github(all);
            case "gitlab" -> Verification.gitlab(all);
            case "stripe" -> Verification.stripe(tolerance(verify), all);
            case "slack" -> Verification.slack(tolerance(verify), all);
            case "standard_webhooks" -> Verification.standardWebhooks(tolerance(verify), all);
            case "ed25519" ->
                Verification.ed25519(
                        verify.text("header").orElse("X-Signature-Ed25519"),
                        verify.text("timestamp_header").orElse("X-Signature-Timestamp"),
                        tolerance(verify),
                        all);
            case "hmac" -> Verification.hmac(hmac(verify), all);
            case "shared_secret" -> Verification.sharedSecret(verify.neededText("header"), all);
            case "bearer" -> Verification.bearer(all);
            default ->
                throw ConfigObject.unknown(
                        verify.path("scheme"),
                        scheme,
                        List.of(
                                "github",
                                "gitlab",
                                "stripe",
                                "slack",
                                "standard_webhooks",
                                "ed25519",
                                "hmac",
                                "shared_secret",
                                "bearer",
                                "none"));
        };
    }

    private static HmacHeader hmac(ConfigObject verify) {
        HmacHeader header = HmacHeader.of(verify.neededText("header"));
        if (verify.has("hash")) {
            header = header.withHash(named(
                    verify.path("hash"), verify.neededText("hash"), HmacHeader.Hash.values(), RouteReader::lower));
        }
        if (verify.has("encoding")) {
            header = header.withEncoding(named(
                    verify.path("encoding"),
                    verify.neededText("encoding"),
                    HmacHeader.Encoding.values(),
                    RouteReader::lower));
        }
        if (verify.has("prefix")) {
            header = header.withPrefix(verify.neededText("prefix"));
        }
        if (verify.has("timestamp_header")) {
            header = header.withTimestamp(
                    verify.neededText("timestamp_header"),
                    verify.text("timestamp_separator").orElse(""),
                    tolerance(verify));
        }
        return header;
    }

    private static Duration tolerance(ConfigObject verify) {
        return verify.number(TOLERANCE).map(Duration::ofSeconds).orElse(Verification.TOLERANCE);
    }

    /** {@code "digest"}, an object with one of header, pointer, constant and joined, or a list of which the first counts. */
    private static DeliveryField field(Object value, String path) {
        if (value.equals("digest")) {
            return DeliveryField.digest();
        }
        if (value instanceof List) {
            return DeliveryField.firstOf(fields(value, path));
        }
        Set<String> known = Set.of("header", "pointer", "constant", "joined");
        ConfigObject object = ConfigObject.of(value, path, known);
        if (object.names().size() != 1) {
            throw ConfigObject.refused(path, "must have one of header, pointer, constant and joined");
        }
        String kind = object.names().iterator().next();
        return switch (kind) {
            case "header" -> DeliveryField.header(object.neededText(kind));
            case "pointer" -> DeliveryField.pointer(object.neededText(kind));
            case "constant" -> DeliveryField.constant(object.neededText(kind));
            default -> DeliveryField.joined(fields(object.needed(kind), object.path(kind)));
        };
    }

    private static DeliveryField[] fields(Object value, String path) {
        List<DeliveryField> fields = new ArrayList<>();
        for (Object element : ConfigObject.list(value, path)) {
            fields.add(field(element, path + "[" + fields.size() + "]"));
        }
        if (fields.isEmpty()) {
            throw ConfigObject.refused(path, "must not be empty");
        }
        return fields.toArray(new DeliveryField[0]);
    }

    private static <T> T named(String path, String given, T[] values, Function<T, String> name) {
        return Stream.of(values)
                .filter(value -> name.apply(value).equals(given))
                .findFirst()
                .orElseThrow(() -> ConfigObject.unknown(
                        path, given, Arrays.stream(values).map(name).toList()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
