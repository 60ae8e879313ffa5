package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.meerkat.client.*;
import dev.meerkat.examples.remote.StandIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On servers that know no more than their contract line. */
@Timeout(60)
class RemoteConnectSnippetsTest {
    private static final String CAPABILITIES =
            "{\"contract_version\":{\"major\":0,\"minor\":9,\"patch\":8},\"capabilities\":[]}";

    private final Map<String, String> received = new ConcurrentHashMap<>();
    private HttpServer rest;
    private StandIn rpc;

    @BeforeEach
    void start() throws IOException {
        rpc = StandIn.start();
        rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.createContext("/", exchange -> {
            exchange.getRequestHeaders().forEach((name, values) -> received.put(name.toLowerCase(), values.get(0)));
            byte[] body = CAPABILITIES.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        rest.start();
    }

    @AfterEach
    void stop() throws IOException {
        rest.stop(0);
        rpc.close();
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + rest.getAddress().getPort());
    }

    @Test
    void connectsOverRest() throws InterruptedException {
        URI server = address();
        // snippet: remote-rest
        try (RemoteMeerkat meerkat = MeerkatClient.rest(server).open()) {
            System.out.println(meerkat.contractVersion() + ": " + meerkat.capabilities());
        }
        // end
        assertThat(received).doesNotContainKey("authorization");
    }

    @Test
    void connectsOverTcp() throws InterruptedException {
        String host = "127.0.0.1";
        int port = rpc.port();
        // snippet: remote-tcp
        RemoteMeerkat meerkat = MeerkatClient.tcp(host, port).open();
        // end
        try (meerkat) {
            assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
        }
    }

    @Test
    void saysWhichProgramIsMissing(@TempDir Path directory) {
        assertThatThrownBy(() -> start(directory.resolve("rkat-rpc"), directory))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("rkat-rpc");
    }

    private static void start(Path executable, Path state) throws InterruptedException {
        // snippet: remote-stdio
        RemoteMeerkat meerkat = MeerkatClient.stdio(executable) // or stdio(), which looks for rkat-rpc
                .realm("team")
                .realmBackend("sqlite")
                .stateRoot(state) // where the sessions are when the process is started again
                .environment(Map.of("RUST_LOG", "warn"))
                .open();
        // end
        meerkat.close();
    }

    @Test
    void sendsATokenAndHeaders() throws InterruptedException {
        URI server = address();
        String token = "token-1";
        String secret = "secret-1";
        OkHttpClient http = new OkHttpClient();
        // snippet: remote-token
        RemoteMeerkat meerkat = MeerkatClient.rest(server)
                .bearer(token)
                .header("X-Team", "release")
                .webhookSecret(secret) // sent with external events only
                .http(http)
                .open();
        // end
        meerkat.close();
        assertThat(received)
                .containsEntry("authorization", "Bearer " + token)
                .containsEntry("x-team", "release")
                .doesNotContainValue(secret);
    }

    @Test
    void takesTlsAndProxyFromOkHttp() throws Exception {
        SSLContext tls = SSLContext.getDefault();
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init((KeyStore) null);
        X509TrustManager trustManager = (X509TrustManager) trust.getTrustManagers()[0];
        // snippet: remote-http
        OkHttpClient http = new OkHttpClient.Builder()
                .sslSocketFactory(tls.getSocketFactory(), trustManager)
                .proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example.org", 3128)))
                .build();
        // end
        assertThat(http.proxy()).isNotNull();
        assertThat(http.x509TrustManager()).isSameAs(trustManager);
    }
}
