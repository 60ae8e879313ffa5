package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Track;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Appends to one inbox from several threads, with ids and keys that meet, and reads meanwhile: what all of them see could
 * have been seen if one came after the other. Lincheck makes the schedules and compares them with {@link Model}.
 */
class LinearizableTest {
    private static final int ITERATIONS = Integer.getInteger("meerkat.lincheck.iterations", 10);
    private static final int ON_DISK = 30;
    private static final int IN_MEMORY = 2_000;
    private static final AtomicLong CALLS = new AtomicLong();

    /** What is asked of a session with an inbox; ids and keys are small numbers, so that they meet. */
    interface Inbox {
        String append(int id, int key) throws ExecutionException;

        String waiting();

        String events();
    }

    /** A session of a store. */
    abstract static class Stored implements Inbox {
        private final SessionStore store;
        private final SessionId session = new SessionId(UUID.randomUUID());

        Stored(SessionStore store) {
            this.store = store;
            try {
                Script.done(store.create(new NewSession(
                        session, SessionSpec.withoutPrompt(), new byte[32], Script.AT, Optional.empty())));
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        @Operation
        public String append(
                @Param(gen = IntGen.class, conf = "1:6") int id, @Param(gen = IntGen.class, conf = "1:6") int key)
                throws ExecutionException {
            CALLS.incrementAndGet();
            InputBody body = new InputBody.External(
                    ExternalEvent.genericJson("x", Json.of(key)).withIdempotencyKey("key " + key));
            NewInput input = new NewInput(new InputId(new UUID(0x7000L, id)), Script.AT, Track.EXTERNAL, body);
            AppendResult result = Script.done(Script.append(store, session, input));
            if (result instanceof AppendResult.Appended appended) {
                return "number " + appended.number() + " at "
                        + appended.input().position().sequence();
            }
            return "known at " + ((AppendResult.Duplicate) result).position().sequence();
        }

        @Override
        @Operation
        public String waiting() {
            return store.waiting(session, Track.EXTERNAL, 0, 10).stream()
                    .map(waiting -> waiting.number() + ":"
                            + waiting.input().id().value().getLeastSignificantBits())
                    .toList()
                    .toString();
        }

        @Override
        @Operation
        public String events() {
            return store.events(session, Cursor.START, 10).stream()
                    .map(event -> event.cursor().sequence())
                    .toList()
                    .toString();
        }
    }

    /** On SQLite, with the journal and its groups; one store for all sessions. */
    public static final class OnSqlite extends Stored {
        private static final SqliteStore STORE = open();

        /** Begins with a new session. */
        public OnSqlite() {
            super(STORE);
        }

        private static SqliteStore open() {
            try {
                MemoryPlace place = MemoryPlace.open();
                SqliteStore store = SqliteStore.open(place.path().resolve("store.db"));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(store, place)));
                return store;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void close(SqliteStore store, MemoryPlace place) {
            store.close();
            try {
                place.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** In memory. */
    public static final class InMemory extends Stored {
        /** Begins with a new session. */
        public InMemory() {
            super(MemoryStore.create());
        }
    }

    /** What is right, one call after the other. */
    public static final class Model implements Inbox {
        private final Map<Integer, Integer> byId = new HashMap<>();
        private final Map<Integer, Integer> byKey = new HashMap<>();
        private final List<Integer> ids = new ArrayList<>();

        @Override
        public String append(int id, int key) {
            Integer known = byId.getOrDefault(id, byKey.get(key));
            if (known != null) {
                return "known at " + known;
            }
            ids.add(id);
            // The first event says that the session is created.
            int position = ids.size() + 1;
            byId.put(id, position);
            byKey.put(key, position);
            return "number " + ids.size() + " at " + position;
        }

        @Override
        public String waiting() {
            List<String> waiting = new ArrayList<>();
            ids.forEach(id -> waiting.add(waiting.size() + 1 + ":" + id));
            return waiting.toString();
        }

        @Override
        public String events() {
            List<Long> cursors = new ArrayList<>();
            for (long cursor = 1; cursor <= ids.size() + 1; cursor++) {
                cursors.add(cursor);
            }
            return cursors.toString();
        }
    }

    /** Looks first and writes then, with nothing that keeps others out in between. */
    public static final class LookThenWrite implements Inbox {
        private final Model inbox = new Model();

        @Override
        @Operation
        public String append(
                @Param(gen = IntGen.class, conf = "1:6") int id, @Param(gen = IntGen.class, conf = "1:6") int key) {
            CALLS.incrementAndGet();
            int before;
            synchronized (inbox) {
                before = inbox.ids.size();
            }
            LockSupport.parkNanos(1);
            synchronized (inbox) {
                String result = inbox.append(id, key);
                return result.startsWith("known") ? result : "number " + (before + 1) + " at " + (before + 2);
            }
        }

        @Override
        @Operation
        public String waiting() {
            synchronized (inbox) {
                return inbox.waiting();
            }
        }

        @Override
        @Operation
        public String events() {
            synchronized (inbox) {
                return inbox.events();
            }
        }
    }

    private static void check(StressOptions options, Class<? extends Inbox> inbox) {
        long before = CALLS.get();
        options.iterations(ITERATIONS)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .sequentialSpecification(Model.class)
                .check(inbox);
        System.out.println(
                inbox.getSimpleName() + ": " + ITERATIONS + " schedules, " + (CALLS.get() - before) + " appends");
        assertThat(CALLS.get()).isGreaterThan(before);
    }

    @Test
    void anInboxOnSqliteIsLinearizable() {
        check(new StressOptions().invocationsPerIteration(ON_DISK), OnSqlite.class);
    }

    @Test
    void anInboxThatIsNotIsFound() {
        assertThatThrownBy(() -> check(new StressOptions().invocationsPerIteration(IN_MEMORY), LookThenWrite.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    @Test
    void anInboxInMemoryIsLinearizable() {
        check(new StressOptions().invocationsPerIteration(IN_MEMORY), InMemory.class);
    }
}
