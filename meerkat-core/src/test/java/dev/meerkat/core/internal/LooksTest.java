package dev.meerkat.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.SessionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who looks at sessions, when, and how often; without threads, so that each order is as it stands here. */
class LooksTest {
    private static final SessionId A = new SessionId(new UUID(0, 1));
    private static final SessionId B = new SessionId(new UUID(0, 2));

    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<SessionId> looked = new ArrayList<>();

    private void runAll() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void aSessionThatIsNamedTwiceBeforeItsLookIsLookedAtOnce() {
        Looks looks = new Looks(threads::add, looked::add);
        looks.at(List.of(A, B));
        looks.at(List.of(A));
        assertThat(looks.waiting()).isEqualTo(2);

        runAll();

        assertThat(looked).containsExactly(A, B);
        assertThat(looks.waiting()).isZero();
    }

    @Test
    void aSessionThatIsNamedDuringItsLookIsLookedAtAgainAfterItAndByNobodyElseMeanwhile() {
        AtomicReference<Looks> looks = new AtomicReference<>();
        looks.set(new Looks(threads::add, id -> {
            looked.add(id);
            if (looked.size() == 1) {
                // What the look has read already may lack what this tells.
                looks.get().at(List.of(A));
                runAll();
                assertThat(looked).containsExactly(A);
            }
        }));
        looks.get().at(List.of(A));

        runAll();

        assertThat(looked).containsExactly(A, A);
    }

    @Test
    void atMostFourLookAtOnceAndALookDoesNotKeepOthersWaiting() {
        AtomicReference<Looks> looks = new AtomicReference<>();
        looks.set(new Looks(threads::add, id -> {
            if (id.equals(A)) {
                runAll();
            }
            looked.add(id);
        }));
        List<SessionId> many = new ArrayList<>(List.of(A));
        for (int i = 2; i < 20; i++) {
            many.add(new SessionId(new UUID(0, i)));
        }
        looks.get().at(many);
        assertThat(threads).hasSize(4);

        runAll();

        assertThat(looked).containsExactlyInAnyOrderElementsOf(many).endsWith(A);
    }

    @Test
    void withoutAThreadTheNextOneWhoNamesSessionsTriesAgain() {
        List<Runnable> none = new ArrayList<>();
        Looks looks = new Looks(
                task -> {
                    if (none.isEmpty()) {
                        none.add(task);
                        throw new RejectedExecutionException("no thread");
                    }
                    threads.add(task);
                },
                looked::add);
        assertThatThrownBy(() -> looks.at(List.of(A))).isInstanceOf(RejectedExecutionException.class);

        looks.at(List.of(B));
        runAll();

        assertThat(looked).containsExactly(A, B);
    }
}
