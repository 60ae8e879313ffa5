package dev.meerkat.micrometer;

/** The names of all metrics and of their labels. A registry writes them in the form of its system. */
final class MetricNames {
    static final String ADMITTED = "meerkat.inputs.admitted";
    static final String REFUSED = "meerkat.refusals";
    static final String WAITED = "meerkat.inputs.wait";
    static final String WAITING = "meerkat.inputs.waiting";
    static final String OLDEST = "meerkat.inputs.waiting.oldest";
    static final String TURN = "meerkat.turn";
    static final String AGENT = "meerkat.agent.call";
    static final String TOOL = "meerkat.tool";
    static final String MODEL = "meerkat.model";
    static final String TOKENS = "meerkat.model.tokens";
    static final String STEP = "meerkat.step.store";
    static final String SENT = "meerkat.messages.sent";
    static final String SETTLED = "meerkat.messages.settled";
    static final String WAKES = "meerkat.wakes";
    static final String RETRIES = "meerkat.retries";
    static final String DEAD_LETTERS = "meerkat.dead.letters";
    static final String FENCED = "meerkat.sessions.fenced";
    static final String SESSIONS = "meerkat.sessions";
    static final String RUNNING = "meerkat.sessions.running";
    static final String PARKED = "meerkat.sessions.parked";
    static final String STREAMS = "meerkat.event.streams";
    static final String COMMIT = "meerkat.store.commit";
    static final String COMMIT_SIZE = "meerkat.store.commit.size";

    static final String LANE = "lane";
    static final String KIND = "kind";
    static final String OUTCOME = "outcome";
    static final String ERROR = "error";
    static final String TOOL_NAME = "tool";
    static final String PROVIDER = "provider";
    static final String MODEL_NAME = "model";
    static final String DIRECTION = "direction";
    static final String WHEN = "when";

    static final String NONE = "none";
    static final String UNKNOWN = "unknown";

    private MetricNames() {}
}
