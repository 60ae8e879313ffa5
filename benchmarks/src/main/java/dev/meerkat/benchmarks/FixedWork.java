package dev.meerkat.benchmarks;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does a fixed amount of work and ends, so that tools which measure whole processes can compare two builds: {@code messages},
 * {@code events} that wait, or events that are {@code consumed}, and how many. It asks little of
 * what is around it, so that it can be compiled against older builds: {@code javac -cp OLD.jar -d DIR FixedWork.java}.
 */
public final class FixedWork {
    private static final int PAIRS = 256;
    private static final int KEPT = 256;
    private static final int SENDERS = 2;
    private static final int PRODUCERS = 64;
    private static final long PAUSE_NANOS = 20_000;

    private FixedWork() {}

    /**
     * Works.
     *
     * @param args what, and how many
     * @throws Exception if it fails
     */
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[1]);
        switch (args[0]) {
            case "messages" -> messages(count);
            case "events" -> events(count, false);
            case "consumed" -> events(count, true);
            default -> throw new IllegalArgumentException("no work is named " + args[0]);
        }
        System.exit(0);
    }

    /** What a thread does, by its number. */
    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void together(int threads, Work work) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            int thread = i;
            new Thread(() -> {
                        try {
                            work.run(thread);
                            done.countDown();
                        } catch (Exception e) {
                            e.printStackTrace();
                            System.exit(1);
                        }
                    })
                    .start();
        }
        await(done);
    }

    private static void await(CountDownLatch done) throws InterruptedException {
        if (!done.await(10, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the work has not ended");
        }
    }

    private static void messages(int count) throws Exception {
        CountDownLatch consumed = new CountDownLatch(count);
        Meerkat meerkat = MeerkatRuntime.of(turn -> {
                    turn.inputs().forEach(input -> consumed.countDown());
                    return "ok";
                })
                .store(MemoryStore.retaining(KEPT))
                .open();
        List<Session> senders = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            create(meerkat, "receiver-" + i, true);
            senders.add(create(meerkat, "sender-" + i, true));
        }
        together(SENDERS, thread -> {
            for (int i = thread; i < count; i += SENDERS) {
                send(senders.get(i % PAIRS), CommsCommand.PeerMessage.to("receiver-" + i % PAIRS, "message " + i));
            }
        });
        await(consumed);
    }

    private static void send(Session sender, CommsCommand.PeerMessage message) throws InterruptedException {
        while (true) {
            try {
                sender.send(message);
                return;
            } catch (LaneFullException e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static Session create(Meerkat meerkat, String name, boolean keepAlive) throws InterruptedException {
        SessionSpec spec = SessionSpec.ofPrompt("Work.").withDeferredStart();
        return meerkat.create(keepAlive ? spec.withKeepAliveAs(name) : spec.withCommsName(name));
    }

    private static void events(int count, boolean areConsumed) throws Exception {
        CountDownLatch consumed = new CountDownLatch(areConsumed ? count : 0);
        Path directory = Files.createTempDirectory("fixed-work");
        Meerkat meerkat = MeerkatRuntime.of(turn -> {
                    turn.inputs().forEach(input -> consumed.countDown());
                    return "ok";
                })
                .store(SqliteStore.open(directory.resolve("meerkat.db")))
                .limits(RuntimeLimits.defaults().withLanes(1_024, 10_000_000, 1L << 40))
                .open();
        Json payload = Json.of("x".repeat(500));
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            sessions.add(create(meerkat, "session-" + i, areConsumed));
        }
        together(PRODUCERS, thread -> {
            for (int i = thread; i < count; i += PRODUCERS) {
                EventOutcome outcome =
                        sessions.get(thread).sendExternalEvent(ExternalEvent.genericJson("deploy_complete", payload));
                if (!(outcome instanceof EventOutcome.Accepted)) {
                    throw new IllegalStateException("not accepted: " + outcome);
                }
            }
        });
        await(consumed);
        DurableDriver.delete(directory);
    }
}
