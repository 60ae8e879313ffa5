package dev.meerkat.agent;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a model gets to read; only ever added to at the end, until it is compacted. Confined to the agent's
 * thread.
 */
final class Conversation {
    private static final Json STOPPED = Json.of("not known: the turn was stopped during this call");

    private final List<ChatMessage> messages;
    /** Everything that came from peers, oldest first; also what the model no longer reads. */
    private final List<AdmittedInput> ofPeers;
    /** Requests of peers that are answered. */
    private final Set<RequestId> answered;
    /** What came to this turn. */
    private final Set<InputId> ofTurn = new HashSet<>();

    private @Nullable OpenStep open;
    private boolean tainted;
    private long chars;

    Conversation() {
        messages = new ArrayList<>();
        ofPeers = new ArrayList<>();
        answered = new HashSet<>();
    }

    private Conversation(Conversation other) {
        messages = new ArrayList<>(other.messages);
        ofPeers = new ArrayList<>(other.ofPeers);
        answered = new HashSet<>(other.answered);
        tainted = other.tainted;
        chars = other.chars;
    }

    /**
     * What a model may reply to.
     *
     * @param all all of it, oldest first
     * @param likely what is meant if the model names none: that of this turn if there is any
     */
    record Candidates(List<AdmittedInput> all, List<AdmittedInput> likely) {}

    /**
     * The last step of this turn, if calls of it are not done: the process ended before.
     *
     * @param calls all its calls, in the model's order
     * @param done what is done of them, by key
     */
    record OpenStep(List<ToolRequest> calls, Map<String, ToolCall> done) {}

    /** Reads the transcript, or what was added to it since the conversation was kept, and what the turn has taken up. */
    static Conversation of(TurnContext turn, KeptConversations keeping) {
        // What is kept at an attempt ends before the turn. A later attempt may come after another turn, which has kept
        // what this turn did before.
        Optional<KeptConversations.Kept> kept = turn.attempt() == 1 ? keeping.of(turn.sessionId()) : Optional.empty();
        if (kept.isPresent()) {
            long last = kept.get().entries() - 1;
            List<TranscriptEntry> entries = excerpt(turn, last).entries();
            if (kept.get().isContinuedBy(entries)) {
                Conversation conversation = new Conversation(kept.get().conversation());
                conversation.read(turn, keeping, last, entries, 1);
                return conversation;
            }
        }
        Excerpt all = excerpt(turn, 0);
        Conversation conversation = new Conversation();
        if (all.first() > 0) {
            // The beginning was removed, and with it the entry of the system prompt.
            turn.systemPrompt().ifPresent(text -> conversation.add(new ChatMessage.Instructions(text)));
        }
        conversation.read(turn, keeping, all.first(), all.entries(), conversation.readCompacted(all));
        return conversation;
    }

    /**
     * The end of a transcript.
     *
     * @param first the number of its first entry
     * @param entries in order
     */
    record Excerpt(long first, List<TranscriptEntry> entries) {}

    /** Reads the committed transcript from an entry on, or from the first one that was not removed. */
    static Excerpt excerpt(TurnContext turn, long from) {
        HistoryPage page = turn.history(from, Limits.PAGE_ROWS);
        if (!page.hasMore()) {
            return new Excerpt(page.offset(), page.entries());
        }
        long first = page.offset();
        List<TranscriptEntry> entries = new ArrayList<>(page.entries());
        while (page.hasMore()) {
            long next = first + entries.size();
            page = turn.history(next, Limits.PAGE_ROWS);
            if (page.offset() > next) {
                // What was read up to now has been removed meanwhile.
                entries.clear();
                first = page.offset();
            }
            entries.addAll(page.entries());
        }
        return new Excerpt(first, entries);
    }

