package dev.meerkat.cli;

import dev.meerkat.cli.StoreAddress.OpenPositions;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.webhooks.NotificationPositions;
import dev.meerkat.webhooks.NotificationTarget;
import dev.meerkat.webhooks.Notifications;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;

/** What a server serves: the sessions of a realm, with an agent, on a contract line. */
final class Served {
    @Mixin
    final Options.RealmStore realm = new Options.RealmStore();

    @Mixin
    final Options.AgentChoice agent = new Options.AgentChoice();

    @Mixin
    final Options.Contract contract = new Options.Contract();

    @Mixin
    final RetainOption retain = new RetainOption();

    Served() {}

    /**
     * Serves until the server's standard input ends, the process is asked to end, or the store is lost.
     *
     * @param store the store; in memory if there is none
     * @param listening adds the listeners
     * @param started told when all listen
     */
    int untilEnd(
            Surroundings surroundings,
            Optional<StoreAddress> store,
            UnaryOperator<MeerkatServer> listening,
            Consumer<RunningServer> started)
            throws InterruptedException, IOException {
        return untilEnd(surroundings, store, listening, started, List.of());
    }

    /** The same, and tells targets of notifications. How far each was told stands where the store is. */
    int untilEnd(
            Surroundings surroundings,
            Optional<StoreAddress> store,
            UnaryOperator<MeerkatServer> listening,
            Consumer<RunningServer> started,
            List<NotificationTarget> targets)
            throws InterruptedException, IOException {
        ClientTools tools = ClientTools.create();
        try (Place place = Places.running(
                store, realm.realm(), agent.create(surroundings, tools), retain.retention(), surroundings)) {
            MeerkatServer server = MeerkatServer.of(place.meerkat())
                    .realm(realm.realm())
                    .contract(contract.line(surroundings))
                    .tools(tools);
            HealthCheck health = place.meerkat() instanceof HealthCheck check ? check : () -> Health.OK;
            OpenPositions kept = targets.isEmpty() || store.isEmpty()
                    ? new OpenPositions(NotificationPositions.inMemory(), () -> {})
                    : store.get().positions(surroundings);
            try {
                Notifications running = Notifications.start(place.meerkat(), targets, kept.positions());
                try {
                    return Serving.untilEnd(listening.apply(server), started, health, place.meerkat()::close);
                } finally {
                    running.close();
                }
            } finally {
                kept.beneath().run();
            }
        }
    }
}
