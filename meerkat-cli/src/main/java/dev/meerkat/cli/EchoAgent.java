package dev.meerkat.cli;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.ClientTools;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * An agent without a model. It says, in order, everything that the session has seen: prompts, events and messages, its
 * system prompt, context that was added, the results of tools. Its own answers are left out, since each repeats those
 * before it. It completes requests with what they brought unless their intent is {@code hold}, and calls the tools that
 * prompts name.
 */
final class EchoAgent implements Agent {
    /** What is older is only counted, so that no answer grows without end. */
    private static final int MOST_CHARS = 64 << 10;

    private static final int PAGE = 200;
    private static final String CALL = "call ";
    /** The intent of requests that somebody else is to answer. */
    private static final String HOLD = "hold";

    private final ClientTools tools;

    private EchoAgent(ClientTools tools) {
        this.tools = tools;
    }

    static Agent of(String argument, ClientTools tools) {
        if (!argument.isEmpty()) {
            throw new InvalidFieldException("--agent", "echo:" + argument, "must not have anything behind echo");
        }
        return new EchoAgent(tools);
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        Deque<String> said = new ArrayDeque<>();
        int chars = 0;
        for (AdmittedInput input : turn.inputs()) {
            for (String line : lines(input.body())) {
                chars += line.length();
                said.addLast(line);
            }
        }
        long left = recall(turn, said, chars);
        List<String> answer = new ArrayList<>();
        answer.add("Seen so far:");
        if (left > 0) {
            answer.add("(" + left + " older transcript entries)");
        }
        // Indented, so that no line of a text looks like another entry.
        said.forEach(line -> answer.add("- " + line.replace("\n", "\n  ")));
        for (AdmittedInput input : turn.inputs()) {
            answer.addAll(act(turn, input));
        }
        return String.join("\n", answer);
    }

    /** As the transcript will show them. */
    private static List<String> lines(InputBody body) {
        List<String> lines = new ArrayList<>();
        if (body instanceof InputBody.Prompt prompt) {
            prompt.instructions().forEach(text -> lines.add("system: " + text));
        }
        lines.add(Texts.of(body));
        return lines;
    }

    /** Puts what was seen before in front, newest first, and returns how many entries had no room. */
    private static long recall(TurnContext turn, Deque<String> said, int chars) {
        int room = MOST_CHARS - chars;
        long end = turn.history(0, 1).messageCount();
        while (end > 0) {
            long start = Math.max(0, end - PAGE);
            HistoryPage page = turn.history(start, (int) (end - start));
            for (int i = page.entries().size() - 1; i >= 0; i--) {
                TranscriptEntry entry = page.entries().get(i);
                if (entry instanceof TranscriptEntry.Answer || entry instanceof TranscriptEntry.Sent) {
                    continue;
                }
                String line = Texts.said(entry);
                room -= line.length();
                if (room < 0) {
                    return start + i + 1;
                }
                said.addFirst(line);
            }
            end = start;
        }
        return 0;
    }

    private List<String> act(TurnContext turn, AdmittedInput input) throws Exception {
        if (input.body() instanceof InputBody.PeerRequest request) {
            if (request.command().intent().equals(HOLD)) {
                return List.of();
            }
            try {
                turn.comms()
                        .respond(input, Json.of(Map.of("echo", request.command().params())));
                return List.of();
            } catch (NotDoneException e) {
                return List.of("could not respond: " + e.getMessage());
            }
        }
        List<String> results = new ArrayList<>();
        if (input.body() instanceof InputBody.Prompt prompt) {
            for (String line : prompt.text().lines().toList()) {
                if (line.startsWith(CALL)) {
                    results.add(call(turn, line.substring(CALL.length()).strip()));
                }
            }
        }
        return results;
    }

    /** Calls the tool of a line such as {@code lookup {"key":1}}. */
    private String call(TurnContext turn, String line) throws Exception {
        int blank = line.indexOf(' ');
        String name = blank < 0 ? line : line.substring(0, blank);
        try {
            Json arguments = blank < 0 ? Json.EMPTY_OBJECT : Json.parse(line.substring(blank + 1));
            Json result =
                    turn.tool(name, arguments, key -> tools.call(turn.session().id(), name, arguments, key));
            return name + " returned " + result;
        } catch (MeerkatException e) {
            return name + " failed: " + e.getMessage();
        }
    }
}
