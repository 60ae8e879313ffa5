package dev.meerkat.cli;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs that agents of this process run. Closing it kills them all, with everything that they have started, and
 * starts no more. Thread-safe.
 */
final class Programs implements AutoCloseable {
    /** Marks a program and all that it starts, so that they are found wherever they went. */
    private static final String MARK = "MEERKAT_RUN";

    private static final int CLOSE_SECONDS = 2;
    /** What is started while others are being killed is found by the next look. */
    private static final int LOOKS = 3;

    private static final Path PROC = Path.of("/proc/self/environ");

    /** Gives a program a process group of its own. */
    private static final Optional<String> SETSID = Stream.of("/usr/bin/setsid", "/bin/setsid")
            .filter(file -> Files.isExecutable(Path.of(file)))
            .findFirst();

    private final String prefix;
    private final Set<Program> running = ConcurrentHashMap.newKeySet();
    private final Queue<Program> doomed = new ConcurrentLinkedQueue<>();
    private final ReentrantLock killing = new ReentrantLock();
    private final Set<String> withheld = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** With a name that no other process uses. */
    Programs(String name) {
        this.prefix = MARK + "=" + name + "/";
    }

    /** Keeps further environment variables from programs that start from now on. */
    void withhold(Set<String> variables) {
        withheld.addAll(variables);
    }

    /** A program that runs. */
    record Program(Process process, String mark) {}

    /**
     * Starts a program, without the secrets of this process in its environment.
     *
     * @param words the program and its arguments
     * @param id what tells this run from all others
     * @param variables what it finds in its environment, too
     * @throws InterruptedException if this is closed
     */
    Program start(List<String> words, String id, Map<String, String> variables)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(words);
        SETSID.ifPresent(setsid -> command.add(0, setsid));
        ProcessBuilder builder = new ProcessBuilder(command);
        String mark = prefix + id;
        builder.environment().keySet().removeAll(CommandSecrets.withheld());
        builder.environment().keySet().removeAll(withheld);
        builder.environment().putAll(variables);
        builder.environment().put(MARK, mark.substring(MARK.length() + 1));
        refuseIfClosed();
        Program program = new Program(builder.start(), mark);
        running.add(program);
        if (closed) {
            kill(program);
            refuseIfClosed();
        }
        return program;
    }

    private void refuseIfClosed() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("the process ends");
        }
    }

    /** A program has ended, and nothing of it is left to be cared for. */
    void ended(Program program) {
        running.remove(program);
    }

    /** Kills a program and all that it has started. Cannot be interrupted, and does not wait until they are gone. */
    void kill(Program program) {
        kill(Set.of(program));
    }

    /** Kills all that run, and starts no more. Does not wait until they are gone. */
    void killAll() {
        closed = true;
        kill(running);
    }

    private void kill(Set<Program> programs) {
        doomed.addAll(programs);
        killing.lock();
        try {
            // Looking at all processes takes its time, so one look serves all that wait here.
            Set<Program> batch = new HashSet<>();
            for (Program next = doomed.poll(); next != null; next = doomed.poll()) {
                batch.add(next);
            }
            if (!batch.isEmpty()) {
                killNow(batch);
            }
        } finally {
            killing.unlock();
        }
    }

    private static void killNow(Set<Program> programs) {
        if (Files.exists(PROC)) {
            killGroups(programs);
            for (int look = 0; look < LOOKS && killMarked(programs) > 0; look++) {
                Thread.onSpinWait();
            }
        } else {
            // First, because those of a dead process are nobody's.
            List<ProcessHandle> started = programs.stream()
                    .flatMap(program -> program.process().descendants())
                    .toList();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        programs.forEach(program -> program.process().destroyForcibly());
    }

    /** Each program leads a group, which is there as long as one of it is. */
    private static void killGroups(Set<Program> programs) {
        if (SETSID.isEmpty()) {
            return;
        }
        List<String> kill = new ArrayList<>(List.of("/bin/sh", "-c", "kill -KILL -- \"$@\"", "sh"));
        programs.forEach(program -> kill.add("-" + program.process().pid()));
        try {
            new ProcessBuilder(kill)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            // The program itself is killed already, and most of what it started is found by its mark.
        }
    }

    /** Those that left the group, too. Returns how many there were. */
    private static int killMarked(Set<Program> programs) {
        Set<String> marks = programs.stream().map(Program::mark).collect(Collectors.toSet());
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            List<ProcessHandle> marked =
                    all.filter(process -> marks.contains(mark(process.pid()))).toList();
            marked.forEach(ProcessHandle::destroyForcibly);
            return marked.size();
        }
    }

    private static String mark(long pid) {
        // Not a channel, since the thread may be interrupted.
        try (InputStream in = new FileInputStream("/proc/" + pid + "/environ")) {
            String environment = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(environment.split("\0"))
                    .filter(variable -> variable.startsWith(MARK + "="))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            // Of another user, or gone.
            return "";
        }
    }

    /** Kills all that run, and waits some seconds until they are gone. */
    @Override
    public void close() {
        killAll();
        CompletableFuture<?>[] ends =
                running.stream().map(program -> program.process().onExit()).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // They are told to end. This process must, too.
        }
    }
}
