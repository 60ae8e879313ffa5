package dev.meerkat.cli;

import dev.meerkat.api.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes a session. */
@Command(
        name = "delete",
        description = {
            "Deletes a session with its inputs, transcript, events, keys and unsent messages.",
            "A live session is archived first, which stops its running turn. What other sessions have got from it stays."
        })
final class DeleteCommand extends SessionCommand {
    @Option(names = "--yes", description = "Delete it; without this, nothing is done.")
    boolean yes;

    DeleteCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        if (!yes) {
            throw new UsageException("--yes must be given, as session " + opened.id() + " cannot be restored");
        }
        place.delete(opened);
        output.row(
                () -> "deleted " + opened.id(),
                () -> Documents.object("session_id", opened.id().toString(), "state", "deleted"));
        return ExitCode.OK;
    }
}
