package dev.meerkat.cli;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Discards a dead letter. */
@Command(name = "discard", description = "Discards a dead letter: it is no longer listed and is never handled.")
final class DiscardCommand extends DeadLetterCommand {
    DiscardCommand(Surroundings surroundings) {
        super(surroundings, "discarded");
    }

    @Override
    void change(Session opened, InputId letter) throws InterruptedException {
        opened.discard(letter);
    }
}
