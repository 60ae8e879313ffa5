package dev.meerkat.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * Ends the process with the exit code of its program, also when a signal asks it to end: the program's thread is
 * interrupted then, and has some seconds to close what it has opened. Other processes that it runs do not outlive it.
 */
final class Stop {
    private static final int SECONDS = 5;
    private static final int KILLED = 143;

    private Stop() {}

    static void run(IntSupplier program, Runnable killAll) {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(end, main, killAll), "meerkat-stop"));
        int code = program.getAsInt();
        end.complete(code);
        System.exit(code);
    }

    private static void onShutdown(CompletableFuture<Integer> end, Thread main, Runnable killAll) {
        if (end.isDone()) {
            killAll.run();
            return;
        }
        main.interrupt();
        int code = KILLED;
        try {
            code = end.get(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // It does not end by itself.
        }
        killAll.run();
        // Only so is the code that of the program, and not that of the signal.
        Runtime.getRuntime().halt(code);
    }
}
