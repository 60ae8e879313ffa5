package dev.meerkat.benchmarks;

/** The external event that the servers are loaded with, as the wire has it. */
final class EventBody {
    private static final String FIELDS = "\"kind\":\"generic_json\",\"event_type\":\"deploy_complete\",\"payload\":"
            + DurableDriver.payload().text();

    private EventBody() {}

    /** The body of {@code POST /sessions/{id}/external-events}. */
    static String rest() {
        return "{" + FIELDS + "}";
    }

    /** The parameters of {@code session/external_event}. */
    static String rpc(String session) {
        return "{\"session_id\":\"" + session + "\"," + FIELDS + "}";
    }
}
