package dev.meerkat.cli;

import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Ends a session. */
@Command(
        name = "archive",
        description = {
            "Ends a session for good. Its transcript can still be read, and its name is free again.",
            "What waits for it is not handled any more."
        })
final class ArchiveCommand extends SessionCommand {
    ArchiveCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        place.archive(opened);
        output.row(
                () -> "archived " + opened.id(),
                () -> Documents.object("session_id", opened.id().toString(), "state", "archived"));
        return ExitCode.OK;
    }
}
