package dev.meerkat.client.internal.rpc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server is started as a child process.
 *
 * @param executable the program, or null to look for it
 * @param options options with their values, in order; an empty value for none
 * @param arguments what it is given behind its options
 * @param environment what is added to the environment of this process
 */
public record ChildCommand(
        @Nullable Path executable,
        Map<String, String> options,
        List<String> arguments,
        Map<String, String> environment) {

    /** Copies. */
    public ChildCommand {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** With an option, instead of its value before. */
    public ChildCommand withOption(String option, String value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new ChildCommand(executable, more, arguments, environment);
    }

    /** With other arguments. */
    public ChildCommand withArguments(List<String> arguments) {
        return new ChildCommand(executable, options, arguments, environment);
    }

    /** With other additions to the environment. */
    public ChildCommand withEnvironment(Map<String, String> environment) {
        return new ChildCommand(executable, options, arguments, environment);
    }

    /** What is run, with the program that the process's own environment names if none is given. */
    List<String> line(Map<String, String> own) {
        List<String> line = new ArrayList<>();
        line.add(Executables.find(executable, own).toString());
        options.forEach((option, value) -> {
            line.add(option);
            if (!value.isEmpty()) {
                line.add(value);
            }
        });
        line.addAll(arguments);
        return line;
    }

    /** How to start it. */
    ProcessBuilder process() {
        ProcessBuilder builder = new ProcessBuilder(line(System.getenv()));
        builder.environment().putAll(environment);
        return builder;
    }
}
