package dev.meerkat.server.internal.rpc;

/** Carries out what a client says on its connection. Called by the thread that reads, but for {@link #close}. */
public interface RpcConversation {
    /** Carries out a message, or begins to; must not wait for a client. */
    void accept(Message message);

    /** Nothing more is read. */
    void inputEnded();

    /** The connection is gone: calls go on, but nobody hears of them. Idempotent. */
    void close();
}
