package dev.meerkat.cli;

import dev.meerkat.api.Session;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the commands about one session share. */
abstract class SessionCommand implements Callable<Integer> {
    final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "SESSION", description = "The session's id or comms name.")
    String session = "";

    @Mixin
    final Where where = new Where();

    @Mixin
    final Options.Form form = new Options.Form();

    SessionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Place place = where.open(surroundings)) {
            return run(place, place.session(session), form.output(surroundings));
        }
    }

    abstract int run(Place place, Session opened, Output output) throws InterruptedException, IOException;
}
