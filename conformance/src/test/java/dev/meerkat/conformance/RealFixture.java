package dev.meerkat.conformance;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.contract.Detail;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A client of a real server, for one test of the contract. Home and server are made when the test first
 * asks for them, so that a test which does not run costs nothing, and the server is killed at its end:
 * it starts faster than it archives one session.
 *
 * <p>A restart is one of the client, as an application would restart.
 */
@SuppressWarnings("try") // closing may be interrupted
final class RealFixture implements MeerkatFixture {
    /** The servers are debug builds, and take their time with a message of the most bytes. */
    private static final ClientTimeouts TIMEOUTS =
            ClientTimeouts.defaults().withConnect(Duration.ofMinutes(1)).withCall(Duration.ofMinutes(2));

    private final Reached reached;
    private final Set<Capability> refusals;
    private @Nullable ServerHome home;
    private @Nullable RealServer server;
    private @Nullable RemoteMeerkat meerkat;

    /** Refusals are those that were asserted at this server, in this test or one before. */
    RealFixture(Reached reached, Set<Capability> refusals) {
        this.reached = reached;
        this.refusals = refusals;
    }

    @Override
    public Meerkat meerkat() {
        RemoteMeerkat current = meerkat;
        if (current == null) {
            try {
                current = connect();
            } catch (IOException e) {
                throw new IllegalStateException("cannot connect to " + reached, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while connecting to " + reached, e);
            }
            Tally.RUN.declared(reached, current.capabilities());
            Tally.RUN.untold(reached, untold());
            meerkat = current;
        }
        return current;
    }

    private RemoteMeerkat connect() throws IOException, InterruptedException {
        if (home == null) {
            home = ServerHome.create();
        }
        if (reached.access() == Reached.Access.STDIO) {
            return MeerkatClient.stdio(home.launcher(reached.server()))
                    .timeouts(TIMEOUTS)
                    .open();
        }
        if (server == null) {
            server =
                    reached.isRest() ? RealServer.rest(reached.server(), home) : RealServer.tcp(reached.server(), home);
        }
        return reached.isRest()
                ? MeerkatClient.rest(server.uri())
                        .webhookSecret(ServerHome.WEBHOOK_SECRET)
                        .timeouts(TIMEOUTS)
                        .open()
                : MeerkatClient.tcp("127.0.0.1", server.port())
                        .timeouts(TIMEOUTS)
                        .open();
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
    public String model() {
        return ServerHome.MODEL;
    }

    @Override
    public Set<Capability> lacking() {
        Set<Capability> lacking = EnumSet.of(
                Capability.REALM_TRUST,
                Capability.FREE_INTENTS,
                Capability.REPLY_HANDLES,
                Capability.SCHEDULES,
                Capability.EVENT_WAKE,
                Capability.DURABLE,
                Capability.DEAD_LETTERS,
                Capability.OPTIONAL_PROMPT,
                Capability.DELETION,
                Capability.RETENTION);
        if (!reached.isLine09()) {
            lacking.add(Capability.EVENT_DEDUPE);
            lacking.add(Capability.STEER);
        }
        if (reached.isRest()) {
            lacking.add(Capability.EVENT_REPLAY);
            lacking.add(Capability.EVENT_RECEIPTS);
        }
        return lacking;
    }

    @Override
    public Set<Detail> untold() {
        Set<Detail> untold = EnumSet.allOf(Detail.class);
        if (reached.isLine09()) {
            untold.remove(Detail.CONTEXT_SHOWN);
        }
        if (reached.isRest() || reached.isLine09()) {
            untold.remove(Detail.IDLE_INTERRUPTS);
        }
        if (!reached.isRest()) {
            untold.remove(Detail.DEFERRED);
            untold.remove(Detail.MODEL_AND_ANSWER);
            if (reached.isLine09()) {
                untold.remove(Detail.INPUT_STATUS);
                untold.remove(Detail.TURN_IDS);
            }
        }
        return untold;
    }

    @Override
    public boolean refusedBefore(Capability lacking) {
        return refusals.contains(lacking);
    }

    @Override
    public void refused(Capability lacking) {
        refusals.add(lacking);
        Tally.RUN.refused(reached, lacking);
    }

    @Override
    public void close() {
        disconnect();
        if (server != null) {
            server.kill();
        }
        if (home != null) {
            home.close();
        }
    }
}
