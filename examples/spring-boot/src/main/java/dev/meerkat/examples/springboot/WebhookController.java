package dev.meerkat.examples.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResponse;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import dev.meerkat.webhooks.Webhooks;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes webhooks. The request must not be read before, since its signature is made of its bytes. */
// snippet: spring-boot-webhooks
@RestController
class WebhookController {
    private final Webhooks webhooks;

    WebhookController(Meerkat meerkat, @Value("${github.webhook.secret}") String secret) {
        SessionSpec triage =
                SessionSpec.ofPrompt("You triage what GitHub tells you.").withKeepAliveAs("triage");
        webhooks = Webhooks.of(
                meerkat,
                List.of(WebhookRoute.github("github", WebhookTarget.created(triage), WebhookSecret.of(secret))));
    }

    @PostMapping("/hooks/{route}")
    ResponseEntity<String> deliver(@PathVariable String route, HttpServletRequest request)
            throws IOException, InterruptedException {
        Map<String, List<String>> headers = new TreeMap<>();
        for (String header : Collections.list(request.getHeaderNames())) {
            headers.put(header, Collections.list(request.getHeaders(header)));
        }
        int limit = webhooks.route(route).map(WebhookRoute::maxBodyBytes).orElse(0);
        byte[] body = request.getInputStream().readNBytes(limit + 1); // one more is enough to be too large
        WebhookResponse answer = webhooks.handle(route, new WebhookRequest("POST", headers, body));
        var response = ResponseEntity.status(answer.status());
        answer.headers().forEach(response::header);
        return response.body(answer.body());
    }
}
// end