    /**
     * Reads entries, and keeps what can never be read in another way.
     *
     * @param offset of the first entry in the transcript
     * @param from the first entry that is not read yet
     */
    private void read(
            TurnContext turn, KeptConversations keeping, long offset, List<TranscriptEntry> entries, int from) {
        Map<String, ToolCall> results = new HashMap<>();
        Set<InputId> known = new HashSet<>();
        int firstOfTurn = entries.size();
        for (int i = entries.size() - 1; i >= 0; i--) {
            TranscriptEntry entry = entries.get(i);
            if (entry instanceof TranscriptEntry.Tool tool) {
                results.put(tool.call().key(), tool.call());
            } else if (entry instanceof TranscriptEntry.Input input) {
                known.add(input.input().id());
                if (input.turnId().equals(turn.turnId())) {
                    ofTurn.add(input.input().id());
                    firstOfTurn = i;
                }
            }
        }
        int lastStep = lastStep(entries, from);
        int settled = Math.max(from, Math.min(firstOfTurn, lastStep));
        entries.subList(from, settled).forEach(entry -> read(entry, results));
        if (settled > from) {
            keeping.keep(
                    turn.sessionId(),
                    new KeptConversations.Kept(new Conversation(this), offset + settled, entries.get(settled - 1)));
        }
        for (int i = settled; i < entries.size(); i++) {
            if (i == lastStep
                    && entries.get(i) instanceof TranscriptEntry.ModelStep step
                    && step.turnId().equals(turn.turnId())
                    && !step.calls().stream().map(ToolRequest::key).allMatch(results::containsKey)) {
                add(step.text(), step.calls());
                open = new OpenStep(step.calls(), results);
            } else {
                read(entries.get(i), results);
            }
        }
        for (AdmittedInput input : turn.inputs()) {
            ofTurn.add(input.id());
            if (known.add(input.id())) {
                add(input);
            }
        }
    }

    private void read(TranscriptEntry entry, Map<String, ToolCall> results) {
        if (entry instanceof TranscriptEntry.SystemPrompt system) {
            add(new ChatMessage.Instructions(ModelNotices.text(system)));
        } else if (entry instanceof TranscriptEntry.Input input) {
            add(input.input());
        } else if (entry instanceof TranscriptEntry.Answer answer
                && !answer.text().isEmpty()) {
            add(new ChatMessage.Assistant(answer.text(), List.of()));
        } else if (entry instanceof TranscriptEntry.ModelStep step) {
            add(step.text(), step.calls());
            for (ToolRequest call : step.calls()) {
                ToolCall result = results.get(call.key());
                if (result == null) {
                    add(call, STOPPED, true);
                } else {
                    add(call, result.result(), result.failed());
                }
            }
        } else {
            readUnshown(entry);
        }
    }

