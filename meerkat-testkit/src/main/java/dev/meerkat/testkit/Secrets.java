package dev.meerkat.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must not be recorded: texts that match a pattern are replaced.
 *
 * <p>A pattern with groups hides its groups only, one without hides all that it matches. Immutable and thread-safe.
 */
public final class Secrets {
    /** What stands in place of a secret. */
    public static final String SCRUBBED = "[scrubbed]";

    private static final String NAMES =
            "(?:api[_-]?key|access[_-]?key|secret|password|passwd|token|authorization|credentials?|client[_-]?secret"
                    + "|[a-z_-]*(?:_token|_secret|_password|_key|Token|Secret|Password|Key))";

    private static final Secrets USUAL = new Secrets(List.of(
            Pattern.compile("(?i)\\bbearer\\s+([A-Za-z0-9._~+/=-]{6,})"),
            Pattern.compile("(?i)\\bbasic\\s+([A-Za-z0-9+/=]{8,})"),
            Pattern.compile("\\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,}"),
            Pattern.compile("\\bgh[pousr]_[A-Za-z0-9]{20,}"),
            Pattern.compile("\\bgithub_pat_[A-Za-z0-9_]{20,}"),
            Pattern.compile("\\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
            Pattern.compile("\\bA(?:KIA|SIA)[0-9A-Z]{16}\\b"),
            Pattern.compile("\\bAIza[0-9A-Za-z_-]{30,}"),
            Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*"),
            Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----([\\s\\S]*?)-----END [A-Z ]*PRIVATE KEY-----"),
            Pattern.compile("\\b[a-z][a-z0-9+.-]*://[^/\\s:@\"]*:([^/\\s@\"]+)@"),
            // A JSON field by its name; its quotes may be escaped, where JSON is text within JSON.
            Pattern.compile("(?i)\\\\*\"" + NAMES + "\\\\*\"\\s*:\\s*\\\\*\"((?:[^\"\\\\]|\\\\[^\"])+)"),
            Pattern.compile("(?i)\\b" + NAMES + "\\s*=\\s*[\"']?([^\\s\"'&,;]{4,})")));

    private final List<Pattern> patterns;

    private Secrets(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * Keys and tokens of known forms, bearer and basic credentials, private keys, passwords in addresses, and the
     * values of fields and variables with names such as {@code api_key}, {@code password} and {@code refresh_token}.
     *
     * @return the usual patterns
     */
    public static Secrets usual() {
        return USUAL;
    }

    /**
     * With one more pattern.
     *
     * @param pattern as the class says
     * @return a changed copy
     */
    public Secrets and(Pattern pattern) {
        List<Pattern> more = new ArrayList<>(patterns);
        more.add(Objects.requireNonNull(pattern, "pattern"));
        return new Secrets(List.copyOf(more));
    }

    /**
     * With one more text, such as the key that the program uses.
     *
     * @param secret the text, not blank
     * @return a changed copy
     */
    public Secrets and(String secret) {
        if (secret.isBlank()) {
            throw new IllegalArgumentException("secret must not be blank");
        }
        return and(Pattern.compile(Pattern.quote(secret)));
    }

    /**
     * Replaces what is secret.
     *
     * @param text any text
     * @return the text, with {@link #SCRUBBED} in place of each secret
     */
    public String scrub(String text) {
        String scrubbed = text;
        for (Pattern pattern : patterns) {
            scrubbed = pattern.matcher(scrubbed).replaceAll(found -> Matcher.quoteReplacement(replaced(found)));
        }
        return scrubbed;
    }

    private static String replaced(MatchResult found) {
        if (found.groupCount() == 0) {
            return SCRUBBED;
        }
        StringBuilder text = new StringBuilder();
        int from = found.start();
        for (int group = 1; group <= found.groupCount(); group++) {
            if (found.start(group) >= from) {
                text.append(found.group(), from - found.start(), found.start(group) - found.start());
                text.append(SCRUBBED);
                from = found.end(group);
            }
        }
        return text.append(found.group(), from - found.start(), found.end() - found.start())
                .toString();
    }
}
