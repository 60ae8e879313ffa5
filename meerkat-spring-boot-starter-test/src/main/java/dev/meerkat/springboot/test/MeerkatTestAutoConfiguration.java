package dev.meerkat.springboot.test;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.springboot.AgentBeans;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.VirtualTime;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The Meerkat of a {@link MeerkatTest}. */
@AutoConfiguration
public final class MeerkatTestAutoConfiguration {
    MeerkatTestAutoConfiguration() {}

    /** Closed by {@link HarnessCheck}, which tells what is left behind. */
    @Bean(destroyMethod = "")
    MeerkatHarness meerkatHarness(
            ObjectProvider<RuntimeLimits> limits,
            ObjectProvider<RetryPolicy> retry,
            ObjectProvider<TrustPolicy> trust,
            ObjectProvider<PeerTransport> transport,
            ObjectProvider<RuntimeListener> listeners) {
        MeerkatHarness harness = MeerkatHarness.create();
        limits.ifAvailable(harness::limits);
        retry.ifAvailable(harness::retry);
        trust.ifAvailable(harness::trust);
        transport.ifAvailable(harness::transport);
        listeners.orderedStream().forEach(harness::listener);
        return harness;
    }

    @Bean
    VirtualTime meerkatTime(MeerkatHarness harness) {
        return harness.time();
    }

    @Bean(destroyMethod = "")
    Meerkat meerkat(MeerkatHarness harness, ListableBeanFactory beans, Environment environment) {
        AgentBeans.find(beans, environment.getProperty("meerkat.agent.model")).ifPresent(harness.agent()::otherwise);
        return harness.meerkat();
    }
}
