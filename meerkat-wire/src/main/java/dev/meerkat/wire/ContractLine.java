package dev.meerkat.wire;

import dev.meerkat.api.InvalidFieldException;
import java.util.Set;

/**
 * The lines of the wire contract, and what each has: the one place that knows in what lines differ. What came within a
 * line is told by {@link ContractVersion}.
 */
public enum ContractLine {
    /** The line 0.6, announced as 0.6.34. */
    V0_6("0.6", 34),
    /** The line 0.7, announced as 0.7.31. */
    V0_7("0.7", 31),
    /** The line 0.8, announced as 0.8.52. */
    V0_8("0.8", 52),
    /** The line 0.9, announced as 0.9.8. */
    V0_9("0.9", 8);

    /** The newest line. */
    public static final ContractLine NEWEST = V0_9;

    private static final Set<String> LIFECYCLE_KINDS_06 =
            Set.of("mob.peer_added", "mob.peer_retired", "mob.peer_unwired");
    private static final Set<String> LIFECYCLE_KINDS_07 =
            Set.of("mob.peer_added", "mob.peer_retired", "mob.peer_unwired", "mob.dismiss");
    private static final Set<String> LIFECYCLE_KINDS_09 = Set.of(
            "mob.peer_added",
            "mob.peer_retired",
            "mob.peer_unwired",
            "mob.dismiss",
            "mob.kickoff_pending",
            "mob.kickoff_starting",
            "mob.kickoff_started",
            "mob.kickoff_callback_pending",
            "mob.kickoff_failed",
            "mob.kickoff_cancelled");

    private final String line;
    private final int patch;

    ContractLine(String line, int patch) {
        this.line = line;
        this.patch = patch;
    }

    /**
     * The line of a text.
     *
     * @param line {@code 0.6}, {@code 0.7}, {@code 0.8} or {@code 0.9}
     * @return the line
     * @throws InvalidFieldException if there is no such line
     */
    public static ContractLine of(String line) {
        for (ContractLine known : values()) {
            if (known.line.equals(line)) {
                return known;
            }
        }
        throw new InvalidFieldException("contract", line, "must be 0.6, 0.7, 0.8 or 0.9");
    }

    /** {@return the line's name, such as {@code 0.9}} */
    public String line() {
        return line;
    }

    /** {@return the version that a server of the line announces, such as 0.9.8} */
    public ContractVersion version() {
        return new ContractVersion(this, patch);
    }

    private boolean from(ContractLine first) {
        return compareTo(first) >= 0;
    }

    /** {@return whether an input can be asked how far it got, and a run stopped by its id (from 0.7 on)} */
    public boolean hasInputStatus() {
        return from(V0_7);
    }

    /** {@return whether every server of the line stops a run by its id (from 0.9 on)} */
    public boolean stopsRuns() {
        return from(V0_9);
    }

    /** {@return whether an archived session reads like a live one (only on 0.6)} */
    public boolean readsArchived() {
        return !from(V0_7);
    }

    /** {@return whether a session that is read tells whether a turn runs (from 0.7 on)} */
    public boolean readsActivity() {
        return from(V0_7);
    }

    /** {@return whether the last answer of a session is told while a turn runs (from 0.7 on)} */
    public boolean tellsAnswerOfActive() {
        return from(V0_7);
    }

    /** {@return whether a list of sessions without a limit has all of them (only on 0.6)} */
    public boolean listsAllSessions() {
        return !from(V0_7);
    }

    /** {@return whether a page of the history is bounded, and says so, when no limit is asked for (from 0.7 on)} */
    public boolean boundsHistory() {
        return from(V0_7);
    }

    /**
     * {@return whether rows, events and notices name the runs, inputs, envelopes and answers that they are of (from
     * 0.7 on)}
     */
    public boolean namesOrigins() {
        return from(V0_7);
    }

    /** {@return whether a notice in the history also has the type of an answer's block (only on 0.7)} */
    public boolean namesNoticesAsBlocks() {
        return this == V0_7;
    }

    /**
     * {@return whether events have the types and fields of 0.6 (up to 0.8)} Those of 0.7 and 0.8 came to have the new
     * fields from one patch to another, so that they are told with both.
     */
    public boolean hasOldEvents() {
        return !from(V0_9);
    }

    /** {@return whether events have the fields that came after 0.6 (from 0.7 on)} */
    public boolean hasNewEvents() {
        return from(V0_7);
    }

    /** {@return whether a turn takes only known fields (from 0.7 on)} */
    public boolean knowsFieldsOfTurns() {
        return from(V0_7);
    }

    /**
     * {@return whether a turn may bring a system prompt, which is added to those that the session has (from 0.7 on)}
     */
    public boolean turnsBringSystemPrompts() {
        return from(V0_7);
    }

    /**
     * {@return whether added context is content, and taken at once; otherwise it is a text, and staged (from 0.7 on)}
     */
    public boolean contextIsContent() {
        return from(V0_7);
    }

    /** {@return whether an interrupt tells what it met (from 0.7 on)} */
    public boolean tellsInterrupted() {
        return from(V0_7);
    }

    /** {@return whether a peer tells if it was reached (only on 0.6)} */
    public boolean tellsReachability() {
        return !from(V0_7);
    }

    /**
     * {@return whether the receipts of all commands to peers tell how much is proved; otherwise only those of
     * messages do (from 0.9 on)}
     */
    public boolean allReceiptsTellDelivery() {
        return from(V0_9);
    }

    /** {@return whether receipts tell a kind of delivery; otherwise only whether it was acknowledged (from 0.7 on)} */
    public boolean receiptsTellKindOfDelivery() {
        return from(V0_7);
    }

    /** {@return whether a message must name the version of JSON-RPC (from 0.7 on)} */
    public boolean needsJsonRpcVersion() {
        return from(V0_7);
    }

    /** {@return whether a call of a tool has a key that is the same for each try (from 0.7 on)} */
    public boolean keysToolCalls() {
        return from(V0_7);
    }

    /** {@return whether a turn that waits for tools says that it can be resumed (from 0.7 on)} */
    public boolean tellsResumable() {
        return from(V0_7);
    }

    /** {@return whether closing a stream that was never open is refused (from 0.7 on)} */
    public boolean refusesUnknownStreams() {
        return from(V0_7);
    }

    /** {@return whether a message that says nothing but DISMISS stops its receiver (only on 0.6)} */
    public boolean hasControlWords() {
        return !from(V0_7);
    }

    /** {@return whether a running turn takes up what is steered (from 0.8 on)} */
    public boolean steers() {
        return from(V0_8);
    }

    /** {@return whether a sender can declare what its content is, in the newest version of the line} */
    public boolean takesTaint() {
        return version().takesTaint();
    }

    /** {@return the kinds of lifecycle notice in wire form, such as {@code mob.peer_added}} */
    public Set<String> lifecycleKinds() {
        if (from(V0_9)) {
            return LIFECYCLE_KINDS_09;
        }
        return from(V0_7) ? LIFECYCLE_KINDS_07 : LIFECYCLE_KINDS_06;
    }
}
