package dev.meerkat.cli;

import dev.meerkat.api.Session;
import picocli.CommandLine.Command;

/** Lists peers. */
@Command(name = "peers", description = "Lists whom a session can send to.")
final class PeersCommand extends SessionCommand {
    PeersCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        opened.peers()
                .forEach(peer -> output.row(
                        () -> peer.id() + "  " + Names.shown(peer.name()) + "  "
                                + peer.meta().description(),
                        () -> peer.toJson().text()));
        return ExitCode.OK;
    }
}
