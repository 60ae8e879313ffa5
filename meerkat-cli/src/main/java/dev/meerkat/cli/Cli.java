package dev.meerkat.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The command line: which commands there are, and how one is run. */
final class Cli {
    private Cli() {}

    /** Runs a command line in this thread; interrupting it ends the command in good order. */
    static int run(Surroundings surroundings, String... args) {
        return commandLine(surroundings, args.length == 0 ? "" : args[0]).execute(args);
    }

    /** With all commands, or with only the one that is asked for: each takes time to be read. */
    private static CommandLine commandLine(Surroundings surroundings, String asked) {
        Map<String, Supplier<Object>> commands = commands(surroundings);
        CommandLine line = new CommandLine(new RootCommand());
        if (commands.containsKey(asked)) {
            commands.keySet().retainAll(List.of(asked));
        } else {
            line.addSubcommand(new CommandLine.HelpCommand());
            line.addSubcommand("generate-completion", new AutoComplete.GenerateCompletion());
        }
        commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
        Failures failures = new Failures(surroundings);
        line.setOut(writer(surroundings.out()));
        line.setErr(writer(surroundings.err()));
        line.setExecutionExceptionHandler(failures);
        line.setParameterExceptionHandler(failures);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> new RunCommand(surroundings));
        commands.put("serve", () -> new ServeCommand(surroundings));
        commands.put("rpc", () -> new RpcCommand(surroundings));
        commands.put("mcp", () -> new McpCommand(surroundings));
        commands.put("sessions", () -> new SessionsCommand(surroundings));
        commands.put("send", () -> new SendCommand(surroundings));
        commands.put("peers", () -> new PeersCommand(surroundings));
        commands.put("event", () -> new EventCommand(surroundings));
        commands.put("history", () -> new HistoryCommand(surroundings));
        commands.put("tail", () -> new TailCommand(surroundings));
        commands.put("doctor", () -> new DoctorCommand(surroundings));
        return commands;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
