package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Actors that send to actors with bounded mailboxes: each sender sends its next message when the one
 * before is acknowledged, and no thread waits. As many messages are unacknowledged as there are
 * senders, not as there are threads.
 */
final class PekkoActorMessages implements MessageSystem {
    private final Pekko<List<ActorRef<Command>>> senders;

    PekkoActorMessages(Ledger ledger, boolean hot) throws Exception {
        this.senders = Pekko.open(context -> spawn(context, ledger, hot));
    }

    private static List<ActorRef<Command>> spawn(ActorContext<Void> context, Ledger ledger, boolean hot) {
        List<ActorRef<PekkoReceiver.Message>> receivers =
                PekkoReceiver.spawn(context, ledger, hot, PekkoReceiver.bounded());
        List<ActorRef<Command>> actors = new ArrayList<>();
        for (int i = 0; i < ledger.senders(); i++) {
            actors.add(context.spawn(Sender.behavior(i, receivers.get(hot ? 0 : i)), "sender-" + i));
        }
        return actors;
    }

    @Override
    public long send(int[] whose, long before, int count) {
        for (int sender : whose) {
            senders.actors().get(sender).tell(new Batch(before + 1, before + count));
        }
        return 0;
    }

    @Override
    public void close() {
        senders.close();
    }

    private sealed interface Command {}

    /** Asks a sender to send the messages of these numbers. */
    private record Batch(long first, long last) implements Command {}

    /** Tells a sender that its message is kept. */
    private record Kept() implements Command {}

    private static final class Sender implements PekkoReceiver.Acknowledged {
        private static final Kept KEPT = new Kept();
        private final int id;
        private final ActorRef<Command> self;
        private final ActorRef<PekkoReceiver.Message> receiver;
        private long next;
        private long last;

        private Sender(int id, ActorRef<Command> self, ActorRef<PekkoReceiver.Message> receiver) {
            this.id = id;
            this.self = self;
            this.receiver = receiver;
        }

        static Behavior<Command> behavior(int id, ActorRef<PekkoReceiver.Message> receiver) {
            return Behaviors.setup(context -> {
                Sender sender = new Sender(id, context.getSelf(), receiver);
                return Behaviors.receiveMessage(command -> {
                    sender.take(command);
                    return Behaviors.same();
                });
            });
        }

        private void take(Command command) {
            if (command instanceof Batch batch) {
                next = batch.first();
                last = batch.last();
            }
            if (next <= last) {
                receiver.tell(new PekkoReceiver.Message(Body.of(id, next++), this));
            }
        }

        @Override
        public void kept() {
            self.tell(KEPT);
        }
    }
}
