package dev.meerkat.server.internal.http;

import dev.meerkat.wire.internal.WireJson;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What Jetty refuses itself, such as headers that are too large, in the form of all other errors. */
final class JsonErrors extends ErrorHandler {
    private static final String JSON = "application/json";

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON);
        response.write(true, body(code), callback);
    }

    /** The status says enough; messages and causes may hold what the client sent, or what is nobody's business. */
    private static ByteBuffer body(int status) {
        String name = HttpStatus.getMessage(status);
        String code = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
        return ByteBuffer.wrap(WireJson.write(HttpErrors.body(status, code, name)));
    }
}
