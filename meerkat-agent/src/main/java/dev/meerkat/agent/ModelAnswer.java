package dev.meerkat.agent;

import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers what a model says; drops what comes after the end. Thread-safe until it is ended. */
final class ModelAnswer implements ChatModel.Listener {
    /** Looks within the time in which a model may be silent; a wait for each delta would wake the turn's thread for each. */
    private static final int LOOKS = 4;

    /** An answer without an end must not fill the memory. */
    static final int MOST_CHARS = 4 << 20;
    /** What a piece of a tool call costs beside its text. */
    private static final int CHARS_PER_PART = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Consumer<String> texts;
    private final StringBuilder text = new StringBuilder();
    private final SortedMap<Integer, RawCall> calls = new TreeMap<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    /** Half of a character, whose other half comes with the next piece. */
    private String half = "";

    private int chars;
    private @Nullable Usage usage;
    private @Nullable FinishReason reason;
    private final AtomicLong deltas = new AtomicLong();

    /** How an answer ended that did not fail. */
    enum End {
        WHOLE,
        /** Given up by its caller, with what there was. */
        GIVEN_UP,
        /** Not whole within the time that it had. */
        OUT_OF_TIME
    }

    /**
     * How long a call may take.
     *
     * @param idle how long the model may say nothing
     * @param total how long in all
     */
    record Patience(Duration idle, Duration total) {}

    /** A tool call as the model wrote it. */
    static final class RawCall {
        String id = "";
        String name = "";
        final StringBuilder arguments = new StringBuilder();
    }

    private ModelAnswer(Consumer<String> texts) {
        this.texts = texts;
    }

    /**
     * Calls a model and waits for the end of its answer, on the turn's thread. Whatever ends the wait ends the call.
     *
     * @param giveUp the call is given up when this completes
     */
    static ModelAnswer of(
            TurnContext turn,
            ChatModel model,
            ChatRequest request,
            Consumer<String> texts,
            Patience patience,
            CompletionStage<?> giveUp)
            throws InterruptedException {
        ModelAnswer answer = new ModelAnswer(texts);
        ChatModel.Call call = model.start(request, answer);
        try {
            CompletionStage<Boolean> unused = giveUp.thenApply(now -> answer.end.complete(End.GIVEN_UP));
            answer.await(turn, patience);
            return answer;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ModelException known) {
                throw known;
            }
            throw new ModelException(ModelException.Kind.OTHER, "the model failed: " + e.getCause(), e.getCause());
        } finally {
            answer.close();
            call.cancel();
        }
    }

    private void await(TurnContext turn, Patience patience) throws InterruptedException, ExecutionException {
        long look = Math.max(1, patience.idle().toNanos() / LOOKS);
        long left = patience.total().toNanos();
        long heard = 0;
        int silent = 0;
        while (true) {
            long wait = Math.min(look, left);
            if (turn.await(end, Duration.ofNanos(wait)).isPresent()) {
                return;
            }
            left -= wait;
            silent = deltas.get() == heard ? silent + 1 : 0;
            heard = deltas.get();
            if (left <= 0) {
                end.complete(End.OUT_OF_TIME);
            } else if (silent >= LOOKS) {
                throw new ModelException(
                        ModelException.Kind.STALLED, "the model said nothing for " + patience.idle(), null);
            }
        }
    }

    private void close() {
        lock.lock();
        try {
            end.cancel(false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onDelta(ChatDelta delta) {
        lock.lock();
        try {
            if (end.isDone()) {
                return;
            }
            deltas.incrementAndGet();
            if (delta instanceof ChatDelta.Text piece) {
                say(piece.text());
                grow(piece.text().length());
            } else if (delta instanceof ChatDelta.ToolCallPart part) {
                grow(CHARS_PER_PART + part.arguments().length());
                RawCall call = calls.computeIfAbsent(part.index(), index -> new RawCall());
                call.id = part.id().isEmpty() ? call.id : part.id();
                call.name = part.name().isEmpty() ? call.name : part.name();
                call.arguments.append(part.arguments());
            } else if (delta instanceof ChatDelta.Used used) {
                usage = used.usage();
            } else if (delta instanceof ChatDelta.Finished finished) {
                reason = finished.reason();
            }
        } finally {
            lock.unlock();
        }
    }

    private void say(String piece) {
        String all = half + piece;
        boolean cut = !all.isEmpty() && Character.isHighSurrogate(all.charAt(all.length() - 1));
        half = cut ? all.substring(all.length() - 1) : "";
        String whole = wellFormed(cut ? all.substring(0, all.length() - 1) : all);
        text.append(whole);
        if (!whole.isEmpty()) {
            texts.accept(whole);
        }
    }

    private void grow(int more) {
        chars += Math.min(more, MOST_CHARS);
        if (chars > MOST_CHARS) {
            onError(new ModelException(
                    ModelException.Kind.OTHER, "the answer is longer than " + MOST_CHARS + " characters", null));
        }
    }

    /** With a mark in place of halves of characters, which neither a store nor a provider takes. */
    static String wellFormed(String text) {
        if (text.codePoints().noneMatch(ModelAnswer::isHalf)) {
            return text;
        }
        StringBuilder whole = new StringBuilder();
        text.codePoints().map(c -> isHalf(c) ? '\ufffd' : c).forEach(whole::appendCodePoint);
        return whole.toString();
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            if (reason == null) {
                onError(new ModelException(
                        ModelException.Kind.CUT_SHORT, "the answer ended without a reason: it was cut short", null));
            } else {
                end.complete(End.WHOLE);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    /** How it ended; not to be asked before. */
    End end() {
        return end.join();
    }

    String text() {
        return text + wellFormed(half);
    }

    List<RawCall> calls() {
        return new ArrayList<>(calls.values());
    }

    Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    Optional<FinishReason> reason() {
        return Optional.ofNullable(reason);
    }
}
