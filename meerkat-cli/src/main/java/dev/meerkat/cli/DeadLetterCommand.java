package dev.meerkat.cli;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import picocli.CommandLine.Parameters;

/** What the commands that change one dead letter share. */
abstract class DeadLetterCommand extends SessionCommand {
    @Parameters(index = "1", paramLabel = "INPUT", description = "The input's id, as dead-letters lists it.")
    String input = "";

    private final String outcome;

    /**
     * A command.
     *
     * @param outcome what it prints when it is done
     */
    DeadLetterCommand(Surroundings surroundings, String outcome) {
        super(surroundings);
        this.outcome = outcome;
    }

    abstract void change(Session opened, InputId letter) throws InterruptedException;

    @Override
    final int run(Place place, Session opened, Output output) throws InterruptedException {
        InputId id = InputId.of(input);
        change(opened, id);
        output.row(
                () -> outcome + " " + id,
                () -> Documents.object(
                        "session_id", opened.id().toString(), "input_id", id.toString(), "outcome", outcome));
        return ExitCode.OK;
    }
}
