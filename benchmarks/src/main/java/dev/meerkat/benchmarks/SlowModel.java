package dev.meerkat.benchmarks;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.api.FinishReason;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers after a time, as a provider far away does, and holds no thread meanwhile. Thread-safe. */
final class SlowModel implements ChatModel, AutoCloseable {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final long millis;

    SlowModel(long millis) {
        this.millis = millis;
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        Future<?> answer = timer.schedule(() -> answer(listener), millis, TimeUnit.MILLISECONDS);
        return () -> answer.cancel(false);
    }

    private void answer(Listener listener) {
        running.decrementAndGet();
        listener.onDelta(new ChatDelta.Text(Prices.ANSWER));
        listener.onDelta(new ChatDelta.Used(InstantModel.USAGE));
        listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
        listener.onComplete();
    }

    /** How many calls ran at once at most. */
    int most() {
        return most.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
