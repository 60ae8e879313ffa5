package dev.meerkat.server.internal.mcp;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.RecentSet;
import dev.meerkat.server.internal.calls.ToolHost;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.wire.ContractLine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The tools that hosts brought along for one session. A host cannot be called: the answer of its call of a turn tells
 * what calls of tools wait, and a later one brings their results. So tools can be called only while such a turn runs, and
 * the oldest turn tells of them. Thread-safe.
 */
final class SessionTools implements ToolHost {
    /** A host that did not hear that its results came in brings them again. */
    private static final int REMEMBERED = 256;

    private static final int MESSAGE_CHARS = 4 << 10;

    private final SessionId session;
    private final ContractLine line;
    private final Semaphore free;
    private final Duration limit;
    private final Deque<Run> runs = new ArrayDeque<>();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final RecentSet<String> answered = new RecentSet<>(REMEMBERED);
    private volatile List<Tool> tools;

    /**
     * Tools of a session.
     *
     * @param free how many calls may wait, of all sessions
     * @param limit how long a call waits for its result
     */
    SessionTools(SessionId session, List<Tool> tools, ContractLine line, Semaphore free, Duration limit) {
        this.session = session;
        this.tools = tools;
        this.line = line;
        this.free = free;
        this.limit = limit;
    }

    /**
     * What a host says of a call of one of its tools.
     *
     * @param id the call
     * @param content what came of it, or why it failed
     * @param failed whether it failed
     */
    record ToolResult(String id, String content, boolean failed) {}

    private record Waiting(McpAnswers.WaitingTool call, CompletableFuture<ToolResult> result) {}

    @Override
    public List<Tool> tools() {
        return tools;
    }

    /** Other tools take the place of all. */
    void replace(List<Tool> others) {
        tools = others;
    }

    /** A turn is about to begin. */
    synchronized void begin(Run run) {
        runs.add(run);
    }

    /** A turn has ended; after the last one nobody brings results. */
    void end(Run run) {
        List<Waiting> left = List.of();
        synchronized (this) {
            runs.remove(run);
            if (runs.isEmpty()) {
                left = new ArrayList<>(waiting.values());
            }
        }
        gone(left);
    }

    synchronized boolean isIdle() {
        return runs.isEmpty();
    }

    /** The server closes. */
    void close() {
        List<Waiting> left;
        synchronized (this) {
            runs.clear();
            left = new ArrayList<>(waiting.values());
        }
        gone(left);
    }

    private static void gone(List<Waiting> left) {
        left.forEach(one -> one.result()
                .completeExceptionally(new FailedException("tool_client_gone", "nobody waits for the turn", null)));
    }

    /** The calls that wait for results. */
    synchronized List<McpAnswers.WaitingTool> waiting() {
        return waiting.values().stream().map(Waiting::call).toList();
    }

    @Override
    public Json call(SessionId asked, String name, Json arguments, String key) throws InterruptedException {
        if (!free.tryAcquire()) {
            throw new NotDoneException("tools_busy", "too many calls of tools wait for their results");
        }
        try {
            return result(new Waiting(new McpAnswers.WaitingTool(key, name, arguments), new CompletableFuture<>()));
        } finally {
            free.release();
        }
    }

    private Json result(Waiting call) throws InterruptedException {
        String name = call.call().name();
        add(call);
        try {
            tell();
            return read(name, call.result().get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new UnknownOutcomeException("tool_timeout", "no result came for tool " + name, e);
        } catch (ExecutionException e) {
            throw new UnknownOutcomeException("tool_client_gone", "nobody waits for a result of tool " + name, e);
        } finally {
            remove(call);
        }
    }

    private void add(Waiting call) {
        String name = call.call().name();
        synchronized (this) {
            if (runs.isEmpty()) {
                throw new NotDoneException(
                        "tool_no_caller", "tool " + name + " can be called only by turns that its host began");
            }
            if (waiting.putIfAbsent(call.call().id(), call) != null) {
                throw new NotDoneException("tools_busy", "the same call of tool " + name + " waits for its result");
            }
        }
    }

    private synchronized void remove(Waiting call) {
        waiting.remove(call.call().id(), call);
    }

    private static Json read(String name, ToolResult result) {
        if (result.failed()) {
            String text = "tool " + name + " failed: " + result.content();
            throw new FailedException(
                    "tool_failed", text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS), null);
        }
        return Json.of(result.content());
    }

    /** Tells who waits for the oldest turn, if anybody does, what that waits for. */
    private void tell() {
        Run oldest;
        List<McpAnswers.WaitingTool> calls;
        synchronized (this) {
            oldest = runs.peek();
            calls = waiting();
        }
        HostCall host = oldest == null || calls.isEmpty() ? null : oldest.takeHost();
        if (oldest != null && host != null) {
            oldest.pause(host, McpAnswers.pending(line, session, calls));
        }
    }

    /** Sees to it that the events of the oldest turn are told, if a host that brings results wants them. */
    void narrate(HostCall host) {
        Run oldest;
        synchronized (this) {
            oldest = runs.peek();
        }
        if (oldest != null) {
            oldest.narrate(session, host, Calls.LIVE, false);
        }
    }

    /** What became of results. */
    enum Taken {
        /** The turn goes on. */
        NOW,
        /** They came in before. */
        BEFORE,
        /** At least one belongs to no call; none was taken. */
        UNKNOWN
    }

    /**
     * Takes results of calls that wait.
     *
     * @param host waits for the oldest turn from now on, if the results are taken now; null if nobody does
     */
    Taken take(List<ToolResult> results, @Nullable HostCall host) {
        List<Runnable> free = new ArrayList<>();
        synchronized (this) {
            for (ToolResult result : results) {
                Waiting call = waiting.get(result.id());
                if (call != null) {
                    free.add(() -> call.result().complete(result));
                } else if (!answered.contains(result.id())) {
                    return Taken.UNKNOWN;
                }
            }
            Run oldest = runs.peek();
            if (free.isEmpty() || oldest == null) {
                return Taken.BEFORE;
            }
            if (host != null) {
                oldest.answerTo(host);
            }
            for (ToolResult result : results) {
                waiting.remove(result.id());
                answered.add(result.id());
            }
        }
        free.forEach(Runnable::run);
        tell();
        return Taken.NOW;
    }
}
