package dev.meerkat.benchmarks;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Actors with bounded mailboxes, to which plain threads send: each thread sends its next message when
 * the one before is acknowledged. The acknowledgement is a flag and an unpark, which is cheaper than
 * an ask.
 */
final class PekkoMessages implements MessageSystem {
    private static final int SPINS = 64;

    private final boolean hot;
    private final Pekko<List<ActorRef<PekkoReceiver.Message>>> receivers;

    PekkoMessages(Ledger ledger, boolean hot) throws Exception {
        this.hot = hot;
        this.receivers = Pekko.open(context -> PekkoReceiver.spawn(context, ledger, hot, PekkoReceiver.bounded()));
    }

    @Override
    public long send(int[] whose, long before, int count) throws InterruptedException {
        Client client = new Client(Thread.currentThread());
        for (long number = before + 1; number <= before + count; number++) {
            for (int sender : whose) {
                ActorRef<PekkoReceiver.Message> receiver = receivers.actors().get(hot ? 0 : sender);
                client.sends();
                receiver.tell(new PekkoReceiver.Message(Body.of(sender, number), client));
                client.await();
            }
        }
        return 0;
    }

    @Override
    public void close() {
        receivers.close();
    }

    /** A thread that waits for one acknowledgement at a time. */
    private static final class Client implements PekkoReceiver.Acknowledged {
        private final Thread thread;
        private volatile boolean waits;

        Client(Thread thread) {
            this.thread = thread;
        }

        void sends() {
            waits = true;
        }

        @Override
        public void kept() {
            waits = false;
            LockSupport.unpark(thread);
        }

        void await() throws InterruptedException {
            for (int i = 0; waits && i < SPINS; i++) {
                Thread.onSpinWait();
            }
            while (waits) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }
}
