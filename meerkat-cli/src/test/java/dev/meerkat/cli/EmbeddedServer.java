package dev.meerkat.cli;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;

/** A program that embeds a server, and ends with its standard input. */
final class EmbeddedServer {
    private EmbeddedServer() {}

    public static void main(String[] args) throws Exception {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open();
                RunningServer server =
                        MeerkatServer.of(meerkat).rest("127.0.0.1", 0).start()) {
            System.out.println(
                    "rest http://127.0.0.1:" + server.addresses().get(0).getPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        }
    }
}
