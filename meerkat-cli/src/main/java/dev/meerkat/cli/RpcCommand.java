package dev.meerkat.cli;

import dev.meerkat.server.MeerkatServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Speaks JSON-RPC with the process that started it. */
@Command(
        name = "rpc",
        description = {
            "Speaks JSON-RPC on standard input and output, until standard input ends or SIGTERM.",
            "The sessions of --realm are kept under the state root, and found again by the next start.",
            "Other options than these are passed over with a warning."
        })
final class RpcCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = "--tcp",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Listen there, instead of speaking on standard input and output.")
    @Nullable
    HostPort tcp;

    @Mixin
    final StdioOptions options = new StdioOptions();

    @Mixin
    final Options.Token token = new Options.Token();

    @Unmatched
    List<String> unknown = new ArrayList<>();

    RpcCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!unknown.isEmpty()) {
            surroundings.err().println("meerkat: passed over, as not known: " + String.join(" ", unknown));
        }
        return options.serve(
                surroundings,
                this::listening,
                running -> running.addresses()
                        .forEach(address -> surroundings
                                .err()
                                .println("tcp tcp://"
                                        + new HostPort(address.getHostString(), address.getPort()).text())));
    }

    private MeerkatServer listening(MeerkatServer server) {
        if (tcp == null) {
            return server.rpcStreams(surroundings.in(), surroundings.wire());
        }
        Optional<String> secret = token.read(surroundings);
        tcp.needsToken("--tcp", secret.isPresent());
        MeerkatServer listening = server.tcp(tcp.host(), tcp.port());
        return secret.map(listening::token).orElse(listening);
    }
}
