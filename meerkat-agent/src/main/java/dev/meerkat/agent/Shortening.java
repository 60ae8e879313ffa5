package dev.meerkat.agent;

import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a conversation can be cut.
 *
 * @param upTo how many entries of the transcript the model no longer reads
 * @param entries how many of them it has read up to now
 * @param chars their characters
 */
record Shortening(long upTo, int entries, long chars) {
    static final Shortening NONE = new Shortening(0, 0, 0);

    /** Cuts as little as possible, so that what stays has at most {@code keep} characters. */
    static Shortening of(Conversation.Excerpt read, long keep) {
        List<TranscriptEntry> transcript = read.entries();
        int from = 0;
        for (TranscriptEntry entry : transcript) {
            from = entry instanceof TranscriptEntry.Compacted compacted
                    ? (int) Math.max(0, compacted.upTo() - read.first())
                    : from;
        }
        List<Integer> cuts = cuts(transcript, from);
        long all = chars(transcript.subList(from, transcript.size()));
        for (int cut : cuts) {
            long left = chars(transcript.subList(from, cut));
            if (all - left <= keep) {
                return new Shortening(cut + read.first(), cut - from, left);
            }
        }
        return NONE;
    }

    /** The places that part no call of a tool from its result. */
    private static List<Integer> cuts(List<TranscriptEntry> transcript, int from) {
        Set<String> answered = new HashSet<>();
        for (TranscriptEntry entry : transcript) {
            if (entry instanceof TranscriptEntry.Tool tool) {
                answered.add(tool.call().key());
            }
        }
        List<Integer> cuts = new ArrayList<>();
        Set<String> open = new HashSet<>();
        for (int i = from; i < transcript.size(); i++) {
            TranscriptEntry entry = transcript.get(i);
            boolean begins = entry instanceof TranscriptEntry.Input || entry instanceof TranscriptEntry.ModelStep;
            if (i > from && begins && open.isEmpty()) {
                cuts.add(i);
            }
            if (entry instanceof TranscriptEntry.ModelStep step) {
                step.calls().stream()
                        .map(ToolRequest::key)
                        .filter(answered::contains)
                        .forEach(open::add);
            } else if (entry instanceof TranscriptEntry.Tool tool) {
                open.remove(tool.call().key());
            }
        }
        if (open.isEmpty() && transcript.size() > from) {
            cuts.add(transcript.size());
        }
        return cuts;
    }

    private static long chars(List<TranscriptEntry> entries) {
        return entries.stream().mapToLong(Shortening::chars).sum();
    }

    private static long chars(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Input input) {
            return ModelNotices.text(input.input()).length();
        }
        if (entry instanceof TranscriptEntry.Answer answer) {
            return answer.text().length();
        }
        if (entry instanceof TranscriptEntry.ModelStep step) {
            return step.text().length()
                    + step.calls().stream()
                            .mapToLong(call -> call.arguments().text().length())
                            .sum();
        }
        return entry instanceof TranscriptEntry.Tool tool
                ? tool.call().result().text().length()
                : 0;
    }
}
