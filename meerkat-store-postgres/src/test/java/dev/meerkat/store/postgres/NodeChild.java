package dev.meerkat.store.postgres;

import dev.meerkat.api.Json;
import dev.meerkat.core.agent.TurnContext;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A {@link LoadedNode} in a process of its own. It stops to send, and then closes, when it is told so. A turn of
 * {@link #HOLD} tells so, and calls its tool only when the process has been stopped for a while, or another node has begun
 * the turn before.
 */
public final class NodeChild {
    static final Duration LEASE = Duration.ofSeconds(3);
    static final String HOLD = "hold";
    private static final long STOPPED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private NodeChild() {}

    /**
     * Runs until it is told to close, or killed.
     *
     * @param args the schema, and the node's name
     */
    public static void main(String[] args) throws Exception {
        PostgresOptions options =
                PostgresOptions.defaults().withSchema(args[0]).withLease(LEASE).withNodeName(args[1]);
        AtomicBoolean held = new AtomicBoolean();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (LoadedNode node =
                new LoadedNode(TestServer.source(), options, turn -> answer(turn, held), NodeChild::tell)) {
            tell("ready");
            in.readLine();
            node.stopSending();
            tell("stopped");
            in.readLine();
        }
        tell("closed");
    }

    private static String answer(TurnContext turn, AtomicBoolean held) throws Exception {
        if (turn.inputs().stream().noneMatch(input -> Script.text(input).equals(HOLD))) {
            return "ok";
        }
        if (turn.attempt() == 1 && !held.getAndSet(true)) {
            tell("holding");
            awaitStop();
            tell("woke");
        }
        return turn.tool("effect", Json.NULL, call -> {
                    tell("tool");
                    return Json.of("done");
                })
                .toString();
    }

    /** Returns when the clock has jumped, as it does for a process that was stopped. */
    private static void awaitStop() throws InterruptedException {
        long last = System.nanoTime();
        while (System.nanoTime() - last < STOPPED_NANOS) {
            last = System.nanoTime();
            boolean unused = new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
        }
    }

    private static synchronized void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
