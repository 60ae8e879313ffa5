package dev.meerkat.cli;

import dev.meerkat.api.internal.Printable;
import java.util.regex.Pattern;

/** How names that others have chosen are shown. */
final class Names {
    /** Visible ASCII without blanks and quotes can be taken for nothing else. */
    private static final Pattern SIMPLE = Pattern.compile("[!-~&&[^\"]]+");

    private Names() {}

    /** A simple name as it is; any other in quotes, with letters outside ASCII spelled out behind it. */
    static String shown(String name) {
        if (SIMPLE.matcher(name).matches()) {
            return name;
        }
        String line = Printable.line(name);
        String ascii = Printable.ascii(name);
        String quoted = '"' + line.replace("\"", "\\\"") + '"';
        return ascii.equals(line) ? quoted : quoted + " (" + ascii + ")";
    }
}
