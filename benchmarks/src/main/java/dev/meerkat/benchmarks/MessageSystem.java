package dev.meerkat.benchmarks;

/** Something that carries messages from senders to receivers that consume them in order. */
interface MessageSystem extends AutoCloseable {
    /** How many messages each receiver waits for at most, and how many it keeps. */
    int BOUND = 1_024;

    int KEPT = 256;

    /**
     * Sends messages to the senders' receivers, on a client's thread. Returns when each is
     * acknowledged, unless the system has senders that go on by themselves.
     *
     * @param senders whose messages, in turn
     * @param before the number before the first
     * @param count how many of each
     * @return how many refusals were retried
     */
    long send(int[] senders, long before, int count) throws InterruptedException;

    @Override
    void close();

    /** Opens a system by its name, with one receiver for each sender or one for all. */
    static MessageSystem open(String name, Ledger ledger, boolean hot) throws Exception {
        return switch (name) {
            case "meerkat", "meerkat-pool", "meerkat-micrometer", "meerkat-opentelemetry" ->
                new MeerkatMessages(name, ledger, hot, false);
            case "meerkat-turn" -> new MeerkatMessages("meerkat", ledger, hot, true);
            case "pekko-client" -> new PekkoMessages(ledger, hot);
            case "pekko-actor" -> new PekkoActorMessages(ledger, hot);
            case "pekko-tell" -> new PekkoTellMessages(ledger, hot);
            default -> throw new IllegalArgumentException("no system is named " + name);
        };
    }
}
