package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/** Has {@link SessionEventStreams} in applications with Spring MVC, and ends them before the web server stops. */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass(ResponseBodyEmitter.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Meerkat.class)
@EnableConfigurationProperties(MeerkatProperties.class)
public final class MeerkatWebAutoConfiguration {
    MeerkatWebAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SessionEventStreams sessionEventStreams(MeerkatProperties properties, Environment environment) {
        MeerkatProperties.Events events = properties.events();
        return new SessionEventStreams(
                OwnThreads.named("meerkat-sse-", environment), events.streams(), events.heartbeat());
    }

    @Bean
    @ConditionalOnMissingBean(name = "sessionEventStreamsShutdown")
    ShutdownStep sessionEventStreamsShutdown(SessionEventStreams streams) {
        return new ShutdownStep("event streams", ShutdownStep.EVENT_STREAMS, streams::end);
    }
}
