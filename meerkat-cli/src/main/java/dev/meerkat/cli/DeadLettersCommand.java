package dev.meerkat.cli;

import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists dead letters. */
@Command(
        name = "dead-letters",
        description = {
            "Lists the inputs that were given up after their last attempt, of one session or of all live ones.",
            "Each is listed until it is redriven or discarded."
        })
final class DeadLettersCommand implements Callable<Integer> {
    private static final int PAGE = 200;

    private final Surroundings surroundings;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SESSION",
            description = "The session's id or comms name (default: all live sessions).")
    @Nullable
    String session;

    @Mixin
    final Where where = new Where();

    @Mixin
    final Options.Form form = new Options.Form();

    DeadLettersCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Output output = form.output(surroundings);
        try (Place place = where.open(surroundings)) {
            Pages pages = session == null ? place.meerkat()::deadLetters : of(place.session(session));
            forEach(
                    pages,
                    letter -> output.row(
                            () -> Texts.of(letter), () -> letter.toJson().text()),
                    output);
        }
        return ExitCode.OK;
    }

    private static Pages of(Session session) {
        return session::deadLetters;
    }

    /** Reads some dead letters. */
    @FunctionalInterface
    private interface Pages {
        DeadLetterPage read(int offset, int limit) throws InterruptedException;
    }

    private static void forEach(Pages pages, Consumer<DeadLetter> each, Output output) throws InterruptedException {
        int at = 0;
        boolean more = true;
        while (more && !output.isClosed()) {
            DeadLetterPage page = pages.read(at, PAGE);
            page.deadLetters().forEach(each);
            at += page.deadLetters().size();
            more = page.hasMore() && !page.deadLetters().isEmpty();
        }
    }

    /** How many there are. */
    static int count(Meerkat meerkat) throws InterruptedException {
        int count = 0;
        DeadLetterPage page;
        do {
            page = meerkat.deadLetters(count, PAGE);
            count += page.deadLetters().size();
        } while (page.hasMore() && !page.deadLetters().isEmpty());
        return count;
    }
}
