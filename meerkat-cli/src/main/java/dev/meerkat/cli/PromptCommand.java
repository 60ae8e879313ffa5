package dev.meerkat.cli;

import dev.meerkat.api.Session;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prompts a session. */
@Command(
        name = "prompt",
        description = {
            "Starts a turn of a session with a prompt, and prints the answer.",
            "In a store the prompt waits for the next server or run, and there is no answer yet."
        })
final class PromptCommand extends SessionCommand {
    @Parameters(index = "1", paramLabel = "PROMPT", description = "What the session is told.")
    String prompt = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Wait so long for the answer; the turn goes on without (default: ${DEFAULT-VALUE}).")
    long timeout = 600;

    PromptCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        Turn turn = opened.startTurn(prompt);
        if (!place.live()) {
            print(output, "waiting", "the prompt waits for the next server or run");
            return ExitCode.OK;
        }
        Optional<TurnOutcome> outcome = turn.await(Duration.ofSeconds(timeout));
        if (outcome.isEmpty()) {
            print(output, "running", "");
            surroundings.err().println("meerkat: no answer within " + timeout + " seconds; the turn goes on");
            return ExitCode.UNKNOWN;
        }
        if (outcome.get() instanceof TurnOutcome.Completed completed) {
            output.row(completed::text, () -> completed.toJson().text());
            return ExitCode.OK;
        }
        if (outcome.get() instanceof TurnOutcome.Interrupted interrupted) {
            output.row(interrupted::text, () -> interrupted.toJson().text());
            surroundings.err().println("meerkat: the turn was interrupted");
            return ExitCode.INTERRUPTED;
        }
        if (outcome.get() instanceof TurnOutcome.Parked parked) {
            output.note(() -> parked.toJson().text());
            surroundings
                    .err()
                    .println("meerkat: the session is parked, and the prompt kept: " + parked.message() + " ["
                            + Names.shown(parked.code()) + "]");
            return ExitCode.AGENT_FAILED;
        }
        TurnOutcome.Failed failed = (TurnOutcome.Failed) outcome.get();
        output.note(() -> failed.toJson().text());
        surroundings
                .err()
                .println("meerkat: turn failed: " + failed.message() + " [" + Names.shown(failed.code()) + "]");
        return ExitCode.AGENT_FAILED;
    }

    private static void print(Output output, String outcome, String text) {
        output.row(() -> text, () -> Documents.object("outcome", outcome, "text", text));
    }
}
