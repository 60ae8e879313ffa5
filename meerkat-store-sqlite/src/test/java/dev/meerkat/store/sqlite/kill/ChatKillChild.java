package dev.meerkat.store.sqlite.kill;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A process whose model asks for a tool, and says nothing once it reads the result: there it is killed. What the tool did
 * and what the model read is in files.
 */
public final class ChatKillChild {
    static final String SESSION = "payer";
    static final String READING = "the model reads the result";

    private ChatKillChild() {}

    /**
     * Runs until it is killed.
     *
     * @param args the folder
     * @throws Exception any failure
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        SessionStore store = SqliteStore.open(folder.resolve("chat.db"));
        Meerkat meerkat = open(store, folder, (request, listener) -> {
            if (request.messages().size() > 2) {
                append(folder.resolve("read-by-first"), request.messages().toString());
                System.out.println(READING);
            } else {
                listener.onDelta(new ChatDelta.Text("I pay."));
                listener.onDelta(new ChatDelta.ToolCallPart(0, "call_1", "pay", "{\"sum\":7}"));
                listener.onDelta(new ChatDelta.ToolCallPart(1, "call_2", "pay", "{\"sum\":8}"));
                listener.onDelta(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
                listener.onComplete();
            }
            return () -> {};
        });
        Session session = meerkat.create(
                SessionSpec.ofPrompt("Pay.").withSystemPrompt("Be brief.").withKeepAliveAs(SESSION));
        Optional<TurnOutcome> never = session.initialTurn().orElseThrow().await(Duration.ofMinutes(5));
        System.out.println("answered " + never);
    }

    static Meerkat open(SessionStore store, Path folder, ChatModel model) {
        ChatTool pay = new ChatTool("pay", "Pays.", Json.parse("{\"type\":\"object\"}"), (arguments, key) -> {
            append(folder.resolve("paid"), arguments + "\n");
            return Json.of("paid " + arguments);
        });
        return MeerkatRuntime.of(ChatAgent.of(model).tools(pay)).store(store).open();
    }

    static ChatModel.Call answering(Path folder, ChatRequest request, ChatModel.Listener listener) {
        append(folder.resolve("read-by-second"), request.messages().toString());
        listener.onDelta(new ChatDelta.Text("All paid."));
        listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
        listener.onComplete();
        return () -> {};
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
