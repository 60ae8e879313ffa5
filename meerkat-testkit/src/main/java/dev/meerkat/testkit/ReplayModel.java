package dev.meerkat.testkit;

import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers as a {@link RecordingModel} has heard another model answer. It needs no key and no network.
 *
 * <p>A call is answered by the first recorded one that is not used yet and was given the same to read: the same
 * messages and tools, but for ids and secrets. If there is none, the call fails, with the difference to the recorded
 * one that comes nearest, and {@link #assertUsedUp} reports it again. What was said comes at once, in the recorded
 * pieces; a recorded call that was cancelled does not end. Thread-safe.
 */
public final class ReplayModel implements ChatModel {
    private final Path file;
    private final Secrets secrets;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Recorded> left = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();

    /** A recorded call, and where it stands. */
    private record Recorded(int line, List<String> asked, Exchange.Answer answer) {}

    private ReplayModel(Path file, Secrets secrets) throws IOException {
        this.file = file;
        this.secrets = secrets;
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                left.add(read(i + 1, lines.get(i)));
            }
        }
    }

    private Recorded read(int number, String line) {
        try {
            ExchangeJson.Recorded call = ExchangeJson.read(line);
            return new Recorded(number, ExchangeText.lines(call.request()), call.answer());
        } catch (IllegalArgumentException | InvalidFieldException e) {
            throw new IllegalArgumentException(
                    file + ", line " + number + " is no recorded call: " + e.getMessage(), e);
        }
    }

    /**
     * Plays what was recorded without {@link Secrets#usual}.
     *
     * @param file the file of a {@link RecordingModel}
     * @return a model that answers from it
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if a line of it is no recorded call
     */
    public static ReplayModel of(Path file) {
        return of(file, Secrets.usual());
    }

    /**
     * Plays what was recorded without these secrets.
     *
     * @param file the file of a {@link RecordingModel}
     * @param secrets what was not recorded
     * @return a model that answers from it
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if a line of it is no recorded call
     */
    public static ReplayModel of(Path file, Secrets secrets) {
        try {
            return new ReplayModel(Objects.requireNonNull(file, "file"), Objects.requireNonNull(secrets, "secrets"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        StableIds ids = new StableIds();
        List<String> asked = ExchangeText.lines(ExchangeScrub.request(request, secrets, ids));
        Exchange.Answer answer = take(asked);
        ExchangeScrub.answer(answer.deltas(), ids::show).forEach(listener::onDelta);
        if (answer.end() instanceof Exchange.Complete) {
            listener.onComplete();
        } else if (answer.end() instanceof Exchange.Failed failed) {
            listener.onError(failed.failure());
        }
        return () -> {};
    }

    private Exchange.Answer take(List<String> asked) {
        lock.lock();
        try {
            for (Recorded call : left) {
                if (call.asked().equals(asked)) {
                    left.remove(call);
                    return call.answer();
                }
            }
            String message = difference(asked);
            unexpected.add(message);
            throw new ModelException(ModelException.Kind.REFUSED, message, null);
        } finally {
            lock.unlock();
        }
    }

    private String difference(List<String> asked) {
        if (left.isEmpty()) {
            return "all calls of " + file + " are used, and there is one more:\n" + ExchangeText.diff(List.of(), asked);
        }
        Recorded nearest = left.get(0);
        for (Recorded call : left) {
            if (common(call.asked(), asked) > common(nearest.asked(), asked)) {
                nearest = call;
            }
        }
        return "the model reads something else than what was recorded in " + file + ", line " + nearest.line()
                + " (- recorded, + now):\n" + ExchangeText.diff(nearest.asked(), asked);
    }

    /** How far they are the same. */
    private static int common(List<String> one, List<String> other) {
        int most = Math.min(one.size(), other.size());
        int same = 0;
        while (same < most && one.get(same).equals(other.get(same))) {
            same++;
        }
        return same;
    }

    /**
     * Checks that every recorded call was made, and no other.
     *
     * @throws AssertionError if not; it has the differences
     */
    public void assertUsedUp() {
        lock.lock();
        try {
            List<String> problems = new ArrayList<>(unexpected);
            left.forEach(call -> problems.add("not used: " + file + ", line " + call.line()));
            if (!problems.isEmpty()) {
                throw new AssertionError(String.join("\n", problems));
            }
        } finally {
            lock.unlock();
        }
    }
}
