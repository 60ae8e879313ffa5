package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Takes webhooks in applications with Spring MVC: those of the routes in {@code meerkat.webhooks.routes}, and of beans of
 * type {@link WebhookRoute}.
 */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass({Webhooks.class, SimpleUrlHandlerMapping.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Meerkat.class)
@EnableConfigurationProperties(WebhookProperties.class)
public final class MeerkatWebhooksAutoConfiguration {
    /** Before controllers with patterns that take everything, and before static files. */
    private static final int ORDER = -1;

    MeerkatWebhooksAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    Webhooks meerkatWebhooks(WebhookProperties properties, Meerkat meerkat, ObjectProvider<WebhookRoute> beans) {
        List<WebhookRoute> routes = new ArrayList<>(WebhookRoutes.of(properties).routes());
        beans.orderedStream().forEach(routes::add);
        return Webhooks.of(meerkat, routes);
    }

    /** Without routes, nothing is taken, and paths stay as they are. */
    @Bean
    @ConditionalOnMissingBean(name = "meerkatWebhooksMapping")
    HandlerMapping meerkatWebhooksMapping(WebhookProperties properties, Webhooks webhooks) {
        String path = properties.path();
        if (!path.startsWith("/") || path.endsWith("/")) {
            throw new org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException(
                    "meerkat.webhooks.path", path, "must begin with /, and not end with it");
        }
        WebhookHandler handler = new WebhookHandler(webhooks);
        return new SimpleUrlHandlerMapping(
                webhooks.routes().isEmpty() ? Map.of() : Map.of(path + "/{route}", handler), ORDER);
    }
}
