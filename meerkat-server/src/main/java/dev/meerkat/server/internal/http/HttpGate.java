package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.Secret;
import dev.meerkat.wire.internal.fault.WireFault;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows the token. Where there is none, the address is this machine's own, and then it keeps out pages of
 * the web that a browser on this machine has open: their requests tell a foreign origin, or, if their name was made to
 * point here, a foreign host.
 *
 * @param token what must be shown, or empty
 * @param host the host that was asked for when the listener was opened
 */
public record HttpGate(Optional<Secret> token, String host) {
    private static final String SCHEME = "bearer ";
    /** What is read of a request, beside what the HTTP library reads itself, and the token. */
    private static final List<String> SINGLE = List.of(
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "MCP-Protocol-Version",
            "Mcp-Session-Id",
            "X-Meerkat-Request-Id",
            "X-Webhook-Secret");

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    /** Refuses headers of which one of several would be taken, and the others be ignored. */
    public static void checkSingle(HttpFields headers) throws WireFault {
        for (String name : SINGLE) {
            if (headers.getValuesList(name).size() > 1) {
                throw HttpErrors.badRequest("the header " + name + " must be there once at most");
            }
        }
    }

    /** Checks a request's headers; an answer that asks for the token says in which form. */
    public void check(Request request, Response response) throws WireFault {
        HttpFields headers = request.getHeaders();
        if (token.isPresent()) {
            List<String> shown = headers.getValuesList(HttpHeader.AUTHORIZATION);
            if (shown.size() != 1 || !token.get().is(bearer(shown.get(0)))) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
                throw HttpErrors.unauthorized("a token is needed, as Authorization: Bearer");
            }
            return;
        }
        for (HttpField field : headers) {
            if (field.is("Host") && !isOwn(withoutPort(field.getValue()))) {
                throw HttpErrors.forbidden("this server does not go by that name; ask for localhost");
            }
            if (field.is("Origin") && !isOwnOrigin(field.getValue())) {
                throw HttpErrors.forbidden("pages of other origins may not use this server without a token");
            }
        }
    }

    private static @Nullable String bearer(String shown) {
        boolean scheme = shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        return scheme ? shown.substring(SCHEME.length()).strip() : null;
    }

    private boolean isOwn(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return LOOPBACK.matcher(lower).matches()
                || lower.equals(host.toLowerCase(Locale.ROOT))
                || lower.equals("[" + host.toLowerCase(Locale.ROOT) + "]");
    }

    private boolean isOwnOrigin(@Nullable String origin) {
        if (origin == null) {
            return false;
        }
        try {
            String name = URI.create(origin).getHost();
            return name != null && isOwn(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withoutPort(@Nullable String authority) {
        if (authority == null) {
            return "";
        }
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }
}
