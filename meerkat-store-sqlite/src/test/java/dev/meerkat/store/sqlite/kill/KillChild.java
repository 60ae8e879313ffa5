package dev.meerkat.store.sqlite.kill;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that is killed. It sends numbered events, several producers at once, says on standard
 * output which ones were acknowledged, and never ends by itself. Each event makes the session {@code
 * sink} send a message to the session {@code ledger}.
 */
public final class KillChild {
    static final String SINK = "sink";
    static final String LEDGER = "ledger";

    private KillChild() {}

    /**
     * Runs until it is killed.
     *
     * @param args the store's file, then the number that each producer begins with
     * @throws Exception whatever goes wrong; the parent sees the exit
     */
    public static void main(String[] args) throws Exception {
        SessionStore store = SqliteStore.open(Path.of(args[0]));
        Meerkat meerkat = open(store);
        Session sink = session(meerkat, SINK);
        session(meerkat, LEDGER);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (int producer = 0; producer < args.length - 1; producer++) {
            int number = producer;
            long first = Long.parseLong(args[producer + 1]);
            new Thread(() -> produce(sink, number, first, out)).start();
        }
    }

    /**
     * A runtime that never gives an input up: here the end of the process is no fault of the input, and
     * a row of quick kills would have healthy inputs dead-lettered.
     */
    static Meerkat open(SessionStore store) {
        return MeerkatRuntime.of(KillChild::answer)
                .store(store)
                .retry(RetryPolicy.inPlace(1_000_000, Duration.ofSeconds(1), Duration.ofMinutes(1)))
                .open();
    }

    private static String answer(TurnContext turn) {
        turn.inputs().forEach(input -> {
            if (input.body() instanceof InputBody.External external) {
                turn.comms()
                        .send(CommsCommand.PeerMessage.to(
                                LEDGER, external.event().payload().as(String.class)));
            }
        });
        return "";
    }

    private static Session session(Meerkat meerkat, String name) throws InterruptedException {
        try {
            return meerkat.open(name);
        } catch (SessionNotFoundException e) {
            return meerkat.create(SessionSpec.ofPrompt("You are " + name + ".").withKeepAliveAs(name));
        }
    }

    private static void produce(Session sink, int producer, long first, PrintStream out) {
        try {
            for (long n = first; ; n++) {
                String body = producer + ":" + n;
                EventOutcome outcome;
                do {
                    outcome = sink.sendExternalEvent(
                            ExternalEvent.genericJson("tick", Json.of(body)).withIdempotencyKey(body));
                    if (outcome instanceof EventOutcome.Refused refused) {
                        backOff(refused.reason());
                    }
                } while (outcome instanceof EventOutcome.Refused);
                if (outcome instanceof EventOutcome.Conflict) {
                    throw new IllegalStateException("conflict on " + body);
                }
                out.println(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(3);
        }
    }

    private static void backOff(LaneFullException reason) {
        LockSupport.parkNanos(reason.retryAfter().toNanos());
    }
}
