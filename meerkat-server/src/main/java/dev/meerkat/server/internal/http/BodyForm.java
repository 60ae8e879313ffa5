package dev.meerkat.server.internal.http;

import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.jspecify.annotations.Nullable;

/** How the JSON of a body is written, as its headers say. */
enum BodyForm {
    /** As it is. */
    PLAIN,
    /** Compressed with gzip. */
    GZIP,
    /** Whatever it is: its bytes are given on as they come. */
    RAW;

    /** Refuses what is not JSON, not UTF-8, or encoded in a way that is not understood. */
    static BodyForm of(HttpFields headers) {
        String type = headers.get(HttpHeader.CONTENT_TYPE);
        if (!isJson(type)) {
            throw HttpErrors.noJson();
        }
        String charset = MimeTypes.getCharsetFromContentType(type);
        if (charset != null && !charset.equalsIgnoreCase("utf-8") && !charset.equalsIgnoreCase("utf8")) {
            throw HttpErrors.unsupported("the charset " + charset + " is not supported: JSON must be in utf-8");
        }
        List<String> encodings = headers.getCSV(HttpHeader.CONTENT_ENCODING, false);
        if (encodings.isEmpty()) {
            return PLAIN;
        }
        String encoding = String.join(", ", encodings).toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "identity" -> PLAIN;
            case "gzip", "x-gzip" -> GZIP;
            default ->
                throw HttpErrors.unsupported(
                        "the Content-Encoding " + encoding + " is not supported: it must be gzip or identity");
        };
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        String plain = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return plain.equals("application/json") || (plain.startsWith("application/") && plain.endsWith("+json"));
    }
}
