package dev.meerkat.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The snippets of the product page. */
final class Page {
    private static final String PLACE_OF_THE_SESSION = "01936f8a-...";

    private Page() {}

    /** A snippet as written, with a session in the place that the page leaves open. */
    static String snippet(String name, String session) throws IOException {
        return snippet(name).replace(PLACE_OF_THE_SESSION, session);
    }

    static String snippet(String name) throws IOException {
        String heading = "\n=== " + name + "\n";
        String page = text();
        int start = page.indexOf(heading);
        if (start < 0) {
            throw new IOException("the page has no snippet " + name);
        }
        int from = start + heading.length();
        int to = page.indexOf("\n=== ", from);
        return page.substring(from, to < 0 ? page.length() : to).strip();
    }

    private static String text() throws IOException {
        try (InputStream file = Objects.requireNonNull(Page.class.getResourceAsStream("/page.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
