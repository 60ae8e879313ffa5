package dev.meerkat.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MailboxSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** An actor that keeps the newest messages in order and acknowledges each. */
final class PekkoReceiver {
    private final ArrayDeque<String> kept = new ArrayDeque<>();
    private final Ledger ledger;

    private PekkoReceiver(Ledger ledger) {
        this.ledger = ledger;
    }

    /** A message with whom to tell that it is kept. */
    record Message(String body, Acknowledged sender) {}

    /** Told when a message is kept, on the receiver's thread. */
    @FunctionalInterface
    interface Acknowledged {
        /** Of a sender that does not want to know. */
        Acknowledged NOBODY = () -> {};

        void kept();
    }

    private static Behavior<Message> behavior(Ledger ledger) {
        return Behaviors.setup(context -> {
            PekkoReceiver receiver = new PekkoReceiver(ledger);
            return Behaviors.receiveMessage(message -> {
                receiver.take(message);
                return Behaviors.same();
            });
        });
    }

    private void take(Message message) {
        if (kept.size() == MessageSystem.KEPT) {
            kept.removeFirst();
        }
        kept.addLast(message.body());
        ledger.consumed(message.body());
        message.sender().kept();
    }

    static Props bounded() {
        return MailboxSelector.bounded(MessageSystem.BOUND);
    }

    static List<ActorRef<Message>> spawn(ActorContext<Void> context, Ledger ledger, boolean hot, Props props) {
        List<ActorRef<Message>> actors = new ArrayList<>();
        for (int i = 0; i < (hot ? 1 : ledger.senders()); i++) {
            actors.add(context.spawn(behavior(ledger), "receiver-" + i, props));
        }
        return actors;
    }
}
