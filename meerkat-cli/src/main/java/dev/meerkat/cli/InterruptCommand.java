package dev.meerkat.cli;

import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Stops a running turn. */
@Command(
        name = "interrupt",
        description = "Stops the running turn of a session. The session lives on, and what waits is handled next.")
final class InterruptCommand extends SessionCommand {
    InterruptCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        InterruptOutcome outcome = opened.interrupt();
        output.row(
                () -> outcome instanceof InterruptOutcome.Idle
                        ? "idle: no turn was running"
                        : outcome.getOutcome() + " the turn",
                () -> outcome.toJson().text());
        return ExitCode.OK;
    }
}
