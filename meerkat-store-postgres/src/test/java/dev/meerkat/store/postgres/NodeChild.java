package dev.meerkat.store.postgres;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.core.MeerkatRuntime;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A node in a process of its own: it sends events to all sessions in turn, tells of each that was acknowledged, and runs
 * the turns that are its own. It stops to send, and then closes, when it is told so.
 */
public final class NodeChild {
    static final Duration LEASE = Duration.ofSeconds(3);

    private NodeChild() {}

    /**
     * Runs until it is told to close, or killed.
     *
     * @param args the schema, the node's name, and how many sessions there are
     */
    public static void main(String[] args) throws Exception {
        PostgresOptions options =
                PostgresOptions.defaults().withSchema(args[0]).withLease(LEASE).withNodeName(args[1]);
        AtomicBoolean sends = new AtomicBoolean(true);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (PostgresStore store = PostgresStore.open(TestServer.source(), options);
                Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").store(store).open()) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                sessions.add(meerkat.open("s" + i));
            }
            tell("ready");
            Thread sender = new Thread(() -> send(args[1], sessions, sends));
            sender.start();
            in.readLine();
            sends.set(false);
            sender.join();
            tell("stopped");
            in.readLine();
        }
        tell("closed");
    }

    private static void send(String name, List<Session> sessions, AtomicBoolean sends) {
        for (int i = 0; sends.get(); i++) {
            String key = name + "-" + i;
            try {
                sessions.get(i % sessions.size())
                        .sendExternalEvent(
                                ExternalEvent.genericJson("e", Json.of(key)).withIdempotencyKey(key));
                tell("acknowledged " + key);
            } catch (InterruptedException | RuntimeException e) {
                tell("refused " + key + " " + e);
            }
        }
    }

    private static synchronized void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
