package dev.meerkat.api;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a session looked like at a moment; {@code session/read} on the wire. The methods that are no components return a part
 * of one.
 *
 * @param id its id
 * @param name by what it is found
 * @param about what does not change while it lives
 * @param activity what it was doing
 * @param waiting what waits in its lanes; empty if a remote server does not tell
 * @param schedules what comes later; empty if a remote server does not tell
 * @param log how far its log and its transcript reach
 */
public record SessionSnapshot(
        SessionId id,
        Name name,
        About about,
        Activity activity,
        Optional<Waiting> waiting,
        Optional<Schedules> schedules,
        Log log)
        implements HasJson {

    /**
     * By what a session is found.
     *
     * @param realm its realm
     * @param commsName its name among peers, or empty
     * @param peerId its peer id; empty without a name, and if a remote server does not tell
     */
    public record Name(String realm, Optional<String> commsName, Optional<PeerId> peerId) {}

    /**
     * What was said when the session was created.
     *
     * @param createdAt when it was created
     * @param labels its labels
     * @param model the model for its agent, or empty
     */
    public record About(Instant createdAt, Map<String, String> labels, Optional<String> model) {}

    /**
     * What a session is doing.
     *
     * @param state what it was doing
     * @param keepAlive whether it wakes on admitted work
     * @param runningTurn the turn that runs; empty between turns, while a failed turn waits for its next attempt, and if a
     *     remote server does not tell
     * @param parked why it handles nothing until {@link Session#unpark}; empty unless it is parked
     */
    public record Activity(State state, boolean keepAlive, Optional<TurnId> runningTurn, Optional<Parked> parked) {}

    /**
     * Inputs that are admitted and not consumed yet.
     *
     * @param comms how many in the comms lane
     * @param external how many in the external-ingress lane
     */
    public record Waiting(long comms, long external) {
        /** Checks. */
        public Waiting {
            Check.notNegative(comms, "waiting_comms");
            Check.notNegative(external, "waiting_external");
        }
    }

    /**
     * Schedules that the session has.
     *
     * @param count how many
     * @param next when the first of them is due; empty if there is none
     */
    public record Schedules(int count, Optional<Instant> next) {
        /** Checks. */
        public Schedules {
            Check.notNegative(count, "schedules");
            Check.notNull(next, "next");
        }
    }

    /**
     * How far the log and the transcript of a session reach.
     *
     * @param lastCursor the position of its newest event; empty if a remote server does not tell
     * @param messageCount entries of its transcript
     * @param lastAnswer its newest answer, or empty
     */
    public record Log(Optional<Cursor> lastCursor, long messageCount, Optional<String> lastAnswer) {}

    /** What a session is doing. */
    public enum State {
        /** Between turns. */
        IDLE,
        /** In a turn, or about to be. */
        RUNNING,
        /** Ended. */
        ARCHIVED
    }

    /** {@return its realm} */
    public String realm() {
        return name.realm();
    }

    /** {@return its name among peers, or empty} */
    public Optional<String> commsName() {
        return name.commsName();
    }

    /** {@return its peer id, or empty} */
    public Optional<PeerId> peerId() {
        return name.peerId();
    }

    /** {@return whether it wakes on admitted work} */
    public boolean keepAlive() {
        return activity.keepAlive();
    }

    /** {@return what it was doing} */
    public State state() {
        return activity.state();
    }

    /** {@return the id of the turn that runs, or empty} */
    public Optional<TurnId> runningTurn() {
        return activity.runningTurn();
    }

    /** {@return why it handles nothing; empty unless it is parked} */
    public Optional<Parked> parked() {
        return activity.parked();
    }

    /** {@return when it was created} */
    public Instant createdAt() {
        return about.createdAt();
    }

    /** {@return its labels, unmodifiable} */
    public Map<String, String> labels() {
        return about.labels();
    }

    /** {@return the name of the model for its agent, or empty} */
    public Optional<String> model() {
        return about.model();
    }

    /** {@return how many inputs wait in the comms lane, or empty if that is not known} */
    public OptionalLong waitingComms() {
        return waiting.map(lanes -> OptionalLong.of(lanes.comms())).orElseGet(OptionalLong::empty);
    }

    /** {@return how many inputs wait in the external-ingress lane, or empty if that is not known} */
    public OptionalLong waitingExternal() {
        return waiting.map(lanes -> OptionalLong.of(lanes.external())).orElseGet(OptionalLong::empty);
    }

    /** {@return the position of its newest event, or empty if that is not known} */
    public Optional<Cursor> lastCursor() {
        return log.lastCursor();
    }

    /** {@return how many entries its transcript has} */
    public long messageCount() {
        return log.messageCount();
    }

    /** {@return the text of its newest answer, or empty} */
    public Optional<String> lastAnswer() {
        return log.lastAnswer();
    }
}
