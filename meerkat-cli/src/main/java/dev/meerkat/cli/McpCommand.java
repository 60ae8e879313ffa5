package dev.meerkat.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Speaks MCP with the process that started it. */
@Command(name = "mcp", description = "Speaks MCP on standard input and output, until standard input ends or SIGTERM.")
final class McpCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    final StdioOptions options = new StdioOptions();

    McpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        return options.serve(
                surroundings, server -> server.mcpStreams(surroundings.in(), surroundings.wire()), running -> {});
    }
}
