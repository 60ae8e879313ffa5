package dev.meerkat.benchmarks;

import java.io.IOException;

/** One way to make the same call of a server on the loopback interface. */
interface RemoteCall extends AutoCloseable {
    /**
     * Makes the call and waits for its answer.
     *
     * @return something of the answer
     */
    Object once() throws Exception;

    @Override
    void close() throws IOException;

    /** The ways, by name. */
    static RemoteCall open(String way, int port) throws Exception {
        return switch (way) {
            case "rpc-client" -> ClientCall.tcp(port);
            case "rpc-reader" -> new ReaderCall(port);
            case "rpc-caller" -> new CallerCall(port);
            case "rest-client" -> ClientCall.rest(port);
            case "rest-dispatcher" -> new OkHttpCall(port, false);
            case "rest-caller" -> new OkHttpCall(port, true);
            default -> throw new IllegalArgumentException("no way is named " + way);
        };
    }
}
