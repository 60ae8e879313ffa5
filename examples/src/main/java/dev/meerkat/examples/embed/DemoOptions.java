package dev.meerkat.examples.embed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * What the demo was asked to do.
 *
 * @param database the store's file; default {@code meerkat-demo.db} in the working directory
 * @param stdin whether deliveries come from standard input, one JSON body per line, instead of from
 *     the two recorded ones
 * @param think how long the agent takes for a turn, to have the time to kill it; default 0 ms
 * @param help whether only the usage is asked for
 */
record DemoOptions(Path database, boolean stdin, Duration think, boolean help) {
    static final String USAGE = """
            Options:
              --db FILE    keep the sessions in FILE (default: meerkat-demo.db)
              --stdin      read deliveries from standard input, one JSON body per line
              --think MS   let the agent take MS milliseconds for each turn (default: 0)
              --help       show this""";

    private static final long MOST_THINKING_MS = 60_000;

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if it is wrong, naming the argument
     */
    static DemoOptions parse(List<String> args) {
        DemoOptions options = new DemoOptions(Path.of("meerkat-demo.db"), false, Duration.ZERO, false);
        Iterator<String> rest = args.iterator();
        while (rest.hasNext()) {
            String arg = rest.next();
            options = switch (arg) {
                case "--db" -> options.withDatabase(Path.of(value(arg, rest)));
                case "--stdin" -> new DemoOptions(options.database, true, options.think, options.help);
                case "--think" -> options.withThink(value(arg, rest));
                case "--help" -> new DemoOptions(options.database, options.stdin, options.think, true);
                default -> throw new IllegalArgumentException("unknown argument: " + arg);
            };
        }
        return options;
    }

    private static String value(String arg, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(arg + " needs a value");
        }
        return rest.next();
    }

    private DemoOptions withDatabase(Path file) {
        return new DemoOptions(file, stdin, think, help);
    }

    private DemoOptions withThink(String millis) {
        try {
            long value = Long.parseLong(millis);
            if (value >= 0 && value <= MOST_THINKING_MS) {
                return new DemoOptions(database, stdin, Duration.ofMillis(value), help);
            }
        } catch (NumberFormatException e) {
            // refused below, where the message names the argument
        }
        throw new IllegalArgumentException(
                "--think must be a number of milliseconds from 0 to " + MOST_THINKING_MS + ": " + millis);
    }
}
