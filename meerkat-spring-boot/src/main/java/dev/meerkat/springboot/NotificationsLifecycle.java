package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.webhooks.NotificationPositions;
import dev.meerkat.webhooks.NotificationTarget;
import dev.meerkat.webhooks.Notifications;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Tells targets from the start of the application on, until its web server has stopped and before Meerkat closes. */
final class NotificationsLifecycle implements SmartLifecycle {
    private final Meerkat meerkat;
    private final List<NotificationTarget> targets;
    private final NotificationPositions positions;
    private volatile @Nullable Notifications running;

    NotificationsLifecycle(Meerkat meerkat, List<NotificationTarget> targets, NotificationPositions positions) {
        this.meerkat = meerkat;
        this.targets = targets;
        this.positions = positions;
    }

    @Override
    public int getPhase() {
        return ShutdownStep.MEERKAT + 512;
    }

    @Override
    public void start() {
        try {
            running = Notifications.start(meerkat, targets, positions);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while notifications begin", e);
        }
    }

    @Override
    public void stop() {
        Notifications ending = running;
        running = null;
        if (ending != null) {
            ending.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
