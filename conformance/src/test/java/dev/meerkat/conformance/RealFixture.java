package dev.meerkat.conformance;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.contract.Detail;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A client of a real server, for one test of the contract. The server goes on to the next test, so the
 * sessions are archived, which frees their names.
 *
 * <p>A restart is one of the client, as an application would restart.
 */
@SuppressWarnings("try") // closing may be interrupted
final class RealFixture implements MeerkatFixture {
    private final Reached reached;
    private final Callable<RemoteMeerkat> connect;
    private @Nullable RemoteMeerkat meerkat;

    RealFixture(Reached reached, Callable<RemoteMeerkat> connect) {
        this.reached = reached;
        this.connect = connect;
    }

    @Override
    public Meerkat meerkat() {
        RemoteMeerkat current = meerkat;
        if (current == null) {
            try {
                current = connect.call();
            } catch (Exception e) {
                throw new IllegalStateException("cannot connect to " + reached, e);
            }
            meerkat = current;
        }
        return current;
    }

    @Override
    public void agent(Agent agent) {
        Assumptions.abort(Detail.SCRIPTED_AGENT.otherwise());
    }

    @Override
    public void restart() {
        Assumptions.assumeTrue(
                reached.access() != Reached.Access.STDIO,
                "the server ends with its client, and what it then has no longer in memory is not the client's matter");
        disconnect();
    }

    private void disconnect() {
        if (meerkat != null) {
            meerkat.close();
            meerkat = null;
        }
    }

    @Override
    public void crash() {
        Assumptions.abort(Detail.CRASH.otherwise());
    }

    @Override
    public void advance(Duration time) {
        Assumptions.abort(Detail.CLOCK.otherwise());
    }

    @Override
    public Set<Capability> lacking() {
        Set<Capability> lacking = EnumSet.of(
                Capability.REALM_TRUST,
                Capability.FREE_INTENTS,
                Capability.REPLY_HANDLES,
                Capability.EVENT_WAKE,
                Capability.DURABLE);
        if (!reached.isLine09()) {
            lacking.add(Capability.EVENT_DEDUPE);
        }
        if (reached.isRest() || !reached.isLine09()) {
            lacking.add(Capability.EVENT_REPLAY);
        }
        if (reached.isRest()) {
            lacking.add(Capability.EVENT_RECEIPTS);
        }
        return lacking;
    }

    @Override
    public Set<Detail> untold() {
        Set<Detail> untold = EnumSet.allOf(Detail.class);
        if (!reached.isRest()) {
            untold.remove(Detail.DEFERRED);
            untold.remove(Detail.MODEL_AND_ANSWER);
            if (reached.isLine09()) {
                untold.remove(Detail.INPUT_STATUS);
            }
        }
        return untold;
    }

    @Override
    public void refused(Capability lacking) {
        Tally.RUN.refused(reached, lacking);
    }

    @Override
    public void close() throws InterruptedException {
        if (reached.access() != Reached.Access.STDIO) {
            // A closed client can archive nothing, and a test may have closed it.
            disconnect();
            Meerkat another = meerkat();
            for (SessionSnapshot session : another.list(SessionQuery.all()).sessions()) {
                another.open(session.id()).archive();
            }
        }
        disconnect();
    }
}
