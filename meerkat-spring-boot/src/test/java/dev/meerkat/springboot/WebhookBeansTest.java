package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Webhooks whose routes are properties and beans, over HTTP. */
@Timeout(120)
class WebhookBeansTest {
    private static final String SECRET = "It's a Secret to Everybody";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext context;
    private static Meerkat meerkat;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {
        @Bean
        Agent agent() {
            return turn -> "answer";
        }

        @Bean
        WebhookRoute another() {
            return WebhookRoute.github("bean", WebhookTarget.named("agent-a"), WebhookSecret.of(SECRET));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        context = SpringApplication.run(
                Application.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--meerkat.webhooks.routes.github.preset=github",
                "--meerkat.webhooks.routes.github.create.comms-name=triage",
                "--meerkat.webhooks.routes.github.create.prompt=You triage.",
                "--meerkat.webhooks.routes.github.secrets[0]=an older secret",
                "--meerkat.webhooks.routes.github.secrets[1]=" + SECRET,
                "--meerkat.webhooks.routes.github.drop=ping,star",
                "--meerkat.webhooks.routes.github.answers.dropped=204",
                "--meerkat.webhooks.routes.github.max-body-bytes=1000",
                "--meerkat.webhooks.routes.own.preset=generic",
                "--meerkat.webhooks.routes.own.session=agent-a",
                "--meerkat.webhooks.routes.own.secrets=the-token",
                "--meerkat.webhooks.routes.own.verify.scheme=shared_secret",
                "--meerkat.webhooks.routes.own.verify.header=X-Token",
                "--meerkat.webhooks.routes.own.type[0].pointer=/event/type",
                "--meerkat.webhooks.routes.own.type[1].pointer=/type",
                "--meerkat.webhooks.routes.own.source[0].constant=own",
                "--meerkat.webhooks.routes.own.key=digest",
                "--meerkat.webhooks.routes[größe].preset=generic",
                "--meerkat.webhooks.routes[größe].session=agent-a",
                "--meerkat.webhooks.routes[größe].verify=none",
                "--meerkat.webhooks.routes[a.b_C~d].preset=generic",
                "--meerkat.webhooks.routes[a.b_C~d].session=agent-a",
                "--meerkat.webhooks.routes[a.b_C~d].verify=none");
        meerkat = context.getBean(Meerkat.class);
        meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a").withDeferredStart());
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static HttpRequest.Builder post(String path, String type, String body) {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder github(String route, String type, String id, String body, String event)
            throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        return post("/hooks/" + route, type, body)
                .header("X-GitHub-Event", event)
                .header("X-GitHub-Delivery", id)
                .header("X-Hub-Signature-256", "sha256=" + signature);
    }

    /** The newest event of a session; waits until there is one. */
    private static ExternalEvent last(String session, String type) throws Exception {
        try (EventStream events = meerkat.open(session).events(Cursor.START)) {
            while (true) {
                Optional<SessionEvent> event = events.next(Duration.ofSeconds(60));
                if (event.orElseThrow() instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.External external
                        && external.event().eventType().equals(type)) {
                    return external.event();
                }
            }
        }
    }

    @Test
    void deliveriesAreTakenOnceAndJsonIsReadAsItCame() throws Exception {
        String body = "{\"run\" :  1, \"name\":\"Grüße\"}";
        assertThat(send(github("github", "application/json", "1", body, "push")).statusCode())
                .isEqualTo(202);
        assertThat(send(github("github", "application/json", "1", body, "push")).statusCode())
                .isEqualTo(200);
        assertThat(last("triage", "push").payload().at("/name").orElseThrow().text())
                .isEqualTo("\"Grüße\"");
        assertThat(send(github("github", "application/json", "2", body, "ping")).statusCode())
                .isEqualTo(204);
    }

    @Test
    void aFormIsNotReadAsParametersBeforeItsSignatureIsChecked() throws Exception {
        String body = "payload=" + URLEncoder.encode("{\"form\":true}", StandardCharsets.UTF_8);
        assertThat(send(github("github", "application/x-www-form-urlencoded", "form", body, "form"))
                        .statusCode())
                .isEqualTo(202);
        assertThat(last("triage", "form").payload().at("/form").orElseThrow().text())
                .isEqualTo("true");
    }

    @Test
    void partsOfADeliveryAreReadWhereThePropertiesSay() throws Exception {
        HttpRequest.Builder first =
                post("/hooks/own", "application/json", "{\"type\":\"outer\"}").header("X-Token", "the-token");
        assertThat(send(first).statusCode()).isEqualTo(202);
        assertThat(last("agent-a", "outer").source()).isEqualTo("own");
        HttpRequest.Builder second = post(
                        "/hooks/own", "application/json", "{\"event\":{\"type\":\"inner\"},\"type\":\"outer\"}")
                .header("X-Token", "the-token");
        assertThat(send(second).statusCode()).isEqualTo(202);
        assertThat(last("agent-a", "inner").source()).isEqualTo("own");
    }

    @Test
    void aRouteMayHaveAnyNameThatIsInBrackets() throws Exception {
        assertThat(send(post("/hooks/gr%C3%B6%C3%9Fe", "text/plain", "one")).statusCode())
                .isEqualTo(202);
        assertThat(last("agent-a", "größe").payload()).isEqualTo(Json.of("one"));
        assertThat(send(post("/hooks/a.b_C~d", "text/plain", "two")).statusCode())
                .isEqualTo(202);
        assertThat(last("agent-a", "a.b_C~d").payload()).isEqualTo(Json.of("two"));
    }

    @Test
    void aTraceThatIsThereTwiceIsNone() throws Exception {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        HttpRequest.Builder twice = post("/hooks/own", "application/json", "{\"type\":\"twice\"}")
                .header("X-Token", "the-token")
                .header("traceparent", trace)
                .header("traceparent", trace);
        assertThat(send(twice).statusCode()).isEqualTo(202);
        assertThat(last("agent-a", "twice").source()).isEqualTo("own");
    }

    @Test
    void aRouteThatIsABeanIsTakenToo() throws Exception {
        assertThat(send(github("bean", "application/json", "1", "{}", "bean")).statusCode())
                .isEqualTo(202);
        assertThat(last("agent-a", "bean").source()).isNotEmpty();
    }

    @Test
    void whatIsWrongIsRefused() throws Exception {
        assertThat(send(post("/hooks/github", "application/json", "{}")).statusCode())
                .isEqualTo(401);
        assertThat(send(post("/hooks/missing", "application/json", "{}")).statusCode())
                .isEqualTo(404);
        String large = "\"" + "a".repeat(1000) + "\"";
        assertThat(send(github("github", "application/json", "large", large, "push"))
                        .statusCode())
                .isEqualTo(413);
        assertThat(send(post("/hooks/github", "application/json", "{}")
                                .method("GET", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void propertiesThatCannotBeFailTheStartByNameAndShowNoSecret() {
        String route = "meerkat.webhooks.routes.one.";
        refused(route + "preset", route + "preset=githup", route + "session=a");
        refused("session", route + "preset=github", route + "secrets=" + SECRET);
        refused(route + "secrets", route + "preset=github", route + "session=a");
        refused("presett", route + "presett=github", route + "preset=github", route + "session=a");
        refused("meerkat.webhooks.path", "meerkat.webhooks.path=hooks");
    }

    private static void refused(String word, String... properties) {
        new WebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatWebhooksAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer")
                .withPropertyValues(properties)
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains(word)
                        .doesNotContain(SECRET));
    }
}
