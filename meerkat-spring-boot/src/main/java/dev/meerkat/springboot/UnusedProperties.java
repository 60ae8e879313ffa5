package dev.meerkat.springboot;

import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** Refuses properties that nothing would read, since their name is none or a library is not there: they ask for something. */
final class UnusedProperties {
    /** Those of webhooks are refused where they are read. */
    private static final Map<String, Class<?>> GROUPS = Map.of(
            "meerkat.store", MeerkatProperties.Store.class,
            "meerkat.agent", MeerkatProperties.ModelAgent.class,
            "meerkat.server", MeerkatProperties.Server.class,
            "meerkat.outbox", MeerkatProperties.Outbox.class,
            "meerkat.events", MeerkatProperties.Events.class);

    private UnusedProperties() {}

    static void check(Environment environment, ListableBeanFactory beans) {
        Binder binder = Binder.get(environment);
        GROUPS.forEach((group, type) -> binder.bind(
                group,
                Bindable.of(type),
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter())));
        check(binder, beans, "meerkat.webhooks.routes", "meerkatWebhooksMapping", "meerkat-webhooks and Spring MVC");
        check(binder, beans, "meerkat.webhooks.notifications", "meerkatNotifications", "meerkat-webhooks");
        if (environment.getProperty("meerkat.outbox.enabled", Boolean.class, false)
                && !beans.containsBean("meerkatOutbox")) {
            throw refused("meerkat.outbox.enabled", true, "spring-jdbc");
        }
    }

    private static void check(Binder binder, ListableBeanFactory beans, String property, String bean, String needs) {
        binder.bind(property, Bindable.mapOf(String.class, Object.class)).ifBound(given -> {
            if (!given.isEmpty() && !beans.containsBean(bean)) {
                throw refused(property, given.keySet(), needs);
            }
        });
    }

    private static InvalidConfigurationPropertyValueException refused(String property, Object value, String needs) {
        return new InvalidConfigurationPropertyValueException(property, value, "needs " + needs + " on the class path");
    }
}
