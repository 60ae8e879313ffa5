package dev.meerkat.client.internal.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Ends processes with everything that they have started, and all that are left when this JVM exits.
 *
 * <p>Signals only, never {@link Process#destroy}: that closes the streams too, for which it would wait
 * behind a thread that is stuck in writing to a child that does not read.
 */
final class Children {
    private static final Duration AT_EXIT = Duration.ofSeconds(2);
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Children::endAll, ClientThreads.PREFIX + "exit"));
    }

    private Children() {}

    /** Counts a process in until it ends. */
    static void add(Process child) {
        LIVE.add(child);
        CompletableFuture<Boolean> unused = child.onExit().thenApply(LIVE::remove);
    }

    /**
     * Ends a child within two waits; it may be over already.
     *
     * @return whether it is gone
     */
    static boolean end(Process child, Duration wait) {
        // Whoever has lost its parent is found no more, so these are looked for first.
        List<ProcessHandle> all = family(child);
        all.forEach(ProcessHandle::destroy);
        if (gone(all, wait)) {
            return true;
        }
        all.forEach(ProcessHandle::destroyForcibly);
        return gone(all, wait);
    }

    private static List<ProcessHandle> family(Process child) {
        List<ProcessHandle> all = new ArrayList<>();
        try (Stream<ProcessHandle> descendants = child.descendants()) {
            descendants.forEach(all::add);
        }
        all.add(child.toHandle());
        return all;
    }

    /** An interrupted caller waits no longer, and stays interrupted. */
    private static boolean gone(List<ProcessHandle> all, Duration wait) {
        CompletableFuture<Void> exits =
                CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        try {
            exits.get(wait.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private static void endAll() {
        List<ProcessHandle> all = new ArrayList<>();
        LIVE.forEach(child -> all.addAll(family(child)));
        all.forEach(ProcessHandle::destroy);
        if (!gone(all, AT_EXIT)) {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
