package dev.meerkat.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.InvalidFieldException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemes of senders. Signatures are literals: those that a provider publishes, or those that {@code openssl} made,
 * with its command beside them.
 */
class VerificationTest {
    private static final Duration TOLERANCE = Verification.TOLERANCE;

    /** A delivery that proves who sent it. */
    private record Proven(String name, Verification verification, Map<String, String> headers, String body, long at) {
        void check(Map<String, String> otherHeaders, String otherBody, long otherTime) {
            Map<String, List<String>> lists = new TreeMap<>();
            otherHeaders.forEach((key, value) -> lists.put(key, List.of(value)));
            byte[] bytes = otherBody.getBytes(StandardCharsets.UTF_8);
            verification.check(new WebhookRequest("POST", lists, bytes), bytes, Instant.ofEpochSecond(otherTime));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static WebhookSecret secret(String text) {
        return WebhookSecret.of(text);
    }

    static Stream<Proven> signed() {
        String slackBody =
                "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
                        + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
                        + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
                        + "96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        return Stream.of(
                // The example in GitHub's documentation of validating deliveries.
                new Proven(
                        "github",
                        Verification.github(secret("It's a Secret to Everybody")),
                        Map.of(
                                "X-Hub-Signature-256",
                                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
                        "Hello, World!",
                        0),
                // printf %s '1492774577.{"id":"evt_1","type":"invoice.paid"}' | openssl dgst -sha256 -hmac whsec_test
                new Proven(
                        "stripe",
                        Verification.stripe(TOLERANCE, secret("whsec_test")),
                        Map.of(
                                "Stripe-Signature",
                                "t=1492774577,v1=83b3129007dff11c62f0b47e725eafbe8f760a6b99efc678e27cdfec56a43222"),
                        "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}",
                        1492774577),
                // The example in Slack's documentation of verifying requests.
                new Proven(
                        "slack",
                        Verification.slack(TOLERANCE, secret("8f742231b10e8888abcd99yyyzzz85a5")),
                        Map.of(
                                "X-Slack-Request-Timestamp",
                                "1531420618",
                                "X-Slack-Signature",
                                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
                        slackBody,
                        1531420618),
                // The vector of the libraries of Standard Webhooks.
                new Proven(
                        "standard webhooks",
                        Verification.standardWebhooks(TOLERANCE, secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
                        Map.of(
                                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "webhook-timestamp", "1614265330",
                                "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                        "{\"test\": 2432232314}",
                        1614265330),
                // Python: Ed25519PrivateKey.from_private_bytes(bytes(range(32))).sign(b'msg_...1614265330.{"test":
                // ...}')
                new Proven(
                        "standard webhooks with a public key",
                        Verification.standardWebhooks(
                                TOLERANCE, secret("whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")),
                        Map.of(
                                "webhook-id",
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "webhook-timestamp",
                                "1614265330",
                                "webhook-signature",
                                "v1a,yoUrgEkc12aGqm0n4Sydmdz55xJfTz4AsAgieHFjmkR7LJtqVCZOQYzvvHjI5kAey+r4iaBGxTFRrl2i"
                                        + "BQxtDQ=="),
                        "{\"test\": 2432232314}",
                        1614265330),
                // The same key: .sign(b'1700000000' + body)
                new Proven(
                        "ed25519",
                        Verification.ed25519(
                                "X-Signature-Ed25519",
                                "X-Signature-Timestamp",
                                TOLERANCE,
                                secret("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")),
                        Map.of(
                                "X-Signature-Timestamp",
                                "1700000000",
                                "X-Signature-Ed25519",
                                "7414c0cfe33a1b463f372b5dfe92aaa367b8ec25844c5831b08986a99c8038d9be2478adece71704718bcc9e5"
                                        + "29b892daf119505f0d629ed0b60310d840d3d07"),
                        "{\"type\":1,\"event\":{\"type\":\"APPLICATION_AUTHORIZED\"}}",
                        1700000000),
                // printf %s '1700000000:{"status":"firing"}' | openssl dgst -sha256 -hmac grafana-secret
                new Proven(
                        "hmac with timestamp",
                        Verification.hmac(
                                HmacHeader.of("X-Grafana-Alerting-Signature")
                                        .withTimestamp("X-Sent-At", ":", TOLERANCE),
                                secret("grafana-secret")),
                        Map.of(
                                "X-Sent-At",
                                "1700000000",
                                "X-Grafana-Alerting-Signature",
                                "ab55bf0e780f8f32e85451f62e1ba2aee0589e5b2162cd2091e4db5072cc04ae"),
                        "{\"status\":\"firing\"}",
                        1700000000),
                // printf %s '{"a":1}' | openssl dgst -sha512 -hmac k -binary | base64 -w0
                new Proven(
                        "hmac in base64",
                        Verification.hmac(
                                HmacHeader.of("X-Signature")
                                        .withHash(HmacHeader.Hash.SHA512)
                                        .withEncoding(HmacHeader.Encoding.BASE64),
                                secret("k")),
                        Map.of(
                                "X-Signature",
                                "9SdCJoZVW2Uoouf37IKy9UUrADA7sob4dOB1uneJdKbYGt//UjZC/HO2lg91m5KjutE4vhEL9ZIj55/RtcaCXQ=="),
                        "{\"a\":1}",
                        0),
                // printf %s '{"a":1}' | openssl dgst -sha1 -hmac k
                new Proven(
                        "hmac with SHA-1",
                        Verification.hmac(
                                HmacHeader.of("X-Signature")
                                        .withHash(HmacHeader.Hash.SHA1)
                                        .withPrefix("sha1="),
                                secret("k")),
                        Map.of("X-Signature", "sha1=7b4ab6898ab862077e9caf504b39982f2bc41453"),
                        "{\"a\":1}",
                        0));
    }

    static Stream<Proven> shown() {
        return Stream.of(
                new Proven(
                        "gitlab", Verification.gitlab(secret("tök en")), Map.of("X-Gitlab-Token", "tök en"), "{}", 0),
                new Proven(
                        "shared secret",
                        Verification.sharedSecret("X-Key", secret("s")),
                        Map.of("x-KEY", "s"),
                        "{}",
                        0),
                new Proven(
                        "bearer",
                        Verification.bearer(secret("t0ken")),
                        Map.of("Authorization", "bEARER t0ken"),
                        "{}",
                        0));
    }

    static Stream<Proven> all() {
        return Stream.concat(signed(), shown());
    }

    static Stream<Proven> timed() {
        return signed().filter(proven -> proven.at > 0);
    }

    @ParameterizedTest
    @MethodSource("all")
    void whoHasTheSecretIsKnown(Proven proven) {
        assertThatCode(() -> proven.check(proven.headers, proven.body, proven.at))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("signed")
    void aChangedBodyIsRefused(Proven proven) {
        assertRefused(() -> proven.check(proven.headers, proven.body + " ", proven.at));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aDeliveryWithoutAnyOfItsHeadersIsRefused(Proven proven) {
        for (String left : proven.headers.keySet()) {
            Map<String, String> others = new TreeMap<>(proven.headers);
            others.remove(left);
            assertRefused(() -> proven.check(others, proven.body, proven.at));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aChangedHeaderIsRefused(Proven proven) {
        proven.headers.forEach((name, value) -> {
            for (String other : List.of("", " ", value + "0", "x" + value, "v1", "=", ",")) {
                Map<String, String> others = new TreeMap<>(proven.headers);
                others.put(name, other);
                assertRefused(() -> proven.check(others, proven.body, proven.at));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("timed")
    void anOldOrFutureTimestampIsRefused(Proven proven) {
        long tolerance = TOLERANCE.toSeconds();
        proven.check(proven.headers, proven.body, proven.at + tolerance);
        proven.check(proven.headers, proven.body, proven.at - tolerance);
        assertRefused(() -> proven.check(proven.headers, proven.body, proven.at + tolerance + 1));
        assertRefused(() -> proven.check(proven.headers, proven.body, proven.at - tolerance - 1));
        assertRefused(() -> proven.check(proven.headers, proven.body, Instant.MAX.getEpochSecond()));
    }

    @Test
    void anotherSecretIsRefusedAndSeveralAreTried() {
        // printf %s '{"action":"completed"...}' | openssl dgst -sha256 -hmac an-older-secret
        String body = "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742,\"conclusion\":\"failure\"}}";
        Map<String, String> headers = Map.of(
                "X-Hub-Signature-256", "sha256=367614978400b9e6b21a7ace1c2e577c0cffeee37bb9437c55c2c63a8fc7a1b6");

        assertRefused(() ->
                new Proven("", Verification.github(secret("a-secret")), headers, body, 0).check(headers, body, 0));
        new Proven("", Verification.github(secret("a-secret"), secret("an-older-secret")), headers, body, 0)
                .check(headers, body, 0);
    }

    @Test
    void oneOfSeveralSignaturesOfStripeIsEnough() {
        Verification stripe = Verification.stripe(TOLERANCE, secret("whsec_test"));
        String good = "v1=83b3129007dff11c62f0b47e725eafbe8f760a6b99efc678e27cdfec56a43222";
        String body = "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}";
        Map<String, String> headers = Map.of("Stripe-Signature", "t=1492774577, v1=00ff, " + good + ",v0=ab");
        Proven proven = new Proven("", stripe, headers, body, 1492774577);

        proven.check(headers, body, proven.at);
        assertRefused(() -> proven.check(
                Map.of("Stripe-Signature", "t=1492774577," + good.replace("v1=", "v0=")), body, proven.at));
        assertRefused(() -> proven.check(Map.of("Stripe-Signature", good), body, proven.at));
        assertRefused(() ->
                proven.check(Map.of("Stripe-Signature", "t=1492774577," + (good + ",").repeat(17)), body, proven.at));
    }

    @Test
    void oneOfSeveralSignaturesOfStandardWebhooksIsEnough() {
        WebhookSecret old = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        WebhookSecret next = secret("whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
        String signature = "v1,AAAA v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
                + "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        Map<String, String> headers = Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", "1614265330",
                "webhook-signature", signature);
        Verification both = Verification.standardWebhooks(TOLERANCE, next, old);
        Verification onlyNext = Verification.standardWebhooks(TOLERANCE, next);
        String body = "{\"test\": 2432232314}";

        new Proven("", both, headers, body, 0).check(headers, body, 1614265330);
        assertRefused(() -> new Proven("", onlyNext, headers, body, 0).check(headers, body, 1614265330));
    }

    @Test
    void oneOfSeveralSignaturesOfPagerDutyIsEnough() {
        // printf %s '{"event":{"id":"01E","event_type":"incident.triggered"}}' | openssl dgst -sha256 -hmac pd-secret
        String good = "v1=a7002e391e5da084eaafa10ec363a54df2b58423ea87b85c7795c98fcebb6451";
        String body = "{\"event\":{\"id\":\"01E\",\"event_type\":\"incident.triggered\"}}";
        Map<String, String> headers = Map.of("X-PagerDuty-Signature", "v1=" + "0".repeat(64) + "," + good);

        new Proven("", Verification.hmac(WebhookPreset.PAGERDUTY_HEADER, secret("pd-secret")), headers, body, 0)
                .check(headers, body, 0);
    }

    @Test
    void aSignatureThatIsThereTwiceIsRefused() {
        String good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        byte[] body = "Hello, World!".getBytes(StandardCharsets.UTF_8);
        WebhookRequest request = new WebhookRequest(
                "POST", Map.of("X-Hub-Signature-256", List.of(good), "x-hub-signature-256", List.of(good)), body);

        assertRefused(
                () -> Verification.github(secret("It's a Secret to Everybody")).check(request, body, Instant.EPOCH));
    }

    @Test
    void aSecretInOtherLettersIsComparedInUtf8WhoeverDecodedTheHeader() {
        byte[] utf8 = "пароль".getBytes(StandardCharsets.UTF_8);
        for (String value : List.of("пароль", new String(utf8, StandardCharsets.ISO_8859_1))) {
            WebhookRequest request = new WebhookRequest("POST", Map.of("X-Gitlab-Token", List.of(value)), new byte[0]);
            Verification.gitlab(secret("пароль")).check(request, new byte[0], Instant.EPOCH);
        }
    }

    @Test
    void unusableSecretsAreRefusedWithoutShowingThem() {
        List<Runnable> tries = List.of(
                () -> WebhookSecret.of(" "),
                () -> Verification.github(),
                () -> Verification.standardWebhooks(TOLERANCE, secret("whsec_s3cret!")),
                () -> Verification.standardWebhooks(TOLERANCE, secret("whpk_czNjcmV0")),
                () -> Verification.standardWebhooks(TOLERANCE, secret("whsec_")),
                () -> Verification.ed25519("A", "B", TOLERANCE, secret("s3cret")),
                () -> Verification.sharedSecret("no header", secret("s3cret")),
                () -> Verification.slack(Duration.ZERO, secret("s3cret")));
        assertThat(tries)
                .allSatisfy(each -> assertThatThrownBy(each::run)
                        .isInstanceOf(InvalidFieldException.class)
                        .hasMessageNotContainingAny("s3cret", "czNjcmV0"));
    }

    @Test
    void nothingShowsASecret() {
        WebhookSecret secret = secret("s3cret");
        WebhookRoute route = WebhookRoute.github("github", WebhookTarget.named("agent-a"), secret);
        List<Object> shown = List.of(secret, route, route.verification(), Verification.bearer(secret));
        assertThat(shown).allSatisfy(each -> assertThat(each.toString()).doesNotContain("s3cret"));
    }

    private static void assertRefused(ThrowingCallable check) {
        assertThatThrownBy(check).isInstanceOf(Refusal.class);
    }
}
