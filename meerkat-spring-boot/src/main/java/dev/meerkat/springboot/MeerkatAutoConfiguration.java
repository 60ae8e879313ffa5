package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.springboot.MeerkatProperties.Store;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Opens a {@link Meerkat} that runs in this application, and closes it when the web server has stopped. Beans of type {@link
 * SessionStore}, {@link RuntimeLimits}, {@link RetryPolicy}, {@link TrustPolicy}, {@link RuntimeListener}, {@link
 * PeerTransport} and {@link Environment} are used where they are there.
 */
@AutoConfiguration(after = MeerkatClientAutoConfiguration.class)
@ConditionalOnClass(MeerkatRuntime.class)
@EnableConfigurationProperties(MeerkatProperties.class)
@ImportRuntimeHints(MeerkatRuntimeHints.class)
public final class MeerkatAutoConfiguration {
    MeerkatAutoConfiguration() {}

    /** Before anything is opened, and whoever makes the {@code Meerkat}. */
    @Bean
    static BeanFactoryPostProcessor meerkatUnusedProperties(org.springframework.core.env.Environment environment) {
        return beans -> UnusedProperties.check(environment, beans);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SqliteStore.class)
    @ConditionalOnProperty("meerkat.store.file")
    @ConditionalOnMissingBean({SessionStore.class, Meerkat.class})
    static class SqliteConfiguration {
        @Bean
        SqliteStore meerkatStore(MeerkatProperties properties) {
            return SqliteStore.open(Objects.requireNonNull(properties.store().file()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({PostgresStore.class, DataSource.class})
    @ConditionalOnProperty(name = "meerkat.store.type", havingValue = "postgresql")
    @ConditionalOnMissingBean({SessionStore.class, Meerkat.class})
    static class PostgresConfiguration {
        @Bean
        PostgresStore meerkatStore(
                MeerkatProperties properties,
                ObjectProvider<DataSource> sources,
                org.springframework.core.env.Environment environment) {
            DataSource source = sources.getIfUnique();
            if (source == null) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.store.type", "postgresql", "needs one bean of type DataSource, or a @Primary one");
            }
            PostgresOptions options = PostgresOptions.defaults()
                    .withSchema(properties.store().schema())
                    .withLease(properties.store().lease())
                    .withNodeName(environment.getProperty("spring.application.name", "a Spring Boot application"));
            return PostgresStore.open(source, options);
        }
    }

    /** Without the property, turns run as the runtime has it: on virtual threads where the JVM has them. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "spring.threads.virtual.enabled", havingValue = "false")
    @ConditionalOnMissingBean({Environment.class, Meerkat.class})
    static class PlatformThreadsConfiguration {
        @Bean
        SystemEnvironment meerkatSystemEnvironment() {
            return SystemEnvironment.create();
        }

        @Bean
        Environment meerkatEnvironment(SystemEnvironment system) {
            SimpleAsyncTaskExecutor turns = new SimpleAsyncTaskExecutor("meerkat-turn-");
            turns.setDaemon(true);
            return system.withExecutor(turns);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    Meerkat meerkat(
            MeerkatProperties properties,
            ListableBeanFactory beans,
            ObjectProvider<SessionStore> store,
            ObjectProvider<Environment> environment,
            ObjectProvider<RuntimeLimits> limits,
            ObjectProvider<RetryPolicy> retry,
            ObjectProvider<TrustPolicy> trust,
            ObjectProvider<PeerTransport> transport,
            ObjectProvider<RuntimeListener> listeners) {
        SessionStore sessions = store.getIfAvailable();
        checkLibraries(properties, sessions);
        MeerkatRuntime runtime =
                MeerkatRuntime.of(AgentBeans.of(beans, properties.agent().model()));
        if (sessions != null) {
            runtime.store(sessions);
        }
        environment.ifAvailable(runtime::environment);
        limits.ifAvailable(runtime::limits);
        retry.ifAvailable(runtime::retry);
        trust.ifAvailable(runtime::trust);
        transport.ifAvailable(runtime::transport);
        listeners.orderedStream().forEach(runtime::listener);
        return runtime.open();
    }

    /** A property that asks for a library which is not there must not end in sessions in memory. */
    private static void checkLibraries(MeerkatProperties properties, @Nullable SessionStore sessions) {
        if (properties.store().type() == Store.Type.POSTGRESQL && sessions == null) {
            throw new InvalidConfigurationPropertyValueException(
                    "meerkat.store.type",
                    "postgresql",
                    "needs the module meerkat-store-postgres and a DataSource on the class path");
        }
        Path file = properties.store().file();
        if (file != null && sessions == null) {
            throw new InvalidConfigurationPropertyValueException(
                    "meerkat.store.file", file, "needs the module meerkat-store-sqlite on the class path");
        }
        if (properties.server().url() != null) {
            throw new InvalidConfigurationPropertyValueException(
                    "meerkat.server.url",
                    properties.server().url(),
                    "needs the module meerkat-client on the class path");
        }
    }

    @Bean
    @ConditionalOnBean(Meerkat.class)
    @ConditionalOnMissingBean(name = "meerkatShutdown")
    ShutdownStep meerkatShutdown(ObjectProvider<Meerkat> meerkats) {
        List<Meerkat> all = meerkats.stream().toList();
        return new ShutdownStep("Meerkat", ShutdownStep.MEERKAT, () -> all.forEach(Meerkat::close));
    }
}
