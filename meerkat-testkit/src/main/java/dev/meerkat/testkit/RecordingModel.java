package dev.meerkat.testkit;

import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes calls on to another model, and writes each into a file when it ends, for {@link ReplayModel}.
 *
 * <p>The file has one JSON object a line: what the model was given to read, what it said, piece by piece, and how the
 * call ended. Secrets are replaced before anything is written, also those that come in pieces. Ids of inputs and peers
 * are numbered, because they differ from run to run. Look through the file all the same before you share it.
 *
 * <p>Thread-safe.
 */
public final class RecordingModel implements ChatModel {
    private final ChatModel model;
    private final Path file;
    private final Secrets secrets;
    private final ReentrantLock lock = new ReentrantLock();

    private RecordingModel(ChatModel model, Path file, Secrets secrets) {
        this.model = Objects.requireNonNull(model, "model");
        this.file = Objects.requireNonNull(file, "file");
        this.secrets = Objects.requireNonNull(secrets, "secrets");
    }

    /**
     * Records calls, without what {@link Secrets#usual} knows.
     *
     * @param model the model that answers
     * @param file made by the first call; what is in it already stays
     * @return the model to use
     */
    public static RecordingModel of(ChatModel model, Path file) {
        return new RecordingModel(model, file, Secrets.usual());
    }

    /**
     * Replaces other secrets.
     *
     * @param secrets what must not be recorded; a {@link ReplayModel} needs the same
     * @return a changed copy
     */
    public RecordingModel without(Secrets secrets) {
        return new RecordingModel(model, file, secrets);
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        Exchange exchange = new Exchange(request, listener, this::write);
        Call call;
        try {
            call = model.start(request, exchange);
        } catch (RuntimeException e) {
            exchange.refused(e);
            throw e;
        }
        return () -> {
            call.cancel();
            exchange.cancel();
        };
    }

    private void write(Exchange exchange) {
        String line = ExchangeJson.write(exchange.request(), exchange.answer(), secrets);
        lock.lock();
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new ModelException(ModelException.Kind.OTHER, "the call cannot be recorded in " + file, e);
        } finally {
            lock.unlock();
        }
    }
}
