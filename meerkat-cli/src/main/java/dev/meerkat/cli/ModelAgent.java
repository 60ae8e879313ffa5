package dev.meerkat.cli;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.ClientTools;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent on a chat model that may ask for the tools that clients have registered for the session, too. */
final class ModelAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ModelAgent.class);

    /** A client has two minutes to answer, after which the call says so by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final ChatAgent chat;
    private final ClientTools tools;
    /** Names of the agent's own tools that clients have used: a small set, so that each is logged once. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * An agent.
     *
     * @param chat the agent without them
     * @param tools the tools of clients
     */
    ModelAgent(ChatAgent chat, ClientTools tools) {
        this.chat = chat;
        this.tools = tools;
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        return chat.tools(registered(turn.session().id())).answer(turn);
    }

    /** The agent's own tools go before those of clients, and a client's first before its others of the same name. */
    private ChatTool[] registered(SessionId session) {
        Set<String> own = chat.toolNames();
        Map<String, ChatTool> registered = new LinkedHashMap<>();
        for (ClientTools.Tool tool : tools.of(session)) {
            if (!own.contains(tool.name())) {
                registered.putIfAbsent(tool.name(), shown(session, tool));
            } else if (told.add(tool.name())) {
                LOG.warn(
                        "session {}: the tool {} of its client is left out, because the agent has one of that name",
                        session,
                        tool.name());
            }
        }
        return registered.values().toArray(ChatTool[]::new);
    }

    private ChatTool shown(SessionId session, ClientTools.Tool tool) {
        return new ChatTool(
                        tool.name(),
                        tool.description(),
                        tool.inputSchema(),
                        (arguments, key) -> tools.call(session, tool.name(), arguments, key))
                .withTimeout(PATIENCE);
    }
}
