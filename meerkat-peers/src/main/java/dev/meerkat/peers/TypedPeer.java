package dev.meerkat.peers;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.UnknownOutcomeException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A peer whose intents are the methods of an interface; made by {@link Intents#peer}. Immutable; as thread-safe as what
 * it sends with.
 *
 * @param <T> the interface
 */
public final class TypedPeer<T> {
    private final Intents<T> intents;
    private final RequestSender sender;
    private final PeerRef to;
    private final Duration timeout;

    TypedPeer(Intents<T> intents, RequestSender sender, PeerRef to, Duration timeout) {
        this.intents = intents;
        this.sender = sender;
        this.to = to;
        this.timeout = timeout;
    }

    /**
     * Sets how long methods wait that return the answer itself, and how long a {@code CompletionStage} of a server's
     * session waits, which then fails with {@link NoReplyException}.
     *
     * @param timeout more than zero; 30 s unless set
     * @return a changed copy
     */
    public TypedPeer<T> timeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be more than zero: " + timeout);
        }
        return new TypedPeer<>(intents, sender, to, timeout);
    }

    /**
     * The interface, each of whose methods sends a request. A method that returns a {@code CompletionStage} or a {@link
     * TypedReply} returns when the request is stored. Any other waits for the answer. It throws {@link
     * NoReplyException} if none comes in time or if it is interrupted; {@link IntentFailedException} if the peer
     * answers with a failure, or the exception that the method declares for it; and what {@link
     * dev.meerkat.api.Session#request} throws.
     *
     * @return a proxy, which holds nothing that must be closed
     */
    public T proxy() {
        Class<T> type = intents.type();
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::invoke));
    }

    /**
     * A handle on the answer to a request that was sent earlier, also before a restart.
     *
     * @param <R> what the method gives
     * @param requestId the request
     * @param type what the method gives, {@code Void.class} for nothing
     * @return the handle
     * @throws dev.meerkat.api.RequestNotFoundException if the session sent no such request
     * @throws IllegalStateException if the peer was made for one turn
     * @throws InterruptedException if interrupted while waiting
     */
    public <R> TypedReply<R> reply(RequestId requestId, Class<R> type) throws InterruptedException {
        return new SentReply<>(sender.reply(requestId, timeout), Objects.requireNonNull(type, "type"));
    }

    private @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        IntentMethod intent = intents.of(method);
        SentReply<Object> reply = new SentReply<>(send(intent, arguments), intent.result());
        return switch (intent.way()) {
            case HANDLE -> reply;
            case STAGE -> reply.completion();
            case VALUE -> await(intent, reply);
        };
    }

    private Reply send(IntentMethod intent, @Nullable Object @Nullable [] arguments) throws InterruptedException {
        try {
            return sender.request(PeerRequest.to(to, intent.intent(), intent.params(arguments)), timeout);
        } catch (InterruptedException e) {
            if (interruptible(intent)) {
                throw e;
            }
            Thread.currentThread().interrupt();
            throw new UnknownOutcomeException(
                    UnknownOutcomeException.CODE, "interrupted while the request " + intent + " was sent", e);
        }
    }

    private @Nullable Object await(IntentMethod intent, SentReply<Object> reply) throws Exception {
        try {
            return reply.await(timeout);
        } catch (IntentFailedException e) {
            throw intent.declared(e);
        } catch (InterruptedException e) {
            if (interruptible(intent)) {
                throw e;
            }
            Thread.currentThread().interrupt();
            throw new NoReplyException(reply.requestId(), "interrupted while waiting");
        }
    }

    private static boolean interruptible(IntentMethod intent) {
        for (Class<?> type : intent.method().getExceptionTypes()) {
            if (type.isAssignableFrom(InterruptedException.class)) {
                return true;
            }
        }
        return false;
    }

    private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> isSame(proxy, arguments);
            case "hashCode" -> System.identityHashCode(proxy);
            default -> intents.type().getSimpleName() + " of " + to;
        };
    }

    @SuppressWarnings("ReferenceEquality") // A proxy equals itself only, as objects do.
    private static boolean isSame(Object proxy, @Nullable Object @Nullable [] arguments) {
        return arguments != null && proxy == arguments[0];
    }
}
