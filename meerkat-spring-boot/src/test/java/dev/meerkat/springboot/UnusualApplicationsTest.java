package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.SessionEvent.TurnCompleted;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.sqlite.SqliteStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Applications that are set up in ways that few have. */
@Timeout(120)
class UnusualApplicationsTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MeerkatAutoConfiguration.class,
                    MeerkatListenerAutoConfiguration.class,
                    MeerkatTelemetryAutoConfiguration.class))
            .withBean(Agent.class, () -> turn -> "answer");

    @TempDir
    Path directory;

    static final class Listening {
        @MeerkatListener(session = "owner")
        void completed(TurnCompleted event) {}
    }

    @Test
    void whatHasToRunRunsThoughBeansAreMadeWhenTheyAreAskedFor() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("listening", Listening.class)
                .run(context -> {
                    assertThat(context.getBeanFactory().containsSingleton("meerkat"))
                            .isTrue();
                    assertThat(context.getBeanFactory().containsSingleton("listening"))
                            .isTrue();
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("meerkat.sessions")
                                    .gauge()
                                    .value())
                            .isZero();
                });
    }

    /** Fails when everything else has started, as a web server does whose port is taken. */
    private static final class FailsLast implements SmartLifecycle {
        @Override
        public void start() {
            throw new IllegalStateException("the port is taken");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    private static Object failing() {
        throw new IllegalStateException("a bean that cannot be made");
    }

    @Test
    void anApplicationThatDoesNotComeUpClosesItsMeerkatAndGivesItsStoreBack() {
        AtomicReference<Meerkat> opened = new AtomicReference<>();
        ApplicationContextRunner durable = runner.withPropertyValues("meerkat.store.file=" + directory.resolve("m.db"))
                .withBean("listening", Listening.class)
                .withInitializer(context -> context.getBeanFactory()
                        .addBeanPostProcessor(new org.springframework.beans.factory.config.BeanPostProcessor() {
                            @Override
                            public Object postProcessAfterInitialization(Object bean, String name) {
                                if (bean instanceof Meerkat meerkat) {
                                    opened.set(meerkat);
                                }
                                return bean;
                            }
                        }));
        for (ApplicationContextRunner failing : new ApplicationContextRunner[] {
            durable.withBean("last", FailsLast.class),
            durable.withBean(
                    "last", Object.class, UnusualApplicationsTest::failing, bean -> bean.setDependsOn("meerkat"))
        }) {
            failing.run(context -> assertThat(context).hasFailed());
            assertThatThrownBy(() -> opened.getAndSet(null).open("owner")).isInstanceOf(MeerkatClosedException.class);
            SqliteStore.open(directory.resolve("m.db")).close();
        }
    }

    @Test
    void ofSeveralDataSourcesThePrimaryOneHasTheSessions() {
        ApplicationContextRunner several = runner.withPropertyValues(
                        "meerkat.store.type=postgresql", "meerkat.store.schema=several_test")
                .withBean("other", DataSource.class, () -> mock(DataSource.class));
        several.withBean("own", DataSource.class, UnusualApplicationsTest::dataSource)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.store.type", "@Primary"));
        several.withBean("own", DataSource.class, UnusualApplicationsTest::dataSource, bean -> bean.setPrimary(true))
                .run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                        .isEqualTo("answer"));
    }

    private static DataSource dataSource() {
        return new DriverManagerDataSource(TestDatabase.url());
    }

    @Test
    void aReactiveApplicationHasTheMeerkatAndIsToldThatItTakesNoWebhooks() {
        ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        MeerkatAutoConfiguration.class,
                        MeerkatWebAutoConfiguration.class,
                        MeerkatWebhooksAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer");
        reactive.run(context -> {
            assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                    .isEqualTo("answer");
            assertThat(context).doesNotHaveBean(SessionEventStreams.class);
        });
        reactive.withPropertyValues("meerkat.webhooks.routes.github.preset=github")
                .run(context -> assertThat(context.getStartupFailure())
                        .message()
                        .contains("meerkat.webhooks.routes", "Spring MVC"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {
        @Bean
        Agent agent() {
            return turn -> "answer";
        }
    }

    @Test
    void withAPortForManagementTheEndpointIsThereAndTheWebhooksAreNot() throws Exception {
        SpringApplication application = new SpringApplication(Application.class);
        application.setRegisterShutdownHook(false);
        try (ConfigurableApplicationContext context = application.run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=meerkat,metrics",
                "--meerkat.webhooks.routes.open.preset=generic",
                "--meerkat.webhooks.routes.open.verify.scheme=none",
                "--meerkat.webhooks.routes.open.create.comms-name=triage",
                "--meerkat.webhooks.routes.open.create.prompt=You triage.")) {
            String main = context.getEnvironment().getRequiredProperty("local.server.port");
            String management = context.getEnvironment().getRequiredProperty("local.management.port");
            assertThat(status(main, "/hooks/open", "POST")).isEqualTo(202);
            assertThat(status(main, "/actuator/meerkat", "GET")).isEqualTo(404);
            assertThat(status(management, "/hooks/open", "POST")).isEqualTo(404);
            assertThat(status(management, "/actuator/meerkat", "GET")).isEqualTo(200);
            assertThat(status(management, "/actuator/metrics/meerkat.sessions", "GET"))
                    .as("the metrics of Boot's own registry")
                    .isEqualTo(200);
        }
    }

    private static int status(String port, String path, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("GET") ? "" : "{}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
