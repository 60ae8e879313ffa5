package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.api.UnknownOutcomeException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on standard error why a command did not do what it was asked, and gives the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Surroundings surroundings;

    Failures(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        surroundings.err().println("meerkat: " + e.getMessage());
        List<String> similar =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        if (!similar.isEmpty()) {
            surroundings.err().println("Did you mean: " + String.join(", or ", similar) + "?");
        }
        surroundings.err().println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.INVALID;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult result) {
        if (e instanceof ParameterException wrong) {
            return handleParseException(wrong, new String[0]);
        }
        surroundings.err().println("meerkat: " + describe(e));
        return ExitCode.of(e);
    }

    static String describe(Exception e) {
        if (e instanceof InterruptedException) {
            return "interrupted";
        }
        if (e instanceof InvalidFieldException || e instanceof UsageException || e instanceof IOException) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
        if (e instanceof MeerkatException known) {
            return outcome(known) + ": " + known.getMessage() + " [" + known.code() + "]" + hint(known);
        }
        return "failed: " + e;
    }

    private static String outcome(MeerkatException e) {
        if (e instanceof UnknownOutcomeException) {
            return "unknown whether it was done";
        }
        return e instanceof NotDoneException ? "not done" : "failed";
    }

    private static String hint(MeerkatException e) {
        if (e instanceof TooManySchedulesException) {
            return System.lineSeparator() + "List them: meerkat schedules SESSION; take one back: --cancel ID";
        }
        return e instanceof StoreInUseException
                ? System.lineSeparator()
                        + "If a server holds the store, ask the server: --server URL instead of --store"
                : "";
    }
}
