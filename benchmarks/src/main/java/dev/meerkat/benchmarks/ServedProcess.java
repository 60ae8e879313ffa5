package dev.meerkat.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, which ends when its standard input does. Not thread-safe. */
final class ServedProcess implements AutoCloseable {
    private static final String READY = "serving ";
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final BufferedReader lines;
    private final List<String> words;

    private ServedProcess(Process process, BufferedReader lines, List<String> words) {
        this.process = process;
        this.lines = lines;
        this.words = words;
    }

    /**
     * Starts a driver that calls {@link #serve}.
     *
     * @throws IllegalStateException if it ends before
     */
    static ServedProcess start(String driver, Arguments arguments) throws IOException {
        return start(List.of("-Xmx2g"), driver, arguments);
    }

    /** Starts a driver in a JVM with options of its own. */
    static ServedProcess start(List<String> jvm, String driver, Arguments arguments) throws IOException {
        List<String> command = Child.command(jvm, driver, arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(READY)) {
                return new ServedProcess(
                        process, lines, List.of(line.substring(READY.length()).split(" ", -1)));
            }
            System.err.println(line);
        }
        throw new IllegalStateException("it ended before it served: " + String.join(" ", command));
    }

    int port() {
        return Integer.parseInt(words.get(0));
    }

    /** What it said beside its port. */
    List<String> words() {
        return words.subList(1, words.size());
    }

    long pid() {
        return process.pid();
    }

    /** Gives it a line and reads the line that it answers. */
    String ask(String question) throws IOException {
        process.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String answer = lines.readLine();
        if (answer == null) {
            throw new IOException("it ended before it answered " + question);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** In that process: says where it serves, and returns at the end of standard input. */
    static void serve(int port, List<String> words) {
        serve(port, words, question -> "");
    }

    /** In that process: also answers what it is asked. */
    static void serve(int port, List<String> words, Answers answers) {
        List<String> all = new ArrayList<>(List.of(Integer.toString(port)));
        all.addAll(words);
        System.out.println(READY + String.join(" ", all));
        try {
            BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                System.out.println(answers.to(question));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process says when it is asked. */
    @FunctionalInterface
    interface Answers {
        String to(String question);
    }
}
