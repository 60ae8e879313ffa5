package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.webhooks.NotificationPositions;
import dev.meerkat.webhooks.NotificationTarget;
import dev.meerkat.webhooks.Notifications;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResponse;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import dev.meerkat.webhooks.Webhooks;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WebhookSnippetsTest {
    private static final String BODY =
            "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742,\"conclusion\":\"failure\"}}";

    private final Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open();
    private WebhookRoute route;
    private Webhooks webhooks;

    @BeforeEach
    void open() throws InterruptedException {
        meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        WebhookSecret secret = WebhookSecret.of("a-secret");
        // snippet: webhooks-route
        WebhookRoute route = WebhookRoute.github("github", WebhookTarget.named("agent-a"), secret)
                .dropping("ping", "star");
        Webhooks webhooks = Webhooks.of(meerkat, List.of(route));
        // end
        this.route = route;
        this.webhooks = webhooks;
    }

    @AfterEach
    void close() {
        meerkat.close();
    }

    @Test
    void aTargetIsToldFromNowOn(@TempDir Path directory) throws Exception {
        WebhookSecret signing = WebhookSecret.of("whsec_MDEyMzQ1Njc4OWFiY2RlZg==");
        // snippet: webhooks-notifications
        NotificationTarget ops = NotificationTarget.of("ops", URI.create("https://ops.example.org/meerkat"), signing);
        Notifications notifications = Notifications.start(
                meerkat, List.of(ops), NotificationPositions.inFile(directory.resolve("positions")));
        // end
        notifications.close();
        assertThat(directory.resolve("positions")).isNotEmptyFile();
    }

    // snippet: webhooks-servlet
    void post(String name, HttpServletRequest request, HttpServletResponse response) throws Exception {
        Map<String, List<String>> headers = new TreeMap<>();
        for (String header : Collections.list(request.getHeaderNames())) {
            headers.put(header, Collections.list(request.getHeaders(header)));
        }
        int limit = webhooks.route(name).map(WebhookRoute::maxBodyBytes).orElse(0);
        byte[] body = request.getInputStream().readNBytes(limit + 1); // one more is enough to be too large
        WebhookResponse answer = webhooks.handle(name, new WebhookRequest(request.getMethod(), headers, body));
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
    }
    // end

    @Test
    void aServletTakesADelivery() throws Exception {
        // printf %s "$BODY" | openssl dgst -sha256 -hmac a-secret
        Map<String, String> headers = Map.of(
                "Content-Type",
                "application/json",
                "X-GitHub-Event",
                "workflow_run",
                "X-GitHub-Delivery",
                "72d3162e",
                "X-Hub-Signature-256",
                "sha256=73393f1674e877e001a864ae6597e70f32f93a7186c8a5ad6e080e718b8ab404");
        HttpServletRequest request = mock(HttpServletRequest.class);
        when(request.getMethod()).thenReturn("POST");
        when(request.getHeaderNames()).thenReturn(Collections.enumeration(headers.keySet()));
        headers.forEach(
                (name, value) -> when(request.getHeaders(name)).thenReturn(Collections.enumeration(List.of(value))));
        when(request.getInputStream()).thenReturn(new Body(BODY));
        HttpServletResponse response = mock(HttpServletResponse.class);
        Written written = new Written();
        when(response.getOutputStream()).thenReturn(written);

        post("github", request, response);

        verify(response).setStatus(202);
        verify(response).setHeader("Content-Type", "application/json");
        assertThat(written.bytes.toString(StandardCharsets.UTF_8)).contains("\"outcome\":\"accepted\"");
    }

    @Test
    void aServerTakesThemToo() throws Exception {
        List<WebhookRoute> routes = List.of(route);
        // snippet: webhooks-server
        MeerkatServer server = MeerkatServer.of(meerkat).rest("127.0.0.1", 0).webhooks(routes);
        // end
        try (RunningServer running = server.start()) {
            assertThat(running.addresses()).hasSize(1);
        }
    }

    private static final class Body extends ServletInputStream {
        private final InputStream in;

        Body(String text) {
            in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Written extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int one) {
            bytes.write(one);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
