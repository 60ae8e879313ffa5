package dev.meerkat.cli;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Redrives a dead letter. */
@Command(
        name = "redrive",
        description = {
            "Puts a dead letter back into its lane. It is tried at once; if that fails, as one that was just set aside.",
            "A session in a store handles it when it runs next."
        })
final class RedriveCommand extends DeadLetterCommand {
    RedriveCommand(Surroundings surroundings) {
        super(surroundings, "redriven");
    }

    @Override
    void change(Session opened, InputId letter) throws InterruptedException {
        opened.redrive(letter);
    }
}
