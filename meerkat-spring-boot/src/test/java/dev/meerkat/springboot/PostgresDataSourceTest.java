package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.postgres.PostgresStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Sessions in the database of the application. */
class PostgresDataSourceTest {
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, MeerkatAutoConfiguration.class))
            .withBean(Agent.class, () -> turn -> "answer")
            .withPropertyValues("meerkat.store.type=postgresql", "meerkat.store.schema=data_source_test");
    private final ApplicationContextRunner runner =
            bare.withPropertyValues("spring.datasource.url=" + TestDatabase.url());

    @Test
    void sessionsAreThereAfterARestart() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(PostgresStore.class);
            Meerkat meerkat = context.getBean(Meerkat.class);
            assertThat(meerkat.capabilities().has(Capability.DURABLE)).isTrue();
            Sessions.ask(meerkat, SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a"));
        });
        runner.run(context -> assertThat(context.getBean(Meerkat.class)
                        .open("agent-a")
                        .snapshot()
                        .lastAnswer())
                .contains("answer"));
    }

    @Test
    void theHealthTellsOfTheInstancesAndTheirLeases() {
        runner.withConfiguration(AutoConfigurations.of(MeerkatHealthAutoConfiguration.class))
                .withPropertyValues("spring.application.name=orders")
                .run(context -> {
                    Map<String, Object> details =
                            context.getBean(HealthIndicator.class).health().getDetails();
                    assertThat((List<?>) details.get("nodes"))
                            .singleElement()
                            .asInstanceOf(InstanceOfAssertFactories.MAP)
                            .containsEntry("name", "orders")
                            .containsEntry("self", true)
                            .containsEntry("serving", true)
                            .containsEntry("shards", 256)
                            .extractingByKey("leaseLeft")
                            .satisfies(left -> assertThat(Duration.parse(String.valueOf(left)))
                                    .isPositive());
                });
    }

    @Test
    void withoutADataSourceOrTheModuleTheStartFailsByName() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(MeerkatAutoConfiguration.class))
                .withBean(Agent.class, () -> turn -> "answer")
                .withPropertyValues("meerkat.store.type=postgresql")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.store.type", "DataSource"));
        runner.withClassLoader(new FilteredClassLoader(PostgresStore.class))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.store.type", "meerkat-store-postgres"));
    }

    @Test
    void propertiesThatDoNotFitAreRefused() {
        bare.withPropertyValues("meerkat.store.file=m.db")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.store.file"));
        bare.withPropertyValues("meerkat.store.type=sqlite")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains("meerkat.store.type", "meerkat.store.file"));
    }
}
