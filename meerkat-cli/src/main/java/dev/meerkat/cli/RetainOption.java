package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Retention;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How long a server keeps the past of its sessions. */
final class RetainOption {
    private static final String NAME = "--retain";
    private static final Pattern RULE = Pattern.compile("([a-z-]+)=(.+)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KB|MB|GB)");
    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");
    private static final Map<String, Integer> SHIFTS = Map.of("KB", 10, "MB", 20, "GB", 30);
    private static final Map<String, BiFunction<Retention, Retention.Keep, Retention>> PARTS = Map.of(
            "transcript", Retention::withTranscript,
            "events", Retention::withEvents,
            "keys", Retention::withKeys,
            "dead-letters", Retention::withDeadLetters,
            "all",
                    (retention, keep) -> retention
                            .withTranscript(keep)
                            .withEvents(keep)
                            .withKeys(keep)
                            .withDeadLetters(keep));

    @Option(
            names = NAME,
            paramLabel = "PART=LIMIT[,LIMIT...]",
            description = {
                "Remove the past of sessions that have no rule of their own (default: nothing is removed).",
                "PART is transcript, events, keys, dead-letters or all; a later rule for a part replaces an earlier one.",
                "LIMIT is an age such as 30d or 12h, a count such as 10000, or a size such as 64MB,",
                "which keys and dead-letters have not. May be repeated."
            })
    List<String> rules = List.of();

    RetainOption() {}

    Retention retention() {
        Retention retention = Retention.FOREVER;
        for (String rule : rules) {
            Matcher parts = RULE.matcher(rule);
            BiFunction<Retention, Retention.Keep, Retention> part = parts.matches() ? PARTS.get(parts.group(1)) : null;
            if (part == null) {
                throw invalid(rule, "must be PART=LIMIT, with PART transcript, events, keys, dead-letters or all");
            }
            try {
                Retention.Keep keep = Retention.Keep.FOREVER;
                for (String limit : parts.group(2).split(",", -1)) {
                    keep = with(keep, rule, limit);
                }
                retention = part.apply(retention, keep);
            } catch (InvalidFieldException e) {
                throw e.field().equals(NAME) ? e : invalid(rule, "has a limit that is not taken: " + e.getMessage());
            }
        }
        return retention;
    }

    private static Retention.Keep with(Retention.Keep keep, String rule, String limit) {
        Matcher size = SIZE.matcher(limit);
        if (size.matches()) {
            return keep.withBytes(Long.parseLong(size.group(1)) << SHIFTS.getOrDefault(size.group(2), 0));
        }
        if (COUNT.matcher(limit).matches()) {
            return keep.withCount(Long.parseLong(limit));
        }
        try {
            return keep.withAge(Times.duration(NAME, limit));
        } catch (InvalidFieldException e) {
            throw invalid(
                    rule,
                    e.field().equals(NAME)
                            ? "must have limits such as 30d, 10000 or 64MB"
                            : "has a limit that is not taken: " + e.getMessage());
        }
    }

    private static InvalidFieldException invalid(String rule, String problem) {
        return new InvalidFieldException(NAME, rule, problem);
    }
}
