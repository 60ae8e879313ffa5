package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.ServerUnreachableException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS and proxies are the HTTP library's own settings, and they reach the server. */
@Timeout(60)
class TlsAndProxyTest {
    private static final MockResponse CAPABILITIES =
            RestServer.json(200, "{\"contract_version\":{\"major\":0,\"minor\":9,\"patch\":8},\"capabilities\":[]}");

    @Test
    void aCertificateOfOnesOwnIsTrustedWhereOneSaysSoAndNowhereElse() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(InetAddress.getLoopbackAddress().getCanonicalHostName())
                .addSubjectAlternativeName("localhost")
                .build();
        HandshakeCertificates server =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        HandshakeCertificates client = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpClient trusting = new OkHttpClient.Builder()
                .sslSocketFactory(client.sslSocketFactory(), client.trustManager())
                .build();
        try (MockWebServer tls = new MockWebServer()) {
            tls.useHttps(server.sslSocketFactory());
            tls.start();
            URI uri = URI.create("https://localhost:" + tls.getPort());
            tls.enqueue(CAPABILITIES);
            tls.enqueue(RestServer.json(404, ""));
            try (RemoteMeerkat meerkat = MeerkatClient.rest(uri).http(trusting).open()) {
                assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
            }
            assertThatThrownBy(() -> MeerkatClient.rest(uri).open()).isInstanceOf(ServerUnreachableException.class);
        }
    }

    @Test
    void aServerThatOnlyTheProxyFindsIsReachedThroughIt() throws Exception {
        try (MockWebServer proxy = new MockWebServer()) {
            proxy.start();
            proxy.enqueue(CAPABILITIES);
            proxy.enqueue(RestServer.json(404, ""));
            OkHttpClient through = new OkHttpClient.Builder()
                    .proxy(new Proxy(Proxy.Type.HTTP, proxy.getSocketAddress()))
                    .build();
            URI hidden = URI.create("http://meerkat.invalid:8080");
            try (RemoteMeerkat meerkat =
                    MeerkatClient.rest(hidden).http(through).open()) {
                assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
            }
            RecordedRequest asked = proxy.takeRequest(10, TimeUnit.SECONDS);
            assertThat(asked).isNotNull();
            assertThat(asked.getRequestLine()).startsWith("GET http://meerkat.invalid:8080/capabilities ");
        }
    }
}
