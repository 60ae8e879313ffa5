package dev.meerkat.client.fake;

import java.io.IOException;
import java.util.List;

/** A fake in a process of its own, with JSON-RPC over standard input and output. */
@SuppressWarnings("try") // closing may be interrupted
public final class FakeRpcMain {
    private FakeRpcMain() {}

    /** Serves until the input ends; the first argument is the version, others are taken as by a real server. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = List.of(arguments);
        System.err.println("fake rkat-rpc " + given);
        try (FakeServer server = FakeServer.of(FakeLine.of(given.get(0)))) {
            FakeTcp.serve(server, System.in, System.out);
        }
    }
}
