package dev.meerkat.agent;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tools with which a model talks to peers, and to itself later. What the model reads of each, how its arguments are checked, and what it
 * does stand here and nowhere else.
 */
enum CommsTool {
    SEND_MESSAGE(
            "send_message",
            "Sends a message to a peer, by its name. An answer, if there is one, comes later, as a notice.",
            CommsParameter.TO,
            CommsParameter.TEXT) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            return message(turn, conversation, PeerRef.named(to(args)), args);
        }
    },
    SEND_REQUEST(
            "send_request",
            "Asks a peer, by its name, to do something. Its response comes later, as a notice; do not wait for it.",
            CommsParameter.TO,
            CommsParameter.INTENT,
            CommsParameter.PARAMS) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            return sent(
                    "request", turn.comms().send(request(conversation, args)).envelopeId());
        }
    },
    /** {@link ReplyWait} does it: it lets all else of its batch be done first. */
    WAIT_FOR_REPLY(
            "wait_for_reply",
            "Asks a peer, by its name, to do something, and waits for its reply, which is the result. Needs to and "
                    + "intent; or, after a wait that was too short, only the request.",
            CommsParameter.TO.optional(),
            CommsParameter.INTENT.optional(),
            CommsParameter.PARAMS,
            CommsParameter.REQUEST) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            throw new IllegalStateException("waits for replies are made after all else");
        }
    },
    RESPOND(
            "respond",
            "Completes a request of a peer, which gets the result.",
            CommsParameter.RESULT,
            CommsParameter.DELIVERY) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            AdmittedInput chosen = chosen(conversation.requests(), args);
            InputBody.PeerRequest asked = (InputBody.PeerRequest) chosen.body();
            Json result = CommsParameter.RESULT.in(args).orElse(Json.NULL);
            EnvelopeId id = turn.comms()
                    .send(CommsCommand.PeerResponse.completed(
                                    PeerRef.id(asked.from().id()), asked.requestId(), result)
                            .withContentTaint(taint(conversation)))
                    .envelopeId();
            conversation.answered(asked.requestId());
            return turn.isLate(chosen)
                    ? Json.of(ModelNotices.object(
                            "response",
                            id.toString(),
                            "late",
                            "the deadline of the request has passed: its sender was told that no answer came in time"))
                    : sent("response", id);
        }
    },
    REPLY_TO_PEER(
            "reply_to_peer",
            "Answers a message of a peer with a message.",
            CommsParameter.TEXT,
            CommsParameter.DELIVERY) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            AdmittedInput chosen = chosen(conversation.ofPeers(), args);
            PeerSender sender = ModelNotices.sender(chosen.body()).orElseThrow();
            return message(turn, conversation, PeerRef.id(sender.id()), args);
        }
    },
    PEERS(
            "peers",
            "Lists the peers that can be addressed, and the intents that each tells of, with the JSON Schemas of their "
                    + "params and results.") {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            return Json.of(turn.comms().peers().stream().map(CommsTool::told).toList());
        }
    },
    WAKE_ME(
            TurnContext.WAKE_ME,
            "Wakes you later, once, with a note of yours, also if nobody is there then. Use it instead of waiting; the turn"
                    + " may end meanwhile.",
            CommsParameter.SECONDS,
            CommsParameter.NOTE) {
        @Override
        Json run(TurnContext turn, Conversation conversation, Json args) {
            throw new IllegalStateException("needs the key of the call");
        }

        @Override
        Json run(TurnContext turn, Conversation conversation, ToolRequest call) throws InterruptedException {
            Json args = call.arguments();
            Json seconds = CommsParameter.SECONDS.in(args).orElseThrow();
            if (!SECONDS.matcher(seconds.text()).matches()) {
                throw new InvalidFieldException("seconds", seconds.text(), "must be a whole number");
            }
            Schedule made = turn.wakeMe(
                    Duration.ofSeconds(Long.parseLong(seconds.text())),
                    CommsParameter.NOTE.textIn(args).orElseThrow(),
                    call.key());
            return Json.of(ModelNotices.object(
                    "due", made.next().toString(), "schedule", made.id().toString()));
        }
    };

    private static final int MOST_OFFERED = 10;
    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}");
    private static final Map<String, CommsTool> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(tool -> tool.shown.name(), tool -> tool));

    // The list, and the parts of the tool, are immutable too.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<CommsParameter> parameters;

    @SuppressWarnings("ImmutableEnumChecker")
    private final ChatTool shown;

    CommsTool(String name, String description, CommsParameter... parameters) {
        this.parameters = List.of(parameters);
        this.shown = new ChatTool(name, description, CommsParameter.schema(this.parameters), (args, key) -> {
            throw new IllegalStateException("comms tools need the turn");
        });
    }

    /** What the model reads of it. */
    ChatTool shown() {
        return shown;
    }

    static Optional<CommsTool> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Refuses arguments that do not fit. */
    void check(Json args) {
        CommsParameter.check(parameters, args);
    }

    /** Does it, on the agent's thread, with arguments that were checked. */
    abstract Json run(TurnContext turn, Conversation conversation, Json args);

    /** The same, for what is to be done once for each call. */
    Json run(TurnContext turn, Conversation conversation, ToolRequest call) throws InterruptedException {
        return run(turn, conversation, call.arguments());
    }

    private static Map<String, Object> told(Peer peer) {
        Map<String, Object> told = ModelNotices.named(peer.name());
        told.put("description", peer.meta().description());
        Map<String, Object> intents = new LinkedHashMap<>();
        peer.meta().intents().forEach((intent, schemas) -> intents.put(intent, shallow(schemas)));
        if (!intents.isEmpty()) {
            told.put("intents", intents);
        }
        return told;
    }

    /** What a peer tells as deep as JSON may be is text: within the list it would be too deep, and fail it for all. */
    private static Json shallow(Json schemas) {
        try {
            Json unused = Json.of(List.of(List.of(List.of(schemas))));
            return schemas;
        } catch (InvalidFieldException e) {
            return Json.of(schemas.text());
        }
    }

    /** What a model has made of tainted things is tainted. */
    private static ContentTaint taint(Conversation conversation) {
        return conversation.tainted() ? ContentTaint.TAINTED : ContentTaint.UNDECLARED;
    }

    static CommsCommand.PeerRequest request(Conversation conversation, Json args) {
        String intent = CommsParameter.INTENT
                .textIn(args)
                .orElseThrow(() -> new InvalidFieldException("intent", "", "must be given"));
        Json params = CommsParameter.PARAMS.in(args).orElse(Json.EMPTY_OBJECT);
        return CommsCommand.PeerRequest.to(to(args), intent, params).withContentTaint(taint(conversation));
    }

    private static String to(Json args) {
        return CommsParameter.TO
                .textIn(args)
                .orElseThrow(() -> new InvalidFieldException("to", "", "must be given, as a peer's name"));
    }

    private static Json message(TurnContext turn, Conversation conversation, PeerRef to, Json args) {
        String text = CommsParameter.TEXT.textIn(args).orElseThrow();
        return sent(
                "message",
                turn.comms()
                        .send(CommsCommand.PeerMessage.to(to, text).withContentTaint(taint(conversation)))
                        .envelopeId());
    }

    private static Json sent(String what, EnvelopeId id) {
        return Json.of(Map.of(what, id.toString()));
    }

    /** The input that is meant: the named one, or the only one of this turn, or the only one at all. */
    private static AdmittedInput chosen(Conversation.Candidates candidates, Json args) {
        Optional<String> named = CommsParameter.DELIVERY.textIn(args);
        if (named.isPresent()) {
            return candidates.all().stream()
                    .filter(input -> input.id().toString().equals(named.get()))
                    .findFirst()
                    .orElseThrow(() -> new InvalidFieldException("delivery", named.get(), offer(candidates.likely())));
        }
        if (candidates.likely().size() == 1) {
            return candidates.likely().get(0);
        }
        throw new InvalidFieldException("delivery", "", offer(candidates.likely()));
    }

    private static String offer(List<AdmittedInput> candidates) {
        if (candidates.isEmpty()) {
            return "has nothing to refer to: no peer waits for that";
        }
        List<AdmittedInput> newest =
                candidates.subList(Math.max(0, candidates.size() - MOST_OFFERED), candidates.size());
        return "must be one of " + newest.stream().map(CommsTool::offered).collect(Collectors.joining(", "));
    }

    private static String offered(AdmittedInput input) {
        String from = ModelNotices.sender(input.body()).orElseThrow().name();
        return input.body() instanceof InputBody.PeerRequest request
                ? input.id() + " (" + request.command().intent() + " from " + from + ")"
                : input.id() + " (from " + from + ")";
    }
}
