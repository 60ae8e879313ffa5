package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.rpc.RpcErrors;
import dev.meerkat.wire.internal.fault.WireFault;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A call of a tool that its host may take back. Thread-safe. */
final class McpCall {
    /** Where the library's context of a message holds it. */
    static final String KEY = "dev.meerkat.call";

    /** The library has a text, the message with it, and the line with the message, until all is written. */
    private static final int COPIES = 3;

    private final SendMemory.@Nullable Share memory;
    private @Nullable Runnable stop;
    private boolean cancelled;

    /** A call whose answer and notifications are counted by what writes them. */
    McpCall() {
        this.memory = null;
    }

    /**
     * A call.
     *
     * @param memory counts what waits for its host, until the call ends
     */
    McpCall(SendMemory.Share memory) {
        this.memory = memory;
    }

    /**
     * Counts an answer, from now on until the call ends.
     *
     * @throws WireFault if there is no room for it
     */
    void keep(String answer) {
        if (memory != null) {
            keep(memory, answer);
        }
    }

    /** Counts a notification while it is being written, which fails if there is no room for it. */
    Mono<Void> counted(String notification, Mono<Void> writing) {
        return memory == null
                ? writing
                : Mono.using(() -> keep(memory, notification), held -> writing, SendMemory.Held::give);
    }

    private static SendMemory.Held keep(SendMemory.Share memory, String text) {
        SendMemory.Held held = memory.count((long) COPIES * text.length());
        if (held == null) {
            throw RpcErrors.tooManyAnswers();
        }
        return held;
    }

    /** The work has begun. */
    void began(Runnable stopsIt) {
        boolean late;
        synchronized (this) {
            stop = stopsIt;
            late = cancelled;
        }
        if (late) {
            stopsIt.run();
        }
    }

    /** The host takes it back. */
    void cancel() {
        Runnable begun;
        synchronized (this) {
            cancelled = true;
            begun = stop;
        }
        if (begun != null) {
            begun.run();
        }
    }

    /** Whether the host has taken it back; it then wants no answer. */
    synchronized boolean isCancelled() {
        return cancelled;
    }
}
