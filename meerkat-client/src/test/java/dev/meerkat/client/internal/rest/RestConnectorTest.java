package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.RestConnector;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RestConnectorTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host/",
                "host:8080",
                "/path",
                "",
                "mailto:me@host",
                "http:host",
                "http:///path",
                "http://me:s3cret@host/",
                "http://s3cret@host/",
                "http://host/?token=s3cret",
                "http://host/#s3cret"
            })
    void anAddressThatCannotBeIsRefusedWithoutShowingASecret(String address) {
        InvalidFieldException refused =
                catchThrowableOfType(InvalidFieldException.class, () -> MeerkatClient.rest(URI.create(address)));
        assertThat(refused.field()).isEqualTo("server");
        assertThat(refused.toString()).doesNotContain("s3cret");
    }

    @Test
    void aHeaderThatCannotBeIsRefusedWithoutShowingItsValue() {
        RestConnector connector = MeerkatClient.rest(URI.create("http://host"));
        assertThatThrownBy(() -> connector.header("X-Key", "s3cret\r\nEvil: 1"))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> connector.bearer("s3cret\u00e4"))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> connector.webhookSecret("")).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> connector.header("no name", "x")).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> connector.header("", "x")).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void headersOfTheClientItselfAreNotTheUsers() {
        RestConnector connector = MeerkatClient.rest(URI.create("http://host"));
        for (String name : new String[] {"Content-Length", "x-webhook-secret", "X-Meerkat-Request-Id", "Host"}) {
            assertThatThrownBy(() -> connector.header(name, "x"))
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void theTextFormHoldsNoSecret() {
        RestConnector connector = MeerkatClient.rest(URI.create("https://host:8443/api"))
                .bearer("t0ken")
                .header("X-Api-Key", "k3y")
                .webhookSecret("s3cret");
        assertThat(connector.toString())
                .contains("https://host:8443/api", "X-Api-Key")
                .doesNotContain("t0ken", "k3y", "s3cret");
    }

    @Test
    void anErrorHoldsNoSecret() {
        RestConnector connector = MeerkatClient.rest(URI.create("http://no-such-host.invalid"))
                .bearer("t0ken")
                .webhookSecret("s3cret");
        Throwable problem = catchThrowableOfType(Exception.class, connector::open);
        for (Throwable t = problem; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain("t0ken", "s3cret");
        }
        assertThat(problem).isNotNull();
    }

    @Test
    void eachOptionGivesAnotherConnector() throws Exception {
        try (RestServer server = RestServer.start()) {
            RestConnector plain = MeerkatClient.rest(server.url().uri());
            RestConnector waking = plain.wakeAfterEvents();
            try (RemoteMeerkat meerkat = waking.bearer("t0ken").open()) {
                assertThat(meerkat.capabilities().has(Capability.EVENT_WAKE)).isTrue();
                assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
            }
            try (RemoteMeerkat meerkat = plain.open()) {
                assertThat(meerkat.capabilities().has(Capability.EVENT_WAKE)).isFalse();
            }
        }
    }

    @Test
    void theUsersOkHttpClientGivesItsSettingsAndStaysOpen() throws Exception {
        AtomicInteger intercepted = new AtomicInteger();
        OkHttpClient own = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    intercepted.incrementAndGet();
                    return chain.proceed(chain.request());
                })
                .callTimeout(1, TimeUnit.MILLISECONDS)
                .build();
        try (RestServer server = RestServer.start()) {
            try (RemoteMeerkat meerkat =
                    MeerkatClient.rest(server.url().uri()).http(own).open()) {
                server.answers(RestServer.text(200, "ok"));
                assertThat(meerkat.checkHealth()).isEmpty();
            }
            assertThat(intercepted.get()).isEqualTo(3);
            assertThat(own.dispatcher().executorService().isShutdown()).isFalse();
            assertThat(own.connectionPool().connectionCount()).as("not evicted").isPositive();
            server.answers(RestServer.text(200, "ok"));
            OkHttpClient patient =
                    own.newBuilder().callTimeout(20, TimeUnit.SECONDS).build();
            Request request = new Request.Builder().url(server.url()).build();
            try (Response response = patient.newCall(request).execute()) {
                assertThat(response.code()).isEqualTo(200);
            }
        }
    }
}
