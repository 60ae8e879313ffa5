package dev.meerkat.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a subcommand. */
@Command(
        name = "meerkat",
        description = "Durable agent sessions that wake on messages and events.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed, or an internal error",
            "2:wrong arguments or values",
            "3:not done, for any other reason",
            "4:unknown whether it was done, or standard output cannot be written; look before you try again",
            "10:no such session",
            "11:the session's inbox is full; try again later",
            "12:the session is archived, or its runtime closes",
            "13:the event's key was used for another event",
            "14:interrupted",
            "30:the agent failed",
            "40:the server cannot do this"
        },
        footer = {"", "meerkat COMMAND --help tells more."})
final class RootCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    RootCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
