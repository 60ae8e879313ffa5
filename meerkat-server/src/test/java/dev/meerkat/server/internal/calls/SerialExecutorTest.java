package dev.meerkat.server.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void oneWorkerIsWokenForAsManyTasksAsThereAre() {
        Queue<Runnable> woken = new ArrayDeque<>();
        SerialExecutor relay = new SerialExecutor(woken::add);
        relay.execute(() -> ran.add("a"));
        relay.execute(() -> ran.add("b"));
        relay.execute(() -> ran.add("c"));
        assertThat(woken).hasSize(1);
        assertThat(ran).isEmpty();
        woken.remove().run();
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void whatComesWhileItRunsIsRunToo() {
        Queue<Runnable> woken = new ArrayDeque<>();
        SerialExecutor relay = new SerialExecutor(woken::add);
        relay.execute(() -> relay.execute(() -> ran.add("later")));
        woken.remove().run();
        assertThat(ran).containsExactly("later");
        assertThat(woken).isEmpty();
        relay.execute(() -> ran.add("again"));
        woken.remove().run();
        assertThat(ran).containsExactly("later", "again");
    }

    @Test
    void nothingIsLostWhenNoWorkerHasRoom() {
        SerialExecutor relay = new SerialExecutor(task -> {
            throw new RejectedExecutionException("full");
        });
        relay.execute(() -> ran.add("a"));
        relay.execute(() -> ran.add("b"));
        assertThat(ran).containsExactly("a", "b");
    }
}
