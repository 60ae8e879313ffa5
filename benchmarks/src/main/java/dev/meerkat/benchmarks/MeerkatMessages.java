package dev.meerkat.benchmarks;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sessions in memory, whose peer messages are consumed by turns of an agent that does nothing else. Plain threads send
 * them, or turns of the senders, one for each batch, so that no thread waits for an acknowledgement.
 */
final class MeerkatMessages implements MessageSystem {
    private static final int YIELDS = 16;
    private static final long PAUSE_NANOS = 20_000;

    private final Runtimes runtime;
    private final Ledger ledger;
    private final boolean turnsSend;
    private final List<Session> senders = new ArrayList<>();
    private final List<PeerRef> receivers = new ArrayList<>();

    MeerkatMessages(String environment, Ledger ledger, boolean hot, boolean turnsSend) throws InterruptedException {
        this.ledger = ledger;
        this.turnsSend = turnsSend;
        this.runtime = Runtimes.open(environment, this::answer, MemoryStore.retaining(KEPT), Runtimes.limits());
        for (int i = 0; i < ledger.senders(); i++) {
            String receiver = "receiver-" + (hot ? 0 : i);
            if (i == 0 || !hot) {
                create(receiver);
            }
            senders.add(create("sender-" + i));
            receivers.add(PeerRef.named(receiver));
        }
    }

    private Session create(String name) throws InterruptedException {
        return runtime.meerkat()
                .create(SessionSpec.ofPrompt("Take messages.")
                        .withKeepAliveAs(name)
                        .withDeferredStart());
    }

    private String answer(TurnContext turn) {
        for (AdmittedInput input : turn.inputs()) {
            if (input.body() instanceof InputBody.PeerMessage message) {
                ledger.consumed(message.command().body());
            } else if (input.body() instanceof InputBody.Local local) {
                sendAll(turn, local.command().body());
            }
        }
        return "ok";
    }

    /** Sends the messages of a batch: of a sender, after a number, so many. */
    private void sendAll(TurnContext turn, String batch) {
        String[] parts = batch.split(" ", -1);
        int sender = Integer.parseInt(parts[0]);
        long before = Long.parseLong(parts[1]);
        for (long number = before + 1; number <= before + Long.parseLong(parts[2]); number++) {
            turn.comms().send(CommsCommand.PeerMessage.to(receivers.get(sender), Body.of(sender, number)));
        }
    }

    @Override
    public long send(int[] whose, long before, int count) throws InterruptedException {
        if (turnsSend) {
            for (int sender : whose) {
                senders.get(sender).send(CommsCommand.Input.of(sender + " " + before + " " + count));
            }
            return 0;
        }
        long refused = 0;
        for (long number = before + 1; number <= before + count; number++) {
            for (int sender : whose) {
                CommsCommand.PeerMessage message =
                        CommsCommand.PeerMessage.to(receivers.get(sender), Body.of(sender, number));
                for (int attempt = 0; !sent(sender, message); attempt++) {
                    refused++;
                    pause(attempt);
                }
            }
        }
        return refused;
    }

    private boolean sent(int sender, CommsCommand.PeerMessage message) throws InterruptedException {
        try {
            senders.get(sender).send(message);
            return true;
        } catch (LaneFullException full) {
            return false;
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a client that is refused lets the receiver run
    private static void pause(int attempt) {
        if (attempt < YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}