    private void readUnshown(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Replied replied) {
            know(replied.reply());
        }
        if (entry instanceof TranscriptEntry.Sent sent
                && sent.command() instanceof CommsCommand.PeerResponse response
                && response.status().terminal()) {
            answered.add(response.inReplyTo());
        }
    }

    /**
     * The last step of the model, if its turn may go on with it: what was done of it may follow, and context of the host.
     * Otherwise the end of the entries.
     */
    private static int lastStep(List<TranscriptEntry> entries, int from) {
        for (int i = entries.size() - 1; i >= from; i--) {
            TranscriptEntry entry = entries.get(i);
            if (entry instanceof TranscriptEntry.ModelStep) {
                return i;
            }
            if (!(entry instanceof TranscriptEntry.Sent
                    || entry instanceof TranscriptEntry.Tool
                    || entry instanceof TranscriptEntry.Replied
                    || entry instanceof TranscriptEntry.SystemPrompt)) {
                return entries.size();
            }
        }
        return entries.size();
    }

    /** Reads what the model no longer reads itself; returns how many entries these are. */
    private int readCompacted(Excerpt read) {
        List<TranscriptEntry> entries = read.entries();
        TranscriptEntry.@Nullable Compacted compacted = null;
        for (TranscriptEntry entry : entries) {
            compacted = entry instanceof TranscriptEntry.Compacted newer ? newer : compacted;
        }
        if (compacted == null) {
            return 0;
        }
        List<AdmittedInput> own = new ArrayList<>();
        int end = (int) Math.max(0, compacted.upTo() - read.first());
        for (TranscriptEntry entry : entries.subList(0, end)) {
            if (entry instanceof TranscriptEntry.SystemPrompt system) {
                add(new ChatMessage.Instructions(ModelNotices.text(system)));
            } else if (entry instanceof TranscriptEntry.Input input) {
                know(input.input());
                if (input.turnId().equals(compacted.turnId())) {
                    own.add(input.input());
                }
            } else {
                readUnshown(entry);
            }
        }
        add(new ChatMessage.User(ModelNotices.earlier(compacted.text())));
        own.forEach(input -> add(new ChatMessage.User(ModelNotices.text(input))));
        return end;
    }

    List<ChatMessage> messages() {
        return messages;
    }

    /** What the turn is to go on with. */
    Optional<OpenStep> open() {
        return Optional.ofNullable(open);
    }

    /** What came from peers; of one peer only the newest is likely. */
    Candidates ofPeers() {
        Map<PeerId, AdmittedInput> newest = new LinkedHashMap<>();
        for (AdmittedInput input : likely(ofPeers)) {
            newest.put(ModelNotices.sender(input.body()).orElseThrow().id(), input);
        }
        return new Candidates(ofPeers, List.copyOf(newest.values()));
    }

    /** The requests of peers that wait for a response. */
    Candidates requests() {
        List<AdmittedInput> waiting = ofPeers.stream()
                .filter(input -> input.body() instanceof InputBody.PeerRequest request
                        && !answered.contains(request.requestId()))
                .toList();
        return new Candidates(waiting, likely(waiting));
    }

    private List<AdmittedInput> likely(List<AdmittedInput> candidates) {
        List<AdmittedInput> recent =
                candidates.stream().filter(input -> ofTurn.contains(input.id())).toList();
        return recent.isEmpty() ? candidates : recent;
    }

    /** A response to this request is sent. */
    void answered(RequestId request) {
        answered.add(request);
    }

    /** Whether anything in the session's past is from outside, or declared as tainted. */
    boolean tainted() {
        return tainted;
    }

    /** How many characters the model reads. */
    long chars() {
        return chars;
    }

    private static long chars(ChatMessage message) {
        if (message instanceof ChatMessage.Instructions instructions) {
            return instructions.text().length();
        }
        if (message instanceof ChatMessage.User user) {
            return user.text().length();
        }
        if (message instanceof ChatMessage.Assistant assistant) {
            return assistant.text().length()
                    + assistant.calls().stream()
                            .mapToLong(call -> call.arguments().text().length())
                            .sum();
        }
        return message instanceof ChatMessage.ToolResult result ? result.text().length() : 0;
    }

    private void add(ChatMessage message) {
        messages.add(message);
        chars += chars(message);
    }

    /** An input enters this turn. */
    void steered(AdmittedInput input) {
        ofTurn.add(input.id());
        add(input);
    }

    private void add(AdmittedInput input) {
        know(input);
        add(new ChatMessage.User(ModelNotices.text(input)));
    }

    private void know(AdmittedInput input) {
        tainted |=
                input.body() instanceof InputBody.External || ModelNotices.taint(input.body()) == ContentTaint.TAINTED;
        if (ModelNotices.sender(input.body()).isPresent()) {
            ofPeers.add(input);
        }
    }

    /** A reply that the model has waited for; it reads it as the result of a tool. */
    void know(PeerReply reply) {
        tainted |= reply.contentTaint() == ContentTaint.TAINTED;
    }

    void add(String text, List<ToolRequest> calls) {
        add(new ChatMessage.Assistant(
                text,
                calls.stream()
                        .map(call -> new ChatMessage.Call(call.id(), call.name(), call.arguments()))
                        .toList()));
    }

    void add(ToolRequest call, Json result, boolean failed) {
        add(new ChatMessage.ToolResult(call.id(), call.name(), ModelNotices.escaped(result), failed));
    }
}
