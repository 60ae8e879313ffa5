package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.store.postgres.PostgresStore;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** Servers in containers, as Boot finds them. The containers are objects of Testcontainers that Docker never sees. */
class ServiceConnectionTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static Meerkat served;
    private static RunningServer server;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ServiceConnectionAutoConfiguration.class,
                    MeerkatAutoConfiguration.class,
                    MeerkatClientAutoConfiguration.class));

    @BeforeAll
    static void serve() throws Exception {
        served = MeerkatRuntime.of(turn -> "from the server").open();
        server = MeerkatServer.of(served).rest("127.0.0.1", 0).token(TOKEN).start();
    }

    @AfterAll
    static void stop() {
        server.close();
        served.close();
    }

    private static int port() {
        return server.addresses().get(0).getPort();
    }

    private static void assertConnected(Meerkat meerkat) throws Exception {
        assertThat(meerkat).isInstanceOf(RemoteMeerkat.class);
        assertThat(Sessions.ask(meerkat, SessionSpec.ofPrompt("hello"))).isEqualTo("from the server");
    }

    /** Its port within leads to the server of this test. */
    private static final class Container extends GenericContainer<Container> {
        private final int within;
        private boolean started;

        Container(int within, Integer... exposed) {
            super("example/agents:1");
            this.within = within;
            withExposedPorts(exposed).withEnv("MEERKAT_TOKEN", TOKEN);
        }

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return started;
        }

        @Override
        public String getDockerImageName() {
            return "example/agents:1";
        }

        @Override
        public String getHost() {
            return "127.0.0.1";
        }

        @Override
        public Integer getMappedPort(int originalPort) {
            assertThat(started).isTrue();
            assertThat(originalPort).isEqualTo(within);
            return port();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OnePort {
        @Bean
        @ServiceConnection("meerkat")
        Container server() {
            return new Container(9000, 9000);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SeveralPorts {
        @Bean
        @ServiceConnection("meerkat")
        Container server() {
            return new Container(8080, 4800, 8080, 9000);
        }
    }

    @Test
    void aContainerStandsInPlaceOfTheProperties() {
        for (Class<?> configuration : List.of(OnePort.class, SeveralPorts.class)) {
            runner.withUserConfiguration(configuration)
                    .withPropertyValues("meerkat.server.url=http://127.0.0.1:1", "meerkat.server.token=another")
                    .run(context -> assertConnected(context.getBean(Meerkat.class)));
        }
    }

    @Test
    void aContainerWithoutTheModuleForItIsRefused() {
        runner.withUserConfiguration(OnePort.class)
                .withBean(Agent.class, () -> turn -> "from here")
                .withClassLoader(new FilteredClassLoader(MeerkatClient.class))
                .run(context ->
                        assertThat(context.getStartupFailure()).hasMessageContaining("No ConnectionDetails found"));
    }

    @Nested
    @SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, classes = InATest.Application.class)
    class InATest {
        @ServiceConnection("meerkat")
        static final Container SERVER = new Container(8080, 8080);

        @Configuration(proxyBeanMethods = false)
        @ImportAutoConfiguration({MeerkatAutoConfiguration.class, MeerkatClientAutoConfiguration.class})
        static class Application {}

        @Test
        void aContainerInAFieldIsFound(@Autowired Meerkat meerkat) throws Exception {
            assertConnected(meerkat);
        }
    }

    /** What Boot reads of {@code docker compose}. */
    private record Service(Map<String, String> labels, List<Integer> published) implements RunningService {
        @Override
        public String name() {
            return "agents";
        }

        @Override
        public ImageReference image() {
            return ImageReference.of("example/agents:1");
        }

        @Override
        public String host() {
            return "127.0.0.1";
        }

        @Override
        public ConnectionPorts ports() {
            return new ConnectionPorts() {
                @Override
                public int get(int containerPort) {
                    assertThat(containerPort).isEqualTo(8080);
                    return port();
                }

                @Override
                public List<Integer> getAll() {
                    return published;
                }

                @Override
                public List<Integer> getAll(String protocol) {
                    return published;
                }
            };
        }

        @Override
        public Map<String, String> env() {
            return Map.of("MEERKAT_TOKEN", TOKEN);
        }
    }

    /** Tells the listeners what Boot tells them when {@code docker compose up} has ended. */
    private static ConfigurableApplicationContext composed(Service service) {
        SpringApplication application = new SpringApplication(InATest.Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.addListeners((ApplicationListener<ApplicationPreparedEvent>) prepared -> {
            DockerComposeServicesReadyEvent ready = mock(DockerComposeServicesReadyEvent.class);
            when(ready.getSource()).thenReturn(prepared.getApplicationContext());
            when(ready.getRunningServices()).thenReturn(List.of(service));
            SimpleApplicationEventMulticaster listeners = new SimpleApplicationEventMulticaster();
            application.getListeners().forEach(listeners::addApplicationListener);
            listeners.multicastEvent(ready);
        });
        return application.run("--spring.docker.compose.enabled=false", "--meerkat.server.url=http://127.0.0.1:1");
    }

    @Test
    void aServiceOfDockerComposeWithTheLabelStandsInPlaceOfTheProperties() throws Exception {
        Map<String, String> labels = Map.of("org.springframework.boot.service-connection", "meerkat");
        for (List<Integer> published : List.of(List.of(port()), List.of(1, port(), 2))) {
            try (ConfigurableApplicationContext context = composed(new Service(labels, published))) {
                assertConnected(context.getBean(Meerkat.class));
            }
        }
    }

    /** A container of PostgreSQL that is the database of this test. */
    private static final class Database extends PostgreSQLContainer {
        private boolean started;

        Database() {
            super("postgres:17");
        }

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return started;
        }

        @Override
        public String getJdbcUrl() {
            return TestDatabase.url();
        }

        /** The address has them. */
        @Override
        public String getUsername() {
            return null;
        }

        @Override
        public String getPassword() {
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithDatabase {
        @Bean
        @ServiceConnection
        Database database() {
            return new Database();
        }
    }

    @Test
    void sessionsAreInTheDatabaseOfTheContainerThatTheApplicationHas() {
        runner.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
                .withUserConfiguration(WithDatabase.class)
                .withBean(Agent.class, () -> turn -> "from here")
                .withPropertyValues(
                        "meerkat.store.type=postgresql",
                        "meerkat.store.schema=service_connection_test",
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none")
                .run(context -> {
                    assertThat(context).hasSingleBean(PostgresStore.class);
                    Meerkat meerkat = context.getBean(Meerkat.class);
                    assertThat(meerkat.capabilities().has(Capability.DURABLE)).isTrue();
                    assertThat(Sessions.ask(meerkat, SessionSpec.ofPrompt("hello")))
                            .isEqualTo("from here");
                });
    }
}
