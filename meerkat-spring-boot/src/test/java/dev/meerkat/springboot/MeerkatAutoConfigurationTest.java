package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Lane;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TooManySessionsException;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** The runtime in the application. */
class MeerkatAutoConfigurationTest {
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatClientAutoConfiguration.class));
    private final ApplicationContextRunner runner = bare.withBean(
            Agent.class, () -> turn -> "seen " + Thread.currentThread().getName());

    @TempDir
    Path directory;

    @Test
    void withoutPropertiesSessionsAreInMemory() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(Meerkat.class).doesNotHaveBean(SessionStore.class);
            assertThat(context.getBean(Meerkat.class).capabilities().has(Capability.DURABLE))
                    .isFalse();
        });
    }

    @Test
    void sessionsInAFileAreThereAfterARestart() {
        ApplicationContextRunner durable = runner.withPropertyValues("meerkat.store.file=" + directory.resolve("m.db"));
        durable.run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            assertThat(meerkat.capabilities().has(Capability.DURABLE)).isTrue();
            Sessions.ask(meerkat, SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a"));
        });
        durable.run(context -> assertThat(context.getBean(Meerkat.class)
                        .open("agent-a")
                        .snapshot()
                        .lastAnswer()
                        .orElseThrow())
                .startsWith("seen"));
    }

    @Test
    void aFileWithoutTheModuleForItIsRefusedAndNotKeptInMemory() {
        runner.withPropertyValues("meerkat.store.file=" + directory.resolve("m.db"))
                .withClassLoader(new FilteredClassLoader(SqliteStore.class))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("meerkat.store.file")
                        .hasMessageContaining("meerkat-store-sqlite"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileThatCannotBeIsRefusedByName() {
        Path file = directory.resolve("missing").resolve("m.db");
        runner.withPropertyValues("meerkat.store.file=" + file)
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining(file.toString()));
    }

    @Test
    void beansOfTheApplicationAreUsed() {
        Set<Lane> admitted = ConcurrentHashMap.newKeySet();
        AtomicInteger calls = new AtomicInteger();
        bare.withBean(Agent.class, () -> turn -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("does not work");
                })
                .withBean(RetryPolicy.class, RetryPolicy::none)
                .withBean(
                        RuntimeLimits.class,
                        () -> new RuntimeLimits(
                                9,
                                9,
                                9_000,
                                9,
                                9,
                                new RuntimeLimits.Sessions(2, 9, Duration.ZERO),
                                RuntimeLimits.defaults().turns(),
                                RuntimeLimits.defaults().waits()))
                .withBean(TrustPolicy.class, () -> (from, to) -> false)
                .withBean(RuntimeListener.class, () -> new RuntimeListener() {
                    @Override
                    public void on(RuntimeEvent event) {
                        if (event instanceof RuntimeEvent.Admitted told) {
                            admitted.add(told.input().body().lane());
                        }
                    }
                })
                .run(context -> {
                    Meerkat meerkat = context.getBean(Meerkat.class);
                    SessionSpec spec = SessionSpec.ofPrompt("hello");
                    assertThat(Sessions.first(meerkat, spec.withKeepAliveAs("agent-a")))
                            .isInstanceOf(TurnOutcome.Failed.class);
                    assertThat(calls).hasValue(1);
                    meerkat.open("agent-a").startTurn("again").await(Duration.ofSeconds(30));
                    assertThat(admitted).containsExactly(Lane.COMMS);
                    Session other =
                            meerkat.create(spec.withKeepAliveAs("agent-b").withDeferredStart());
                    assertThatThrownBy(() -> other.send(PeerMessage.to("agent-a", "hi")))
                            .isInstanceOf(PeerNotFoundException.class);
                    assertThatThrownBy(() -> meerkat.create(spec)).isInstanceOf(TooManySessionsException.class);
                });
    }

    @Test
    void aStoreOfTheApplicationIsUsedInsteadOfTheFile() {
        SessionStore own = MemoryStore.create();
        runner.withBean(SessionStore.class, () -> own)
                .withPropertyValues("meerkat.store.file=" + directory.resolve("m.db"))
                .run(context -> {
                    Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello"));
                    assertThat(own.list(SessionQuery.all())).hasSize(1);
                });
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aMeerkatOfTheApplicationIsLeftAlone() {
        Meerkat own = MeerkatRuntime.of(turn -> "own").open();
        bare.withBean("own", Meerkat.class, () -> own)
                .withPropertyValues("meerkat.store.file=" + directory.resolve("m.db"))
                .run(context -> assertThat(context.getBean(Meerkat.class)).isSameAs(own));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void turnsRunOnPlatformThreadsWhereVirtualOnesAreOff() {
        runner.withPropertyValues("spring.threads.virtual.enabled=false").run(context -> {
            assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                    .matches("seen meerkat-turn-[1-9][0-9]*");
        });
    }

    @Test
    void itNeedsNoLibraryOfTheWeb() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.web", "org.springframework.boot.web"))
                .run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                        .startsWith("seen"));
    }

    /** Asks an agent when it stops. */
    private static final class Last implements SmartLifecycle {
        private final int phase;
        private final List<String> answers;
        private final Meerkat meerkat;
        private boolean running;

        Last(int phase, List<String> answers, Meerkat meerkat) {
            this.phase = phase;
            this.answers = answers;
            this.meerkat = meerkat;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            try {
                answers.add(Sessions.ask(meerkat, SessionSpec.ofPrompt("last")));
            } catch (MeerkatClosedException e) {
                answers.add("closed");
            }
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    @Test
    void itClosesAfterTheWebServerHasStopped() {
        List<String> answers = new ArrayList<>();
        bare.withBean(Agent.class, () -> turn -> "answered")
                .withBean("graceful", Last.class, WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE, answers)
                .withBean("stop", Last.class, WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE, answers)
                .withBean("late", Last.class, 0, answers)
                .run(context -> {});
        assertThat(answers).containsExactly("answered", "answered", "closed");
    }

    @Test
    void aContextThatWasStoppedSaysThatItCannotGoOn() {
        runner.run(context -> {
            context.getSourceApplicationContext().stop();
            assertThatThrownBy(() -> context.getSourceApplicationContext().start())
                    .rootCause()
                    .hasMessageContaining("Meerkat closed when this application context was stopped");
        });
    }

    @Test
    void propertiesThatNothingReadsAreRefused() {
        for (String unused : List.of(
                "meerkat.webhooks.routes.github.preset=github",
                "meerkat.webhooks.notifications.ops.url=https://example.org/",
                "meerkat.outbox.enabled=true")) {
            for (ApplicationContextRunner application : List.of(
                    runner,
                    bare.withBean(
                            Meerkat.class,
                            () -> MeerkatRuntime.of(turn -> "own").open()))) {
                application
                        .withPropertyValues(unused)
                        .run(context ->
                                assertThat(context.getStartupFailure()).hasMessageContaining("on the class path"));
            }
        }
    }

    @Test
    void aPropertyWhoseNameIsWrongIsRefusedAndSessionsAreNotInMemoryForIt() {
        for (String wrong : List.of(
                "meerkat.store.fiel=" + directory.resolve("m.db"),
                "meerkat.server.uri=http://127.0.0.1:1",
                "meerkat.outbox.enable=true",
                "meerkat.events.stream=1",
                "meerkat.agent.modell=gpt")) {
            runner.withPropertyValues(wrong)
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContaining(wrong.substring(0, wrong.indexOf('='))));
        }
    }

    @Test
    void propertiesThatCannotBeAreRefused() {
        for (String wrong : List.of("meerkat.events.streams=0", "meerkat.events.heartbeat=0s")) {
            runner.withPropertyValues(wrong)
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContaining(wrong.substring(0, wrong.indexOf('='))));
        }
    }

    @Test
    void eachPropertyIsDescribedForEditors() throws Exception {
        String metadata = Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
        for (String property : List.of(
                "meerkat.store.file",
                "meerkat.store.type",
                "meerkat.store.schema",
                "meerkat.store.lease",
                "meerkat.agent.model",
                "meerkat.outbox.enabled",
                "meerkat.outbox.sweep",
                "meerkat.webhooks.path",
                "meerkat.webhooks.routes",
                "meerkat.webhooks.notifications",
                "meerkat.webhooks.positions-file",
                "meerkat.server.url",
                "meerkat.server.token",
                "meerkat.server.token-file",
                "meerkat.events.streams",
                "meerkat.events.heartbeat")) {
            assertThat(metadata)
                    .containsPattern("\"name\": \"" + property + "\",\\s+\"type\": \"[^\"]+\",\\s+\"description\"");
        }
    }
}
