package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.MeerkatRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers of a runtime see while its store has a fault. */
@Timeout(60)
class RuntimeOnFaultyDiskTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final Semaphore answers = new Semaphore(0);
    private final Semaphore asked = new Semaphore(0);
    private final AtomicInteger interrupted = new AtomicInteger();
    private Path file;
    private SqliteStore store;
    private Meerkat meerkat;
    private Session session;

    @BeforeEach
    void open() throws Exception {
        file = directory.toRealPath().resolve("store.db");
        store = SqliteStore.open(file, Settings.DEFAULT.withPatience(new Settings.Patience(3, 1, 1)));
        meerkat = MeerkatRuntime.of(turn -> {
                    asked.release();
                    try {
                        answers.acquire();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                    }
                    return "answer";
                })
                .store(store)
                .open();
        session = meerkat.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("a").withDeferredStart());
    }

    @AfterEach
    void close() {
        answers.release(100);
        meerkat.close();
        store.close();
    }

    private Health.Status health() {
        return ((HealthCheck) meerkat).health().status();
    }

    @Test
    void whoWaitsForATurnHearsOfAFaultThatLastsAndTheTurnGoesOnAfterwards() throws Exception {
        Turn running = session.startTurn("one");
        assertThat(asked.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        Turn waiting = session.startTurn("two");

        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            answers.release(100);

            for (Turn turn : new Turn[] {running, waiting}) {
                assertThatThrownBy(() -> turn.await(WAIT))
                        .isInstanceOfSatisfying(
                                UnknownOutcomeException.class,
                                e -> assertThat(e.id())
                                        .contains(turn.inputId().orElseThrow().value()))
                        .hasMessageContaining("the store takes no writes now");
            }
            assertThat(health()).isEqualTo(Health.Status.UNAVAILABLE);
            assertThatThrownBy(() -> session.startTurn("three")).isInstanceOf(StoreException.class);
        }

        TurnOutcome later = session.startTurn("four").await(WAIT).orElseThrow();
        assertThat(later).isInstanceOf(TurnOutcome.Completed.class);
        assertThat(session.history(0, 100).entries()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(health()).isEqualTo(Health.Status.OK);
    }

    @Test
    void aRuntimeWhoseFileIsGoneStopsAndSaysSo() throws Exception {
        Turn running = session.startTurn("one");
        assertThat(asked.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        Files.delete(file);

        assertThatThrownBy(() -> session.startTurn("two"))
                .isInstanceOf(StoreLostException.class)
                .hasMessageContaining("was deleted, moved or replaced");

        assertThatThrownBy(() -> running.await(WAIT)).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> meerkat.open("a")).isInstanceOf(StoreLostException.class);
        assertThatThrownBy(() -> meerkat.create(SessionSpec.ofPrompt("x"))).isInstanceOf(StoreLostException.class);
        assertThat(health()).isEqualTo(Health.Status.UNAVAILABLE);
        meerkat.close();
        assertThat(interrupted).hasValue(1);
    }
}
