package dev.meerkat.testkit;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.TurnExecutor;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * One life of a harness's runtime, from opening to closing or crash.
 *
 * <p>All that the runtime was given goes through here, so that after a crash nothing of it reaches
 * the store, the agent, the clock's tasks or the order of the executor.
 */
final class Incarnation implements TurnExecutor, Scheduler, Agent {
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
        Environment environment = new Environment(time, ports.ids(), ports.random(), this, this);
        return settings.applyTo(MeerkatRuntime.of(this).store(view).environment(environment))
                .open();
    }

    /** What stays the same through all lives. */
    record Ports(SeededIds ids, java.util.Random random) {}

    /** The store itself, for looking into it. */
    SessionStore store() {
        return opened;
    }

    /** Takes everything from the runtime. */
    void die() {
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
            throw new InterruptedException("the runtime is dead");
        }
        return agent.answer(turn);
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
