package dev.meerkat.peers;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.core.agent.TurnComms;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An interface whose methods are the intents of requests between peers.
 *
 * <pre>{@code
 * interface Disks {
 *     Space free(String path);
 * }
 * Intents<Disks> disks = Intents.of(Disks.class);
 * Agent agent = disks.answeredBy(path -> new Space(12)); // at the peer
 * Space space = disks.peer(session, "agent-b").proxy().free("/build"); // where it is asked
 * }</pre>
 *
 * <p>A method takes one record, map or {@link Json}, which is the params; or parameters of any other classes, which are
 * their fields by name. It returns nothing, a class without type arguments, or a {@code CompletionStage} or {@link
 * TypedReply} of one. Records must be readable for the JSON codec: public, and in a package that is exported or opened
 * to {@code com.fasterxml.jackson.databind}. A part is required unless it is annotated as {@code @Nullable}. Immutable
 * and thread-safe.
 *
 * @param <T> the interface
 */
public final class Intents<T> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Class<T> type;
    private final Map<String, IntentMethod> methods = new TreeMap<>();

    private Intents(Class<T> type) {
        this.type = type;
        if (!type.isInterface()) {
            throw new IllegalArgumentException(type.getName() + " must be an interface");
        }
        Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .sorted(Comparator.comparing(Method::toString))
                .map(IntentMethod::new)
                .forEach(this::add);
    }

    private void add(IntentMethod method) {
        if (methods.put(method.intent(), method) != null) {
            throw new IllegalArgumentException(type.getName() + " has two methods with the intent " + method.intent()
                    + ": annotate one with @Intent");
        }
    }

    /**
     * Reads an interface.
     *
     * @param <T> the interface
     * @param type the interface
     * @return its intents
     * @throws IllegalArgumentException if it is no interface, two methods have the same intent, parameters have no
     *     names, or a type has type arguments
     */
    public static <T> Intents<T> of(Class<T> type) {
        return new Intents<>(type);
    }

    /**
     * An agent that answers the requests with an implementation, and anything else with an empty text.
     *
     * @param implementation called on the turn's thread; thread-safe if it answers for several sessions
     * @return the agent
     */
    public IntentAgent answeredBy(T implementation) {
        return answeredBy((IntentCall call) -> implementation);
    }

    /**
     * An agent that answers each request with an implementation for it, such as one that knows who asks.
     *
     * @param implementations gives the implementation for a request
     * @return the agent
     */
    public IntentAgent answeredBy(Function<IntentCall, ? extends T> implementations) {
        return IntentAgent.of(this, implementations);
    }

    /**
     * A peer to ask, by its name.
     *
     * @param session sends the requests; of a runtime in this JVM or of a server
     * @param name the peer's comms name
     * @return the peer
     */
    public TypedPeer<T> peer(Session session, String name) {
        return peer(session, PeerRef.named(name));
    }

    /**
     * A peer to ask. A server that has no handles on replies sends the response into the session's inbox, where it wakes
     * the session's agent; it is read from the session's transcript then.
     *
     * @param session sends the requests; of a runtime in this JVM or of a server
     * @param peer the peer
     * @return the peer
     */
    public TypedPeer<T> peer(Session session, PeerRef peer) {
        return new TypedPeer<>(this, new SessionSender(session), peer, TIMEOUT);
    }

    /**
     * A peer to ask within a turn: a request leaves when the step is committed, and a method that waits commits it.
     *
     * @param turn of the running turn; the peer is confined to its thread
     * @param name the peer's comms name
     * @return the peer
     */
    public TypedPeer<T> peer(TurnComms turn, String name) {
        return new TypedPeer<>(
                this,
                new RequestSender() {
                    @Override
                    public Reply request(PeerRequest request, Duration patience) {
                        return turn.request(request);
                    }

                    @Override
                    public Reply reply(RequestId requestId, Duration patience) {
                        throw new IllegalStateException("within a turn, the same call of the agent has the same reply");
                    }
                },
                PeerRef.named(name),
                TIMEOUT);
    }

    /**
     * What a session that answers these intents should tell its peers: for each intent a label with the JSON Schema of
     * its params and its result. Labels have room for {@link Limits#LABELS_BYTES} only; an intent whose schema does not
     * fit is told as an empty object.
     *
     * @param description what the session is, for people and models
     * @return for {@link dev.meerkat.api.SessionSpec#withPeerMeta}
     * @throws dev.meerkat.api.InvalidFieldException if not even the names fit
     */
    public PeerMeta meta(String description) {
        Map<String, String> labels = new LinkedHashMap<>();
        methods.keySet().forEach(intent -> labels.put(PeerMeta.INTENT_LABEL + intent, Json.EMPTY_OBJECT.text()));
        int room = Limits.LABELS_BYTES
                - labels.entrySet().stream()
                        .mapToInt(label -> bytes(label.getKey()) + bytes(label.getValue()))
                        .sum();
        for (IntentMethod method : methods.values()) {
            String told = method.told().text();
            int more = bytes(told) - bytes(Json.EMPTY_OBJECT.text());
            if (more <= room) {
                room -= more;
                labels.put(PeerMeta.INTENT_LABEL + method.intent(), told);
            }
        }
        return new PeerMeta(description, labels);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * The intents that a peer tells of, by {@link #meta} or otherwise.
     *
     * @param peer from {@link Session#peers}
     * @return by intent: {@code description}, and the JSON Schemas {@code params} and {@code result}, as far as told; a
     *     label that is no JSON is a string
     */
    public static Map<String, Json> toldBy(Peer peer) {
        return peer.meta().intents();
    }

    Class<T> type() {
        return type;
    }

    Optional<IntentMethod> named(String intent) {
        return Optional.ofNullable(methods.get(intent));
    }

    List<String> names() {
        return List.copyOf(methods.keySet());
    }

    IntentMethod of(Method method) {
        return methods.values().stream()
                .filter(intent -> intent.method().getName().equals(method.getName())
                        && Arrays.equals(intent.method().getParameterTypes(), method.getParameterTypes()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no intent for " + method));
    }
}
