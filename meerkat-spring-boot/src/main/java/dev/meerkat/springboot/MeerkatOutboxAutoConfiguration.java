package dev.meerkat.springboot;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.Workload;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/** Has a {@link TransactionOutbox} if {@code meerkat.outbox.enabled} is set. */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass({DataSource.class, JdbcTemplate.class})
@ConditionalOnProperty(name = "meerkat.outbox.enabled", havingValue = "true")
@EnableConfigurationProperties(MeerkatProperties.class)
public final class MeerkatOutboxAutoConfiguration {
    MeerkatOutboxAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    OutboxTable meerkatOutboxTable(ObjectProvider<DataSource> sources) {
        return new OutboxTable(source(sources));
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxRelay meerkatOutboxRelay(
            OutboxTable table, Meerkat meerkat, MeerkatProperties properties, Environment environment) {
        if (!meerkat.capabilities().has(Capability.EVENT_DEDUPE)) {
            throw new IllegalStateException("meerkat.outbox.enabled needs sessions that know an event again by its key,"
                    + " which those of " + meerkat.capabilities().name() + " do not");
        }
        return new OutboxRelay(
                table,
                meerkat,
                OwnThreads.named("meerkat-outbox-", environment),
                properties.outbox().sweep());
    }

    @Bean
    @ConditionalOnMissingBean
    TransactionOutbox meerkatOutbox(
            ObjectProvider<DataSource> sources,
            OutboxRelay relay,
            Meerkat meerkat,
            ObjectProvider<RuntimeListener> listeners) {
        List<RuntimeListener> all = listeners.orderedStream().toList();
        return new TransactionOutbox(source(sources), relay::wake, meerkat instanceof Workload, () -> trace(all));
    }

    /** As a runtime finds it. */
    private static Optional<TraceContext> trace(List<RuntimeListener> listeners) {
        return listeners.stream()
                .map(RuntimeListener::currentTrace)
                .flatMap(Optional::stream)
                .findFirst()
                .or(TraceContext::current);
    }

    private static DataSource source(ObjectProvider<DataSource> sources) {
        DataSource source = sources.getIfUnique();
        if (source == null) {
            throw new InvalidConfigurationPropertyValueException(
                    "meerkat.outbox.enabled", true, "needs one bean of type DataSource, or a @Primary one");
        }
        return source;
    }
}
