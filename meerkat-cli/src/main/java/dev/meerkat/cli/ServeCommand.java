package dev.meerkat.cli;

import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.webhooks.WebhookConfig;
import dev.meerkat.webhooks.WebhookRoute;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves sessions by network. */
@Command(
        name = "serve",
        description = {
            "Serves sessions to other processes until SIGINT or SIGTERM. At least one of --rest, --tcp and --mcp.",
            "Prints a line for each listener, with its real port."
        })
final class ServeCommand implements Callable<Integer> {
    private static final String ADDRESS = "HOST:PORT";

    private final Surroundings surroundings;

    @Option(
            names = "--rest",
            paramLabel = ADDRESS,
            converter = HostPort.Converter.class,
            description = "Listen for REST and server-sent events; port 0 is any free one.")
    @Nullable
    HostPort rest;

    @Option(
            names = "--tcp",
            paramLabel = ADDRESS,
            converter = HostPort.Converter.class,
            description = "Listen for JSON-RPC.")
    @Nullable
    HostPort tcp;

    @Option(
            names = "--mcp",
            paramLabel = ADDRESS,
            converter = HostPort.Converter.class,
            description = "Listen for MCP over streamable HTTP, at /mcp.")
    @Nullable
    HostPort mcp;

    @Option(
            names = "--store",
            paramLabel = "STORE",
            converter = StoreAddress.Converter.class,
            description = {
                "Keep the sessions (default: in memory) in a file, or in a schema of PostgreSQL:",
                "  postgresql://[USER@]HOST[:PORT]/DATABASE[?schema=SCHEMA]",
                "with the password in PGPASSWORD or ~/.pgpass."
            })
    @Nullable
    StoreAddress store;

    @Option(
            names = "--webhook-secret-file",
            paramLabel = "FILE",
            description = "The file with what senders of events must give as X-Webhook-Secret "
                    + "(default: RKAT_WEBHOOK_SECRET, if any).")
    @Nullable
    Path webhookSecret;

    @Option(
            names = "--webhooks",
            paramLabel = "FILE",
            description =
                    "The file with the routes of webhooks, taken at /hooks/ROUTE of --rest, and with notifications; "
                            + "each route verifies its sender itself.")
    @Nullable
    Path webhooks;

    private List<WebhookRoute> routes = List.of();

    @Mixin
    final Served served = new Served();

    @Mixin
    final Options.Token token = new Options.Token();

    @Mixin
    final Options.Form form = new Options.Form();

    ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (rest == null && tcp == null && mcp == null) {
            throw new UsageException("--rest must be given, or --tcp or --mcp");
        }
        WebhookConfig config = config();
        routes = config.routes();
        return served.untilEnd(
                surroundings,
                served.realm.store(store, surroundings),
                this::listening,
                this::print,
                config.notifications());
    }

    /** Programs of agents do not get the variables with the secrets. */
    private WebhookConfig config() {
        if (webhooks == null) {
            return new WebhookConfig(List.of(), List.of(), Set.of());
        }
        if (rest == null) {
            throw new UsageException("--webhooks needs --rest, which takes them");
        }
        WebhookConfig config = WebhookConfig.read(webhooks, served.realm.realm(), surroundings.variables());
        surroundings.programs().withhold(config.variables());
        return config;
    }

    private MeerkatServer listening(MeerkatServer server) {
        MeerkatServer listening = secured(server).webhooks(routes);
        boolean hasToken = token.read(surroundings).isPresent();
        if (rest != null) {
            rest.needsToken("--rest", hasToken);
            listening = listening.rest(rest.host(), rest.port());
        }
        if (tcp != null) {
            tcp.needsToken("--tcp", hasToken);
            listening = listening.tcp(tcp.host(), tcp.port());
        }
        if (mcp != null) {
            mcp.needsToken("--mcp", hasToken);
            listening = listening.mcp(mcp.host(), mcp.port());
        }
        return listening;
    }

    private MeerkatServer secured(MeerkatServer server) {
        MeerkatServer secured = token.read(surroundings).map(server::token).orElse(server);
        return CommandSecrets.read(
                        surroundings,
                        "--webhook-secret-file",
                        webhookSecret,
                        CommandSecrets.Variable.RKAT_WEBHOOK_SECRET)
                .map(secured::webhookSecret)
                .orElse(secured);
    }

    private void print(RunningServer running) {
        Output output = form.output(surroundings);
        List<InetSocketAddress> addresses = new ArrayList<>(running.addresses());
        if (rest != null) {
            InetSocketAddress address = addresses.remove(0);
            print(output, "rest", "http", rest, address, "");
            for (WebhookRoute route : routes) {
                print(output, "webhook", "http", rest, address, "/hooks/" + route.name());
            }
        }
        if (tcp != null) {
            print(output, "tcp", "tcp", tcp, addresses.remove(0), "");
        }
        if (mcp != null) {
            print(output, "mcp", "http", mcp, addresses.remove(0), "/mcp");
        }
    }

    private static void print(
            Output output, String listener, String scheme, HostPort asked, InetSocketAddress address, String path) {
        String url = scheme + "://" + new HostPort(asked.host(), address.getPort()).text() + path;
        output.row(
                () -> listener + " " + url,
                () -> Documents.object("listener", listener, "url", url, "port", address.getPort()));
    }
}
