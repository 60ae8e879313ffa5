package dev.meerkat.core.internal.memory;

import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.StoredRequest;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The requests of a {@link MemoryStore}. Thread-safe; its monitor is never held while waiting. */
public final class MemoryRequests {
    private static final int LEAST_RETAINED = 4_096;
    private static final Comparator<StoredRequest> BY_DEADLINE = Comparator.comparing(
                    (StoredRequest request) -> request.deadline().orElseThrow())
            .thenComparing(StoredRequest::id);

    /**
     * What a response meets.
     *
     * @param refusal why it is refused, or null
     * @param toHandle whether it goes to a handle
     */
    public record Verdict(AppendResult.@Nullable Reason refusal, boolean toHandle) {}

    private final int retained;
    private final Map<RequestId, StoredRequest> requests = new HashMap<>();
    private final ArrayDeque<RequestId> answered = new ArrayDeque<>();
    /** Open ones of live sessions. */
    private final NavigableSet<StoredRequest> deadlines = new TreeSet<>(BY_DEADLINE);

    public MemoryRequests(int retained) {
        this.retained = Math.max(LEAST_RETAINED, retained);
    }

    public synchronized void open(Correlation.Opens opens, SessionId responder) {
        StoredRequest request = new StoredRequest(
                opens.request(), opens.requester(), responder, opens.toHandle(), opens.deadline(), Optional.empty());
        requests.put(request.id(), request);
        if (request.deadline().isPresent()) {
            deadlines.add(request);
        }
    }

    public synchronized Verdict answer(Correlation.Answers answers, SessionId requester, PeerReply reply) {
        StoredRequest request = requests.get(answers.request());
        InboxRules.Asked asked = request == null
                ? null
                : new InboxRules.Asked(
                        request.requester(),
                        request.responder(),
                        request.toHandle(),
                        request.reply().isPresent());
        AppendResult.Reason refusal = InboxRules.refusal(answers, requester, asked);
        if (request == null || refusal != null) {
            return new Verdict(refusal, false);
        }
        if (reply.status().terminal()) {
            if (request.deadline().isPresent()) {
                deadlines.remove(request);
            }
            requests.put(
                    request.id(),
                    new StoredRequest(
                            request.id(),
                            request.requester(),
                            request.responder(),
                            request.toHandle(),
                            request.deadline(),
                            Optional.of(reply)));
            answered.add(request.id());
            if (answered.size() > retained) {
                requests.remove(answered.remove());
            }
        }
        return new Verdict(null, request.toHandle());
    }

    /** Those that a session has sent, and those that it has to answer, by their ids. */
    public synchronized List<StoredRequest> of(SessionId session) {
        return requests.values().stream()
                .filter(request -> request.requester().equals(session)
                        || (request.responder().equals(session)
                                && request.reply().isEmpty()))
                .sorted(Comparator.comparing(request -> request.id().toString()))
                .toList();
    }

    /** Takes one that another store had, unless it is here. */
    public synchronized void restore(StoredRequest request) {
        if (requests.putIfAbsent(request.id(), request) == null
                && request.reply().isPresent()) {
            answered.add(request.id());
        }
    }

    /** Forgets the requests of a session. */
    public synchronized void forget(SessionId requester) {
        requests.values().removeIf(request -> request.requester().equals(requester));
        answered.removeIf(id -> !requests.containsKey(id));
        dropDeadlines(requester);
    }

    /** The requester has ended, so nobody is to be told. */
    public synchronized void dropDeadlines(SessionId requester) {
        deadlines.removeIf(request -> request.requester().equals(requester));
    }

    /** Those that come after one, in order of time. */
    public synchronized List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit) {
        return (after == null ? deadlines : deadlines.tailSet(after, false))
                .stream().limit(limit).toList();
    }

    public synchronized Optional<StoredRequest> get(RequestId id) {
        return Optional.ofNullable(requests.get(id));
    }
}
