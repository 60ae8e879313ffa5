package dev.meerkat.store.postgres;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.agent.Agent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A node that sends events to all sessions of a {@link History} in turn, each until it is acknowledged, tells of that, and
 * runs the turns that are its own.
 */
final class LoadedNode implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;
    private static final long CLOSE_SECONDS = 60;

    private final String name;
    private final Consumer<String> told;
    private final SystemEnvironment system = SystemEnvironment.create();
    private final PostgresStore store;
    private final Meerkat meerkat;
    private final List<Session> sessions = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread sender;

    /** Opens a node, and begins to send. */
    LoadedNode(DataSource source, PostgresOptions options, Agent agent, Consumer<String> told) throws Exception {
        this(source, options, InstantSource.system(), agent, told);
    }

    /** A node with another idea of the time of day. */
    LoadedNode(DataSource source, PostgresOptions options, InstantSource clock, Agent agent, Consumer<String> told)
            throws Exception {
        this.name = options.nodeName();
        this.told = told;
        this.store = PostgresStore.open(source, options);
        Environment real = system.environment();
        this.meerkat = MeerkatRuntime.of(agent)
                .store(store)
                .environment(new Environment(clock, real.ids(), real.random(), real.executor(), real.scheduler()))
                .open();
        for (int i = 0; i < History.SESSIONS; i++) {
            sessions.add(meerkat.open("s" + i));
        }
        this.sender = new Thread(this::send);
        sender.start();
    }

    PostgresStore store() {
        return store;
    }

    private void send() {
        for (int i = 0; stop.getCount() > 0; i++) {
            String key = name + "-" + i;
            ExternalEvent event = ExternalEvent.genericJson("e", Json.of(key)).withIdempotencyKey(key);
            boolean acknowledged = false;
            while (!acknowledged && stop.getCount() > 0) {
                acknowledged = sent(sessions.get(i % sessions.size()), event, key);
            }
        }
    }

    private boolean sent(Session session, ExternalEvent event, String key) {
        try {
            session.sendExternalEvent(event);
            told.accept("acknowledged " + key);
            return true;
        } catch (InterruptedException | RuntimeException e) {
            told.accept("refused " + key + " " + e);
        }
        try {
            boolean unused = stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
        return false;
    }

    void stopSending() throws InterruptedException {
        stop.countDown();
        sender.join();
    }

    @Override
    public void close() {
        stop.countDown();
        Database.join(sender, CLOSE_SECONDS);
        meerkat.close();
        store.close();
        system.close();
    }
}
