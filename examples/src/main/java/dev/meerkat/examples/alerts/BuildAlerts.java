package dev.meerkat.examples.alerts;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import java.util.Map;

/** A service of an application that hands failed builds to a session, and tells its owner. */
public final class BuildAlerts {
    private final Meerkat meerkat;
    private final String triage;

    /**
     * Alerts for one session.
     *
     * @param meerkat the runtime, or a client of a server
     * @param triage the comms name of the session that handles failed builds
     */
    public BuildAlerts(Meerkat meerkat, String triage) {
        this.meerkat = meerkat;
        this.triage = triage;
    }

    /**
     * Hands a failed build to the session, once for each build number.
     *
     * @param build the number of the build
     * @param log where its log is
     * @return whether the session has the build, now or from an earlier call; false if it has no room and the caller
     *     must try again later
     * @throws SessionNotFoundException if there is no such session
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean failed(long build, String log) throws InterruptedException {
        ExternalEvent event = ExternalEvent.genericJson("build_failed", Json.of(Map.of("build", build, "log", log)))
                .withIdempotencyKey("build-" + build);
        EventOutcome outcome = meerkat.open(triage).sendExternalEvent(event);
        return outcome instanceof EventOutcome.Accepted || outcome instanceof EventOutcome.Duplicate;
    }

    /**
     * Tells a peer of the session that a build works again.
     *
     * @param build the number of the build
     * @param peer the peer's comms name
     * @throws InterruptedException if interrupted while waiting
     */
    public void fixed(long build, String peer) throws InterruptedException {
        Session session = meerkat.open(triage);
        session.send(PeerMessage.to(peer, "Build " + build + " works again."));
    }
}
