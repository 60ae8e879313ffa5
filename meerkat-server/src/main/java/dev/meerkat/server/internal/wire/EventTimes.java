package dev.meerkat.server.internal.wire;

import dev.meerkat.api.SessionEvent;
import java.time.Instant;
import java.util.Optional;

/** When events happened. */
final class EventTimes {
    private EventTimes() {}

    /** Empty for those that do not tell. */
    static Optional<Instant> of(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return Optional.of(admitted.input().at());
        } else if (event instanceof SessionEvent.InputStaged staged) {
            return Optional.of(staged.at());
        } else if (event instanceof SessionEvent.TurnStarted started) {
            return Optional.of(started.at());
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            return Optional.of(completed.at());
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            return Optional.of(failed.at());
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            return Optional.of(interrupted.at());
        } else if (event instanceof SessionEvent.ToolCalled called) {
            return Optional.of(called.at());
        } else if (event instanceof SessionEvent.ReplyReceived replied) {
            return Optional.of(replied.reply().at());
        } else {
            return others(event);
        }
    }

    private static Optional<Instant> others(SessionEvent event) {
        if (event instanceof SessionEvent.Lifecycle lifecycle) {
            return Optional.of(lifecycle.at());
        } else if (event instanceof SessionEvent.InputConsumed consumed) {
            return Optional.of(consumed.at());
        } else if (event instanceof SessionEvent.InputDeadLettered dead) {
            return Optional.of(dead.at());
        } else if (event instanceof SessionEvent.PeerSent sent) {
            return Optional.of(sent.at());
        } else if (event instanceof SessionEvent.PeerSendFailed failed) {
            return Optional.of(failed.at());
        }
        return Optional.empty();
    }
}
