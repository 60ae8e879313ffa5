package dev.meerkat.cli;

import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Lets a parked session go on. */
@Command(
        name = "unpark",
        description = {
            "Lets a parked session go on from its last committed step, with its budgets once more.",
            "A session in a store goes on when it runs next."
        })
final class UnparkCommand extends SessionCommand {
    UnparkCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        String outcome = opened.unpark() ? "unparked" : "not_parked";
        output.row(
                () -> outcome.equals("unparked") ? "unparked" : "not parked: there was nothing to do",
                () -> Documents.object("session_id", opened.id().toString(), "outcome", outcome));
        return ExitCode.OK;
    }
}
