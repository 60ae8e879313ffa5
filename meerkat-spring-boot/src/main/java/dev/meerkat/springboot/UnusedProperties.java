package dev.meerkat.springboot;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/** Refuses properties that nothing would read, since a library is not there: they ask for something. */
final class UnusedProperties {
    private UnusedProperties() {}

    static void check(Environment environment, ListableBeanFactory beans) {
        Binder binder = Binder.get(environment);
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
