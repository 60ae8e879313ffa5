package dev.meerkat.testkit;

import dev.meerkat.api.Delivery;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.core.CooperativeExecutor;
import dev.meerkat.core.Environment;
import dev.meerkat.core.IdSource;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One life of a harness's runtime, from opening to closing or crash.
 *
 * <p>All that the runtime was given goes through here, so that after a crash nothing of it reaches
 * the store, the agent, the clock's tasks or the order of the executor.
 */
final class Incarnation implements CooperativeExecutor, Scheduler, Agent {
    private final SerialTurnExecutor executor;
    private final VirtualTime time;
    private final Agent agent;
    private final SessionStore opened;
    private final DetachableStore view;
    private volatile boolean dead;

    Incarnation(SerialTurnExecutor executor, VirtualTime time, Agent agent, SessionStore opened) {
        this.executor = executor;
        this.time = time;
        this.agent = agent;
        this.opened = opened;
        this.view = new DetachableStore(opened, executor.ordered());
    }

    /** Opens a runtime on this. */
    Meerkat open(HarnessSettings settings, Ports ports) {
        // What a dead runtime still draws must not change what the living one draws.
        SeededIds afterDeath = SeededIds.of(0, time);
        IdSource ids = () -> dead ? afterDeath.next() : ports.ids().next();
        RandomGenerator random = () -> dead ? 0 : ports.random().nextLong();
        PeerTransport transport = receiver -> {
            PeerTransport.Sender sender = settings.transport.open(receiver);
            return envelope -> dead ? unsent() : sender.deliver(envelope);
        };
        Environment environment = new Environment(time, ids, random, this, this);
        return settings.applyTo(MeerkatRuntime.of(this).store(view).environment(environment))
                .transport(transport)
                .open();
    }

    private static CompletionStage<Delivery> unsent() {
        return CompletableFuture.failedFuture(new NotDoneException("runtime_dead", "the runtime that sends is dead"));
    }

    /** What stays the same through all lives. */
    record Ports(IdSource ids, RandomGenerator random) {}

    /** The store itself, for looking into it. */
    SessionStore store() {
        return opened;
    }

    /** Takes everything from the runtime. */
    synchronized void die() {
        dead = true;
        view.detach();
    }

    void closeStore() {
        view.close();
        opened.close();
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        if (dead) {
            throw interrupted();
        }
        return agent.answer(turn);
    }

    /** Returns when the store is taken away too, so that it never has this failure. */
    private synchronized InterruptedException interrupted() {
        return new InterruptedException("the runtime is dead");
    }

    @Override
    public Cancellation schedule(Duration delay, Runnable task) {
        return time.schedule(delay, () -> {
            if (!dead) {
                task.run();
            }
        });
    }

    @Override
    public void execute(Runnable task) {
        if (dead) {
            executor.executeFreed(task);
        } else {
            executor.execute(task);
        }
    }

    @Override
    public void beforeWait(BooleanSupplier ready) {
        executor.beforeWait(ready);
    }

    @Override
    public void afterWait() {
        executor.afterWait();
    }
}
