package dev.meerkat.benchmarks;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;

/** Actors with unbounded mailboxes, to which plain threads send without waiting: the ceiling. */
final class PekkoTellMessages implements MessageSystem {
    private final boolean hot;
    private final Pekko<List<ActorRef<PekkoReceiver.Message>>> receivers;

    PekkoTellMessages(Ledger ledger, boolean hot) throws Exception {
        this.hot = hot;
        this.receivers = Pekko.open(context -> PekkoReceiver.spawn(context, ledger, hot, Props.empty()));
    }

    @Override
    public long send(int[] whose, long before, int count) {
        for (long number = before + 1; number <= before + count; number++) {
            for (int sender : whose) {
                receivers
                        .actors()
                        .get(hot ? 0 : sender)
                        .tell(new PekkoReceiver.Message(Body.of(sender, number), PekkoReceiver.Acknowledged.NOBODY));
            }
        }
        return 0;
    }

    @Override
    public void close() {
        receivers.close();
    }
}
