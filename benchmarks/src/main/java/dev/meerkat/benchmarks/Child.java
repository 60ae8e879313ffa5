package dev.meerkat.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that runs one driver and prints its figures. */
public final class Child {
    private static final int MINUTES = 10;

    private Child() {}

    /** Measures one thing in this process. */
    @FunctionalInterface
    interface Driver {
        void run(Arguments arguments, Figures figures) throws Exception;
    }

    private static Driver driver(String name) {
        return switch (name) {
            case "RequestDriver" -> RequestDriver::run;
            case "MemoryDriver" -> MemoryDriver::run;
            case "CreateDriver" -> CreateDriver::run;
            case "DurableDriver" -> DurableDriver::run;
            case "RestartFill" -> RestartFill::run;
            case "RestartDriver" -> RestartDriver::run;
            case "YearDriver" -> YearDriver::run;
            case "RestDriver" -> RestDriver::run;
            case "RestServer" -> RestServer::run;
            case "StdioDriver" -> StdioDriver::run;
            case "StreamsDriver" -> StreamsDriver::run;
            case "StreamsServer" -> StreamsServer::run;
            case "AgentDriver" -> AgentDriver::run;
            case "AgentSessionsDriver" -> AgentSessionsDriver::run;
            case "DeadReadersDriver" -> DeadReadersDriver::run;
            case "DeadReadersServer" -> DeadReadersServer::run;
            case "AppendDriver" -> AppendDriver::run;
            case "NodeTurnsDriver" -> NodeTurnsDriver::run;
            case "WakeDriver" -> WakeDriver::run;
            case "OutageDriver" -> OutageDriver::run;
            case "OutageVictim" -> OutageDriver::victim;
            case "IdleDriver" -> IdleDriver::run;
            default -> throw new IllegalArgumentException("no driver is named " + name);
        };
    }

    /**
     * Runs a driver.
     *
     * @param args its name, then its arguments as {@code name=value}
     * @throws Exception if it fails
     */
    public static void main(String[] args) throws Exception {
        Figures figures = new Figures();
        try {
            driver(args[0]).run(Arguments.parse(args, 1), figures);
        } finally {
            figures.print();
            System.out.flush();
        }
        // A store or an actor system may have left threads that would keep the process alive.
        System.exit(0);
    }

    /**
     * Starts a process, waits for its end and reads its figures.
     *
     * @param heap the maximal heap, such as {@code 2g}
     */
    static void run(Options options, String heap, String driver, Arguments arguments, Figures figures)
            throws IOException, InterruptedException {
        List<String> jvm = new ArrayList<>(List.of("-Xmx" + heap));
        Path recording = null;
        if (options.profile() != null) {
            Files.createDirectories(options.profile());
            String name = driver + "-" + String.join("-", arguments.words()).replaceAll("[^A-Za-z0-9=-]", "_");
            recording = options.profile().resolve(name.substring(0, Math.min(name.length(), 150)) + ".jfr");
            jvm.addAll(HotSpots.recordInto(recording));
        }
        run(command(jvm, driver, arguments), figures);
        if (recording != null) {
            System.err.println(HotSpots.of(recording));
        }
    }

    /** The command line of a process that runs a driver. */
    static List<String> command(List<String> jvm, String driver, Arguments arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(JVM_ARGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName(), driver));
        command.addAll(List.of(arguments.words()));
        return command;
    }

    private static void run(List<String> command, Figures figures) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // A process that hangs ends its output, and so this loop, when it is killed.
        CompletableFuture.delayedExecutor(MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!figures.read(line)) {
                    System.err.println(line);
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    /** What every measuring process gets, so that newer JDKs load the native library silently. */
    static final List<String> JVM_ARGS =
            Runtime.version().feature() >= 22 ? List.of("--enable-native-access=ALL-UNNAMED") : List.of();
}
