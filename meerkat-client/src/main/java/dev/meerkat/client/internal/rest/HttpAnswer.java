package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meerkat.client.internal.wire.Fault;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import okhttp3.Response;
import okio.BufferedSource;
import okio.ByteString;

/**
 * A server's whole answer.
 *
 * @param status the HTTP status
 * @param body the body; of an error, its beginning
 */
record HttpAnswer(int status, ByteString body) {
    /** What is read of an error answer. */
    private static final int ERROR_BYTES = 1 << 20;

    /** What is kept of an error's plain text. */
    private static final int MESSAGE_CHARS = 4 << 10;

    /** The body is larger than this client takes in. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(long limit) {
            super("it is over the limit of " + limit + " bytes (message_bytes)");
        }
    }

    /** Reads the body, up to a limit. */
    static HttpAnswer read(Response response, int limit) throws IOException {
        BufferedSource source = response.body().source();
        if (!response.isSuccessful()) {
            int most = Math.min(limit, ERROR_BYTES);
            return new HttpAnswer(
                    response.code(), source.request(most) ? source.readByteString(most) : source.readByteString());
        }
        // One byte more than allowed proves that it is too large, whatever length was declared.
        if (response.body().contentLength() > limit || source.request(limit + 1L)) {
            throw new TooLargeException(limit);
        }
        return new HttpAnswer(response.code(), source.readByteString());
    }

    /** Whether the server did what was asked. */
    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON. */
    JsonNode json() throws IOException {
        byte[] bytes = body.toByteArray();
        return WireJson.read(bytes, 0, bytes.length);
    }

    /** An error answer: JSON where it is JSON, else its text. */
    Fault fault() {
        if (status >= 300 && status < 400) {
            return new Fault(0, status, "redirect", "status " + status + ", and redirects are not followed", missing());
        }
        try {
            JsonNode tree = json();
            if (tree.path("error").isTextual()) {
                JsonNode details = tree.path("details");
                return new Fault(
                        0,
                        status,
                        tree.path("code").asText(""),
                        cut(tree.path("error").asText()),
                        details.isMissingNode() ? tree : details);
            }
        } catch (IOException e) {
            // Not JSON: plain text, as of a body that does not parse, or whatever stands between.
        }
        String text = cut(body.string(StandardCharsets.UTF_8).strip());
        return new Fault(0, status, "", text, missing());
    }

    private static JsonNode missing() {
        return MissingNode.getInstance();
    }

    private static String cut(String text) {
        return text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS) + "...";
    }
}
