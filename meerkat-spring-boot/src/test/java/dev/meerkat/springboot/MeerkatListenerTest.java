package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionEvent.TurnCompleted;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Methods that are told events. */
@Timeout(300)
class MeerkatListenerTest {
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatListenerAutoConfiguration.class));
    private final ApplicationContextRunner runner = bare.withBean(Agent.class, () -> turn -> "answer")
            .withBean(Listening.class)
            .withPropertyValues("owner.name=owner");

    static final class Listening {
        private final BlockingQueue<String> completed = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> started = new LinkedBlockingQueue<>();

        @MeerkatListener(session = "${owner.name}")
        void completed(TurnCompleted event) {
            completed.add(event.text());
            if (completed.size() == 1) {
                throw new IllegalStateException("one event that cannot be handled");
            }
        }

        @MeerkatListener(session = "owner", type = "turn_started")
        void started(SessionEvent event) {
            started.add(event.getType());
        }

        private static String next(BlockingQueue<String> told) throws InterruptedException {
            return told.poll(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aMethodIsToldTheEventsThatItTakesOfASessionThatComesAndComesAgain() {
        runner.run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            Listening listening = context.getBean(Listening.class);
            Session first = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("owner"));
            assertThat(first.initialTurn()).isPresent();
            assertThat(Listening.next(listening.completed)).isEqualTo("answer");
            assertThat(Listening.next(listening.started)).isEqualTo("turn_started");
            Sessions.ask(first, "once more");
            assertThat(Listening.next(listening.completed))
                    .as("though it has thrown")
                    .isEqualTo("answer");
            assertThat(Listening.next(listening.started)).isEqualTo("turn_started");

            first.archive();
            Sessions.ask(meerkat, SessionSpec.ofPrompt("hello").withKeepAliveAs("owner"));
            assertThat(Listening.next(listening.completed)).isEqualTo("answer");
            assertThat(Listening.next(listening.started)).isEqualTo("turn_started");
            assertThat(listening.started).isEmpty();
        });
    }

    static final class Keeping {
        private static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();
        private static volatile boolean fails;

        @MeerkatListener(session = "owner", keptAs = "audit")
        void completed(TurnCompleted event) {
            TOLD.add(event.text());
            if (fails) {
                fails = false;
                throw new IllegalStateException("tell me again");
            }
        }
    }

    @Test
    void aMethodWhosePositionIsKeptIsToldWhatHappenedWhileTheApplicationWasDown(@TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("m.db");
        int[] count = {0};
        Agent counting = turn -> "answer " + ++count[0];
        ApplicationContextRunner keeping = bare.withConfiguration(
                        AutoConfigurations.of(MeerkatNotificationsAutoConfiguration.class))
                .withBean(Agent.class, () -> counting)
                .withBean(Keeping.class)
                .withPropertyValues("meerkat.store.file=" + file);
        try (SqliteStore store = SqliteStore.open(file);
                Meerkat before = MeerkatRuntime.of(counting).store(store).open()) {
            Sessions.ask(before, SessionSpec.ofPrompt("hello").withKeepAliveAs("owner"));
        }
        Keeping.fails = true;
        keeping.run(context -> {
            Sessions.ask(context.getBean(Meerkat.class).open("owner"), "now");
            assertThat(Listening.next(Keeping.TOLD)).as("not what was before").isEqualTo("answer 2");
            assertThat(Listening.next(Keeping.TOLD)).as("again, as it threw").isEqualTo("answer 2");
        });
        try (SqliteStore store = SqliteStore.open(file);
                Meerkat meanwhile = MeerkatRuntime.of(counting).store(store).open()) {
            Session owner = meanwhile.open("owner");
            Sessions.ask(owner, "meanwhile");
            owner.archive();
            Sessions.ask(meanwhile, SessionSpec.ofPrompt("hello").withKeepAliveAs("owner"));
        }
        keeping.run(context -> {
            assertThat(Listening.next(Keeping.TOLD)).isEqualTo("answer 3");
            assertThat(Listening.next(Keeping.TOLD))
                    .as("of the next with the name")
                    .isEqualTo("answer 4");
        });
        keeping.run(context -> {
            Sessions.ask(context.getBean(Meerkat.class).open("owner"), "at last");
            assertThat(Listening.next(Keeping.TOLD)).isEqualTo("answer 5");
            assertThat(Keeping.TOLD).isEmpty();
        });
        keeping.withBean("again", Keeping.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("audit")
                        .hasMessageContaining("no other method's"));
    }

    @Test
    void whatWasBeforeTheStartIsNotTold() throws Exception {
        MemoryStore store = MemoryStore.create();
        try (Meerkat before = MeerkatRuntime.of(turn -> "before").store(store).open()) {
            Sessions.ask(before, SessionSpec.ofPrompt("hello").withKeepAliveAs("owner"));
        }
        runner.withBean(MemoryStore.class, () -> store).run(context -> {
            Listening listening = context.getBean(Listening.class);
            Sessions.ask(context.getBean(Meerkat.class).open("owner"), "now");
            assertThat(Listening.next(listening.completed)).isEqualTo("answer");
        });
    }

    static final class Wrong {
        @MeerkatListener(session = "owner")
        void wrong(String text) {}
    }

    @Test
    void aMethodThatCannotBeCalledFailsTheStart() {
        bare.withBean(Agent.class, () -> turn -> "answer")
                .withBean(Wrong.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("wrong")
                        .hasMessageContaining("SessionEvent"));
    }

    @Test
    void aNativeImageKeepsWhatNothingNames() {
        RuntimeHints hints = new RuntimeHints();
        new MeerkatRuntimeHints().registerHints(hints, null);
        assertThat(List.of(
                        "dev/meerkat/store/postgres/V1__meerkat.sql",
                        "dev/meerkat/store/postgres/V2__nodes.sql",
                        "dev/meerkat/springboot/outbox.sql",
                        "dev/meerkat/webhooks/notifications.sql",
                        "META-INF/services/dev.meerkat.api.JsonCodec",
                        "META-INF/services/dev.meerkat.api.JsonBinder"))
                .allSatisfy(resource -> {
                    assertThat(RuntimeHintsPredicates.resource().forResource(resource))
                            .accepts(hints);
                    if (!resource.endsWith("JsonBinder")) {
                        assertThat(getClass().getClassLoader().getResource(resource))
                                .as("the build has " + resource)
                                .isNotNull();
                    }
                });
        // The context that is compiled ahead of time finds the hints by the auto-configuration.
        assertThat(AnnotatedElementUtils.findMergedAnnotation(MeerkatAutoConfiguration.class, ImportRuntimeHints.class))
                .extracting(ImportRuntimeHints::value)
                .isEqualTo(new Class<?>[] {MeerkatRuntimeHints.class});
    }
}
