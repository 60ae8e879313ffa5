package dev.meerkat.client.contract;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.fake.FakeLine;
import dev.meerkat.client.fake.FakeRest;
import dev.meerkat.client.fake.FakeServer;
import dev.meerkat.client.fake.FakeSettings;
import dev.meerkat.client.fake.FakeStdio;
import dev.meerkat.client.fake.FakeTcp;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.contract.Detail;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A client of a fake server. What a server cannot be made to do is said here, in one place: tests that
 * need it are skipped with the reason.
 *
 * <p>A restart is one of the client, as an application would restart; the server goes on.
 */
@SuppressWarnings("try") // closing may be interrupted
final class RemoteFixture implements MeerkatFixture {
    private final Surface surface;
    private final FakeServer server;
    private final Consumer<Capability> refusals;
    private final @Nullable FakeRest rest;
    private final @Nullable FakeTcp tcp;
    private final @Nullable FakeStdio stdio;
    private @Nullable RemoteMeerkat meerkat;

    RemoteFixture(Surface surface, FakeLine line, Path directory, Consumer<Capability> refusals)
            throws IOException, InterruptedException {
        this.surface = surface;
        this.refusals = refusals;
        server = new FakeServer(
                keepsLog(surface, line)
                        ? FakeSettings.of(line)
                        : FakeSettings.of(line).withoutLog());
        rest = surface == Surface.REST ? FakeRest.listening(server) : null;
        tcp = surface == Surface.TCP ? new FakeTcp(server) : null;
        stdio = surface == Surface.STDIO ? new FakeStdio(server, directory) : null;
    }

    @Override
    public Meerkat meerkat() {
        RemoteMeerkat current = meerkat;
        if (current == null) {
            try {
                current = connect();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the client connected", e);
            }
            meerkat = current;
        }
        return current;
    }

    private RemoteMeerkat connect() throws InterruptedException {
        if (rest != null) {
            return MeerkatClient.rest(rest.uri()).open();
        } else if (tcp != null) {
            return MeerkatClient.tcp(tcp.host(), tcp.port()).open();
        } else if (stdio != null) {
            return MeerkatClient.stdio(stdio.executable()).open();
        }
        throw new IllegalStateException("no surface");
    }

    @Override
    public void agent(Agent agent) {
        Assumptions.abort(Detail.SCRIPTED_AGENT.otherwise());
    }

    @Override
    public void restart() {
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
        return lacking(surface, server.line());
    }

    /** One server is without a log, as some are whose store has none. */
    private static boolean keepsLog(Surface surface, FakeLine line) {
        return line == FakeLine.V09 || surface != Surface.STDIO;
    }

    static Set<Capability> lacking(Surface surface, FakeLine line) {
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
        if (line == FakeLine.V06) {
            lacking.add(Capability.EVENT_DEDUPE);
            lacking.add(Capability.STEER);
        }
        if (surface.isRest()) {
            lacking.add(Capability.EVENT_RECEIPTS);
        }
        if (surface.isRest() || !keepsLog(surface, line)) {
            lacking.add(Capability.EVENT_REPLAY);
        }
        return lacking;
    }

    @Override
    public Set<Detail> untold() {
        Set<Detail> untold = EnumSet.allOf(Detail.class);
        untold.remove(Detail.WHOLE_MESSAGES);
        if (server.line() == FakeLine.V09) {
            untold.remove(Detail.CONTEXT_SHOWN);
        }
        if (surface.isRest() || server.line() == FakeLine.V09) {
            untold.remove(Detail.IDLE_INTERRUPTS);
        }
        if (!surface.isRest()) {
            untold.remove(Detail.DEFERRED);
            untold.remove(Detail.MODEL_AND_ANSWER);
            if (server.line() == FakeLine.V09) {
                untold.remove(Detail.INPUT_STATUS);
                untold.remove(Detail.TURN_IDS);
            }
        }
        return untold;
    }

    @Override
    public void refused(Capability lacking) {
        refusals.accept(lacking);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        restart();
        if (rest != null) {
            rest.close();
        }
        if (tcp != null) {
            tcp.close();
        }
        if (stdio != null) {
            stdio.close();
        }
        server.close();
        Leftovers.assertNone();
    }
}
