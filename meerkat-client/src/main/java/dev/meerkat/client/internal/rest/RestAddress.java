package dev.meerkat.client.internal.rest;

import dev.meerkat.api.InvalidFieldException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import okhttp3.HttpUrl;

/** Checks what a user gives to reach a server. No error shows a secret. */
public final class RestAddress {
    private static final Set<String> OWN_HEADERS = Set.of(
            "accept",
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-meerkat-request-id",
            "x-webhook-secret");

    /** What RFC 9110 calls a token, besides letters and digits. */
    private static final String TOKEN_CHARS = "!#$%&'*+-.^_`|~";

    private static final String HIDDEN = "(hidden)";

    private RestAddress() {}

    /** The address as OkHttp takes it. */
    public static HttpUrl checked(URI server) {
        String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidFieldException("server", shown(server), "must be an http or https address");
        }
        HttpUrl url = HttpUrl.parse(server.toString());
        if (url == null || server.getRawAuthority() == null) {
            throw new InvalidFieldException("server", shown(server), "must have a host");
        }
        if (!url.encodedUsername().isEmpty() || !url.encodedPassword().isEmpty()) {
            throw new InvalidFieldException("server", shown(server), "must not have user info: set a header instead");
        }
        if (url.encodedQuery() != null || url.encodedFragment() != null) {
            throw new InvalidFieldException("server", shown(server), "must not have a query or a fragment");
        }
        return withoutLastSlash(url);
    }

    private static HttpUrl withoutLastSlash(HttpUrl url) {
        int last = url.pathSize() - 1;
        boolean slash = last > 0 && url.encodedPathSegments().get(last).isEmpty();
        return slash ? url.newBuilder().removePathSegment(last).build() : url;
    }

    /** Scheme and host, since the rest may hold a secret. */
    private static String shown(URI server) {
        return server.getScheme() + "://" + (server.getHost() == null ? "" : server.getHost()) + "...";
    }

    /** Refuses a name that is no header's, or that of a header that is not the user's to set. */
    public static void checkHeaderName(String name) {
        if (name.isEmpty() || !name.chars().allMatch(RestAddress::isTokenChar)) {
            throw new InvalidFieldException("header", name, "must be a header's name");
        }
        if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new InvalidFieldException("header", name, "is set by this client itself");
        }
    }

    private static boolean isTokenChar(int c) {
        return c < 0x80 && (Character.isLetterOrDigit(c) || TOKEN_CHARS.indexOf(c) >= 0);
    }

    /** Refuses what no header takes: an empty value, and all but visible ASCII with spaces and tabs between. */
    public static void checkHeaderValue(String field, String value) {
        boolean visible = value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
        if (value.isBlank() || !visible) {
            throw new InvalidFieldException(field, HIDDEN, "must be visible ASCII text");
        }
    }
}
