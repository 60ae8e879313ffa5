package dev.meerkat.cli;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a comms command. */
@Command(
        name = "send",
        description = "Sends a comms command in the name of a session; a message to a peer, unless told otherwise.")
final class SendCommand extends SessionCommand {
    @Parameters(index = "1", arity = "0..1", paramLabel = "BODY", description = "The text of a message or an input.")
    String body = "";

    @Option(names = "--to", paramLabel = "PEER", description = "The peer's name or id; not with --kind input.")
    @Nullable
    String to;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "peer_message",
            description = "input, peer_message, peer_request, peer_response or peer_lifecycle "
                    + "(default: ${DEFAULT-VALUE}).")
    String kind = "peer_message";

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "Where an input comes from; a server takes tcp, uds, stdin, webhook or rpc "
                    + "(default: rpc on a server, else cli).")
    @Nullable
    String source;

    @Option(
            names = "--time-to-live",
            paramLabel = "TIME",
            description =
                    "If no turn takes it up for so long, such as 90s or 10m, it expires; a peer_request is overdue "
                            + "if it is not answered for so long.")
    @Nullable
    String timeToLive;

    @Option(names = "--steer", description = "Let a running turn see it at its next safe point.")
    boolean steer;

    @Option(names = "--intent", paramLabel = "INTENT", description = "What a peer_request asks for.")
    @Nullable
    String intent;

    @Option(
            names = "--params",
            paramLabel = "JSON",
            description = "What a peer_request, peer_response or peer_lifecycle carries (default: {}).")
    String params = "{}";

    @Option(names = "--in-reply-to", paramLabel = "ID", description = "The request that a peer_response answers.")
    @Nullable
    String inReplyTo;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            defaultValue = "completed",
            description = "accepted, completed or failed, of a peer_response (default: ${DEFAULT-VALUE}).")
    ResponseStatus status = ResponseStatus.COMPLETED;

    @Option(
            names = "--lifecycle-kind",
            paramLabel = "KIND",
            description = "What a peer_lifecycle tells, such as mob.peer_added.")
    @Nullable
    String lifecycleKind;

    SendCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        print(output, opened.send(command(place)));
        return ExitCode.OK;
    }

    private CommsCommand<?> command(Place place) {
        if (timeToLive != null && (kind.equals("peer_response") || kind.equals("peer_lifecycle"))) {
            throw new UsageException("--time-to-live does not go with --kind " + kind);
        }
        HandlingMode mode = steer ? HandlingMode.STEER : HandlingMode.QUEUE;
        return switch (kind) {
            case "input" -> {
                CommsCommand.Input input =
                        CommsCommand.Input.of(body).withSource(source(place)).withHandlingMode(mode);
                yield timeToLive().map(input::withTimeToLive).orElse(input);
            }
            case "peer_message" -> {
                CommsCommand.PeerMessage message =
                        CommsCommand.PeerMessage.to(peer(), body).withHandlingMode(mode);
                yield timeToLive().map(message::withTimeToLive).orElse(message);
            }
            case "peer_request" -> {
                CommsCommand.PeerRequest request = CommsCommand.PeerRequest.to(
                                peer(), needed("--intent", intent), Json.parse(params))
                        .withHandlingMode(mode);
                yield timeToLive().map(request::withTimeToLive).orElse(request);
            }
            case "peer_response" -> response();
            case "peer_lifecycle" ->
                new CommsCommand.PeerLifecycle(
                        peer(), new LifecycleKind(needed("--lifecycle-kind", lifecycleKind)), Json.parse(params));
            default ->
                throw new InvalidFieldException(
                        "--kind", kind, "must be input, peer_message, peer_request, peer_response or peer_lifecycle");
        };
    }

    private Optional<Duration> timeToLive() {
        return Optional.ofNullable(timeToLive).map(time -> Times.wait("--time-to-live", time));
    }

    /** Servers take the sources of the wire only. */
    private String source(Place place) {
        if (source != null) {
            return source;
        }
        return place.live() ? "rpc" : "cli";
    }

    private CommsCommand.PeerResponse response() {
        RequestId request = RequestId.of(needed("--in-reply-to", inReplyTo));
        CommsCommand.PeerResponse response = new CommsCommand.PeerResponse(
                peer(), request, status, Json.parse(params), List.of(), ContentTaint.UNDECLARED, Optional.empty());
        return steer ? response.withHandlingMode(HandlingMode.STEER) : response;
    }

    private PeerRef peer() {
        String peer = needed("--to", to);
        return Place.isId(peer) ? PeerRef.id(PeerId.of(peer)) : PeerRef.named(peer);
    }

    private String needed(String option, @Nullable String value) {
        if (value == null) {
            throw new UsageException(option + " must be given with --kind " + kind);
        }
        return value;
    }

    private static void print(Output output, Receipt receipt) {
        String delivery = receipt.delivery().getType().replace('_', ' ');
        String id = id(receipt);
        Optional<String> request = receipt instanceof Receipt.PeerRequestSent sent
                ? Optional.of(sent.requestId().toString())
                : Optional.empty();
        output.row(
                () -> "sent " + id + ", " + delivery
                        + request.map(asked -> ", request " + asked).orElse(""),
                () -> receipt.toJson().text());
    }

    private static String id(Receipt receipt) {
        return receipt instanceof Receipt.Sent sent
                ? sent.envelopeId().toString()
                : ((Receipt.InputAccepted) receipt).inputId().toString();
    }
}
