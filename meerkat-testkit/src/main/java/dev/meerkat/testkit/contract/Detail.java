package dev.meerkat.testkit.contract;

/**
 * What the contract asks beside the capabilities, and what a fixture may be unable to show: because a
 * server does not tell, or because a test cannot bring it about there. Tests that need it are reported
 * as skipped, with the reason.
 */
public enum Detail {
    /** The fixture sets what answers turns; otherwise every answer is {@code "ok"}. */
    SCRIPTED_AGENT("what answers turns cannot be set"),
    /** The limits are the tiny ones of {@link MeerkatFixture}. */
    TINY_LIMITS("the limits cannot be made tiny"),
    /** The clock is the fixture's. */
    CLOCK("the clock cannot be moved"),
    /** The fixture can end the Meerkat in the midst of its work. */
    CRASH("it cannot be made to crash"),
    /** The log tells what becomes of inputs. */
    INPUT_EVENTS("the log does not tell of inputs"),
    /** The log tells of creation and archiving, and is there afterwards. */
    LIFECYCLE_EVENTS("the log does not tell of creation and archiving"),
    /** Prompts have ids, and turns tell theirs when they end. */
    PROMPT_IDS("the ids of prompts and their turns are not told"),
    /** The log names the turn that each of its events belongs to. */
    TURN_IDS("turns have no ids"),
    /** It is told whether there was a turn to interrupt. */
    IDLE_INTERRUPTS("it is not told whether there was a turn to interrupt"),
    /** The status of an input can be asked for. */
    INPUT_STATUS("the status of inputs is not told"),
    /** Snapshots tell how many inputs wait. */
    LANE_COUNTS("it is not told how many inputs wait"),
    /** Snapshots tell the session's own peer id. */
    OWN_PEER_ID("the session's own peer id is not told"),
    /** Snapshots tell the model and the newest answer. */
    MODEL_AND_ANSWER("snapshots do not tell the model and the newest answer"),
    /** The transcript has a system prompt only if the spec has one, and no other text than that. */
    BARE_TRANSCRIPT("the transcript begins with a system prompt of the server's own"),
    /** What an event tells of is in the transcript by then. */
    TRANSCRIPT_FIRST("events may come before what they tell of is in the transcript"),
    /** A turn on the largest message ends within the patience of a test. */
    WHOLE_MESSAGES("a turn on the largest message takes minutes"),
    /** Added context is in the transcript. */
    CONTEXT_SHOWN("added context is in no transcript"),
    /** The images of a prompt are in the transcript as they were sent. */
    IMAGES_SHOWN("the transcript refers to images"),
    /** A session that is archived before its first turn can still be read. */
    ARCHIVED_BEFORE_A_TURN("a session that is archived before its first turn is not there any more"),
    /** The source of an external event may differ from its type. */
    EVENT_SOURCES("external events have no source of their own"),
    /** A name is refused as long as a live session has it. */
    UNIQUE_NAMES("names are not unique"),
    /** Whether a session is kept alive can be changed. */
    KEEP_ALIVE_CHANGE("whether a session is kept alive cannot be changed"),
    /** A realm can be chosen. */
    REALMS("the realm cannot be chosen"),
    /** A session can be created without a first turn. */
    DEFERRED("a first turn cannot be deferred"),
    /** The positions of events count from 1 without gaps. */
    POSITIONS_WITHOUT_GAPS("the positions of events have gaps"),
    /** Who reads the log is told what is live too, such as the growth of an answer. */
    LIVE_EVENTS("what is live is not told beside the log"),
    /** Live events wait for a slow reader in the buffer of its stream, and nowhere else. */
    LIVE_BUFFER("live events wait for a slow reader in more places than one"),
    /** A gap tells how many live events are missing. */
    GAP_COUNTS("it is not told how many live events are missing"),
    /** The transcript tells what a session sent. */
    SENT_ENTRIES("the transcript does not tell what was sent as such"),
    /** Receipts of what waits at the session itself say where it is. */
    DELIVERIES("receipts of inputs do not say how much they prove"),
    /** The end of an interrupted turn tells what it had said. */
    PARTIAL_ANSWERS("the end of an interrupted turn does not tell what it had said"),
    /** The transcript tells local inputs from external events. */
    LOCAL_INPUTS("the transcript shows local inputs as external events"),
    /** Content may have blocks of any kind. */
    ANY_BLOCKS("blocks of kinds that are not known are refused"),
    /** Messages say whether their content is to be trusted. */
    TAINTS("messages do not say whether their content is to be trusted"),
    /** A context that is JSON is compared as JSON. */
    JSON_CONTEXTS("contexts that are JSON are compared as texts");

    private final String otherwise;

    Detail(String otherwise) {
        this.otherwise = otherwise;
    }

    /**
     * Why a test that needs this is skipped where it is not there.
     *
     * @return the reason
     */
    public String otherwise() {
        return otherwise;
    }
}
