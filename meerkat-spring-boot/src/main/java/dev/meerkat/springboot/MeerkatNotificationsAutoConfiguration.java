package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.springboot.MeerkatProperties.Store;
import dev.meerkat.webhooks.NotificationPositions;
import dev.meerkat.webhooks.NotificationTarget;
import dev.meerkat.webhooks.Notifications;
import dev.meerkat.webhooks.PostgresPositions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Tells other systems what happens in sessions: the targets in {@code meerkat.webhooks.notifications}, and beans of type {@link
 * NotificationTarget}. How far each was told stands where the sessions do, unless there is a bean of type {@link
 * NotificationPositions}.
 */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass(Notifications.class)
@ConditionalOnSingleCandidate(Meerkat.class)
@EnableConfigurationProperties({MeerkatProperties.class, WebhookProperties.class})
public final class MeerkatNotificationsAutoConfiguration {
    MeerkatNotificationsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    NotificationsLifecycle meerkatNotifications(
            Meerkat meerkat,
            WebhookProperties webhooks,
            ObjectProvider<NotificationTarget> beans,
            ObjectProvider<NotificationPositions> positions) {
        List<NotificationTarget> targets =
                new ArrayList<>(WebhookRoutes.of(webhooks).notifications());
        beans.orderedStream().forEach(targets::add);
        NotificationPositions kept = targets.isEmpty() ? NotificationPositions.inMemory() : positions.getObject();
        return new NotificationsLifecycle(meerkat, targets, kept);
    }

    /** Opened only where there is something to keep. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    NotificationPositions meerkatNotificationPositions(
            WebhookProperties webhooks, MeerkatProperties properties, ListableBeanFactory beans) {
        Store store = properties.store();
        Path file = webhooks.positionsFile();
        if (file != null) {
            return NotificationPositions.inFile(file);
        }
        Path sqlite = store.file();
        if (sqlite != null) {
            return NotificationPositions.inFile(sqlite.resolveSibling(sqlite.getFileName() + ".notifications"));
        }
        if (store.type() == Store.Type.POSTGRESQL) {
            return PostgresPositions.open(beans.getBean(DataSource.class));
        }
        return NotificationPositions.inMemory();
    }
}
