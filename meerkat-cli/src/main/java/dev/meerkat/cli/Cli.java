package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The command line: which commands there are, and how one is run. */
final class Cli {
    static final char REPLACEMENT = '\ufffd';

    private Cli() {}

    /** Runs a command line in this thread; interrupting it ends the command in good order. */
    static int run(Surroundings surroundings, String... args) {
        Optional<InvalidFieldException> damaged = damaged(args);
        if (damaged.isPresent()) {
            surroundings.err().println("meerkat: " + Failures.describe(damaged.get()));
            return ExitCode.INVALID;
        }
        int code = commandLine(surroundings, args.length == 0 ? "" : args[0]).execute(args);
        return code == ExitCode.OK ? told(surroundings) : code;
    }

    /** Whoever does not see what was done must not take it for seen, nor do it again without a look. */
    private static int told(Surroundings surroundings) {
        Optional<String> lost = surroundings.out().lost();
        if (lost.isEmpty()) {
            return ExitCode.OK;
        }
        surroundings.err().println("meerkat: it is done, but standard output cannot be written: " + lost.get());
        return ExitCode.UNKNOWN;
    }

    /** Java has put the replacement character where it could not read what it was given: that must not be stored. */
    private static Optional<InvalidFieldException> damaged(String[] args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].indexOf(REPLACEMENT) >= 0) {
                return Optional.of(new InvalidFieldException(
                        "argument " + (i + 1),
                        args[i],
                        "is not text in the encoding of the locale, or the locale is not installed;"
                                + " set LC_ALL=C.UTF-8, or use the launcher bin/meerkat"));
            }
        }
        return Optional.empty();
    }

    /** With all commands, or with only the one that is asked for: each takes time to be read. */
    private static CommandLine commandLine(Surroundings surroundings, String asked) {
        Map<String, Supplier<Object>> commands = commands(surroundings);
        CommandLine line = withHelp(new CommandLine(new RootCommand()));
        if (commands.containsKey(asked)) {
            commands.keySet().retainAll(List.of(asked));
        } else {
            line.addSubcommand(new CommandLine.HelpCommand());
            line.addSubcommand("generate-completion", new AutoComplete.GenerateCompletion());
        }
        commands.forEach((name, command) -> line.addSubcommand(name, withHelp(new CommandLine(command.get()))));
        Failures failures = new Failures(surroundings);
        line.setOut(writer(surroundings.out()));
        line.setErr(writer(surroundings.err()));
        line.setExecutionExceptionHandler(failures);
        line.setParameterExceptionHandler(failures);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A text may begin with @, and is not the name of a file then.
        line.setExpandAtFiles(false);
        return line;
    }

    /** Every command has {@code --help} and {@code --version}. */
    private static CommandLine withHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Version());
        return command;
    }

    private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> new RunCommand(surroundings));
        commands.put("serve", () -> new ServeCommand(surroundings));
        commands.put("rpc", () -> new RpcCommand(surroundings));
        commands.put("mcp", () -> new McpCommand(surroundings));
        commands.put("create", () -> new CreateCommand(surroundings));
        commands.put("prompt", () -> new PromptCommand(surroundings));
        commands.put("interrupt", () -> new InterruptCommand(surroundings));
        commands.put("archive", () -> new ArchiveCommand(surroundings));
        commands.put("delete", () -> new DeleteCommand(surroundings));
        commands.put("sessions", () -> new SessionsCommand(surroundings));
        commands.put("send", () -> new SendCommand(surroundings));
        commands.put("peers", () -> new PeersCommand(surroundings));
        commands.put("event", () -> new EventCommand(surroundings));
        commands.put("later", () -> new LaterCommand(surroundings));
        commands.put("schedules", () -> new SchedulesCommand(surroundings));
        commands.put("dead-letters", () -> new DeadLettersCommand(surroundings));
        commands.put("redrive", () -> new RedriveCommand(surroundings));
        commands.put("discard", () -> new DiscardCommand(surroundings));
        commands.put("unpark", () -> new UnparkCommand(surroundings));
        commands.put("history", () -> new HistoryCommand(surroundings));
        commands.put("tail", () -> new TailCommand(surroundings));
        commands.put("backup", () -> new BackupCommand(surroundings));
        commands.put("export", () -> new ExportCommand(surroundings));
        commands.put("import", () -> new ImportCommand(surroundings));
        commands.put("doctor", () -> new DoctorCommand(surroundings));
        return commands;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
