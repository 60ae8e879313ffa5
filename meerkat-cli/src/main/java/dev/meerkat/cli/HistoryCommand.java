package dev.meerkat.cli;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Session;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a transcript. */
@Command(name = "history", description = "Prints the transcript of a session.")
final class HistoryCommand extends SessionCommand {
    private static final int PAGE = 200;

    @Option(names = "--offset", paramLabel = "N", description = "Pass over the first N entries (default: 0).")
    long offset;

    @Option(names = "--limit", paramLabel = "N", description = "Print N entries at most (default: all).")
    long limit = Long.MAX_VALUE;

    @Option(names = "--last", paramLabel = "N", description = "Print the newest N entries only.")
    @Nullable
    Long last;

    HistoryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    private long first(Session opened) throws InterruptedException {
        if (last == null) {
            return offset;
        }
        if (last < 0) {
            throw new InvalidFieldException("--last", last.toString(), "must not be negative");
        }
        if (offset != 0) {
            throw new InvalidFieldException("--last", last.toString(), "cannot be given together with --offset");
        }
        return Math.max(0, opened.snapshot().messageCount() - last);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        long at = first(opened);
        long left = limit;
        boolean more = left > 0;
        while (more && !output.isClosed()) {
            HistoryPage page = opened.history(at, (int) Math.min(left, PAGE));
            page.entries()
                    .forEach(entry -> output.row(
                            () -> Texts.of(entry), () -> entry.toJson().text()));
            at += page.entries().size();
            left -= page.entries().size();
            more = page.hasMore() && left > 0 && !page.entries().isEmpty();
        }
        return ExitCode.OK;
    }
}
