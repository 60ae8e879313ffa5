package dev.meerkat.springboot;

import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResponse;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.Webhooks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.util.UrlPathHelper;

/** Takes webhooks with the bytes of the body as they came, over which their signatures are made. Thread-safe. */
final class WebhookHandler implements HttpRequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookHandler.class);

    private final Webhooks webhooks;

    WebhookHandler(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = UrlPathHelper.defaultInstance.getLookupPathForRequest(request);
        String name = path.substring(path.lastIndexOf('/') + 1);
        Map<String, List<String>> headers = new TreeMap<>();
        for (String header : Collections.list(request.getHeaderNames())) {
            headers.put(header, Collections.list(request.getHeaders(header)));
        }
        int limit = webhooks.route(name).map(WebhookRoute::maxBodyBytes).orElse(0);
        byte[] body = request.getInputStream().readNBytes(limit + 1); // one more is enough to be too large
        WebhookResponse answer;
        try {
            answer = webhooks.handle(name, new WebhookRequest(request.getMethod(), headers, body));
        } catch (InterruptedException e) {
            // The event may have been taken: the sender is to come again.
            Thread.currentThread().interrupt();
            response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            return;
        }
        // What a sender did is told at a level at which nobody can fill the log.
        LOG.debug("webhook {}: {}, {}: {}", name, answer.status(), answer.result(), answer.detail());
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
