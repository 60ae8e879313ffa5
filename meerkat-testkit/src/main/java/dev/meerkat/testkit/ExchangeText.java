package dev.meerkat.testkit;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ChatTool;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Calls of a model as text for people, and to compare. */
final class ExchangeText {
    private ExchangeText() {}

    /** All calls, each without the part of its conversation that an earlier call has. */
    static String log(List<Exchange> calls) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < calls.size(); i++) {
            ChatRequest request = calls.get(i).request();
            int from = earlier(calls, i);
            text.append("call ").append(i + 1);
            int known = 0;
            if (from >= 0) {
                text.append(" goes on from call ").append(from + 1);
                known = calls.get(from).request().messages().size();
            }
            text.append('\n');
            List<String> lines = new ArrayList<>();
            request.messages().stream().skip(known).forEach(message -> lines.addAll(lines(message)));
            if (from < 0 || !names(request).equals(names(calls.get(from).request()))) {
                lines.add("tools: " + String.join(", ", names(request)));
            }
            lines.addAll(said(calls.get(i).answer()));
            lines.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        return new StableIds().hide(text.toString());
    }

    /** The last call whose whole conversation is the beginning of this one's; -1 if there is none. */
    private static int earlier(List<Exchange> calls, int index) {
        List<ChatMessage> messages = calls.get(index).request().messages();
        for (int i = index - 1; i >= 0; i--) {
            List<ChatMessage> before = calls.get(i).request().messages();
            if (before.size() <= messages.size()
                    && messages.subList(0, before.size()).equals(before)) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> names(ChatRequest request) {
        return request.tools().stream().map(ChatTool::name).toList();
    }

    /** Everything of a request that a model reads. */
    static List<String> lines(ChatRequest request) {
        List<String> lines = new ArrayList<>();
        request.messages().forEach(message -> lines.addAll(lines(message)));
        for (ChatTool tool : request.tools()) {
            add(lines, "tool " + tool.name() + " " + tool.parameters().canonicalText(), tool.description());
        }
        return lines;
    }

    private static List<String> lines(ChatMessage message) {
        List<String> lines = new ArrayList<>();
        if (message instanceof ChatMessage.Instructions instructions) {
            add(lines, "instructions", instructions.text());
        } else if (message instanceof ChatMessage.User user) {
            add(lines, "user", user.text());
        } else if (message instanceof ChatMessage.Assistant assistant) {
            add(lines, "assistant", assistant.text());
            for (ChatMessage.Call call : assistant.calls()) {
                add(
                        lines,
                        "assistant asks for " + call.name() + " " + call.id(),
                        call.arguments().text());
            }
        } else if (message instanceof ChatMessage.ToolResult result) {
            String failed = result.failed() ? " (failed)" : "";
            add(lines, "result of " + result.name() + " " + result.id() + failed, result.text());
        }
        return lines;
    }

    private static List<String> said(Exchange.Answer answer) {
        List<String> lines = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        SortedMap<Integer, StringBuilder> calls = new TreeMap<>();
        List<String> rest = new ArrayList<>();
        for (ChatDelta delta : answer.deltas()) {
            if (delta instanceof ChatDelta.Text piece) {
                text.append(piece.text());
            } else if (delta instanceof ChatDelta.ToolCallPart part) {
                StringBuilder call = calls.computeIfAbsent(part.index(), index -> new StringBuilder());
                if (!part.name().isEmpty()) {
                    call.append(part.name()).append(' ').append(part.id()).append(": ");
                }
                call.append(part.arguments());
            } else if (delta instanceof ChatDelta.Used used) {
                rest.add("=> used " + used.usage().inputTokens() + " tokens in, "
                        + used.usage().outputTokens() + " out");
            } else if (delta instanceof ChatDelta.Finished finished) {
                rest.add("=> finished: " + finished.reason().word());
            }
        }
        if (text.length() > 0) {
            add(lines, "=> says", text.toString());
        }
        calls.values().forEach(call -> lines.add("=> asks for " + call));
        lines.addAll(rest);
        ended(answer.end(), lines);
        return lines;
    }

    private static void ended(Exchange.@Nullable End end, List<String> lines) {
        if (end == null) {
            lines.add("=> has not ended");
        } else if (end instanceof Exchange.Cancelled) {
            lines.add("=> was cancelled");
        } else if (end instanceof Exchange.Failed failed) {
            add(
                    lines,
                    "=> failed",
                    failed.failure().kind() + " " + failed.failure().getMessage());
        }
    }

    /** One line for each line of the text, the further ones indented. */
    private static void add(List<String> lines, String title, String text) {
        String[] split = text.split("\\R", -1);
        lines.add(title + ": " + split[0]);
        for (int i = 1; i < split.length; i++) {
            lines.add("    " + split[i]);
        }
    }

    /** Where two texts differ, with what is the same around it. */
    static String diff(List<String> expected, List<String> actual) {
        int most = Math.min(expected.size(), actual.size());
        int first = 0;
        while (first < most && expected.get(first).equals(actual.get(first))) {
            first++;
        }
        int last = 0;
        while (last < most - first
                && expected.get(expected.size() - 1 - last).equals(actual.get(actual.size() - 1 - last))) {
            last++;
        }
        StringBuilder text = new StringBuilder();
        int context = 2;
        expected.subList(Math.max(0, first - context), first)
                .forEach(line -> text.append("    ").append(line).append('\n'));
        expected.subList(first, expected.size() - last)
                .forEach(line -> text.append("  - ").append(line).append('\n'));
        actual.subList(first, actual.size() - last)
                .forEach(line -> text.append("  + ").append(line).append('\n'));
        expected.subList(expected.size() - last, Math.min(expected.size(), expected.size() - last + context))
                .forEach(line -> text.append("    ").append(line).append('\n'));
        return text.toString();
    }
}
