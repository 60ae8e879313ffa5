package dev.meerkat.examples.remote;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.core.MeerkatRuntime;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Two named sessions, an input, a peer message, an external event, what happened and what is kept: the
 * same program in this process and on a server. Only the line that opens the Meerkat differs.
 */
public final class SameProgram {
    static final String USAGE = """
            Arguments:
              (none)               run in this process
              rest URL             on a server's REST surface, such as http://127.0.0.1:8080
              tcp HOST:PORT        on a server's JSON-RPC surface over TCP, such as 127.0.0.1:4800
              stdio [EXECUTABLE]   on a server that is started for this program, rkat-rpc by default""";

    private SameProgram() {}

    /**
     * Runs the program; ends the process with status 1 if something failed or was refused, and with 2
     * if the arguments are wrong.
     *
     * @param args where to run, nothing for this process
     */
    public static void main(String[] args) {
        int status = run(List.of(args), System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        try (Meerkat meerkat = open(args)) {
            new Walk(meerkat, out).run();
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage() + System.lineSeparator() + USAGE);
            return 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
        } catch (MeerkatException e) {
            err.println("failed: " + e.code() + ": " + e.getMessage());
        }
        return 1;
    }

    private static Meerkat open(List<String> args) throws InterruptedException {
        String where = args.isEmpty() ? "" : args.get(0);
        return switch (where + "/" + args.size()) {
            case "/0" -> inThisProcess();
            case "rest/2" -> onServer(URI.create(args.get(1)));
            case "tcp/2" -> overTcp(args.get(1));
            case "stdio/1" -> MeerkatClient.stdio().open();
            case "stdio/2" -> MeerkatClient.stdio(Path.of(args.get(1))).open();
            default -> throw new IllegalArgumentException("cannot run " + String.join(" ", args));
        };
    }

    private static Meerkat inThisProcess() {
        // snippet: switch-embedded
        Meerkat meerkat = MeerkatRuntime.of(new HelpfulAgent()).open();
        // end
        return meerkat;
    }

    private static Meerkat onServer(URI server) throws InterruptedException {
        // snippet: switch-remote
        Meerkat meerkat = MeerkatClient.rest(server).open();
        // end
        return meerkat;
    }

    private static Meerkat overTcp(String address) throws InterruptedException {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("tcp needs HOST:PORT: " + address);
        }
        int port = Integer.parseInt(address.substring(colon + 1));
        return MeerkatClient.tcp(address.substring(0, colon), port).open();
    }
}
