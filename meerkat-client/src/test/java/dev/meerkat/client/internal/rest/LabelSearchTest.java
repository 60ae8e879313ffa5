package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.client.internal.wire.SessionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LabelSearchTest {
    private static final SessionQuery EVEN = SessionQuery.all().withLabel("parity", "even");

    private final AtomicLong clock = new AtomicLong();
    private final Many source = new Many();

    /** Many sessions with even and odd numbers. */
    private static final class Many implements LabelSearch.Source {
        private int count;
        private int pages;
        private int reads;
        private int gone = -1;
        private Runnable onRead = () -> {};

        @Override
        public List<SessionRow> page(int offset, int limit) {
            pages++;
            List<SessionRow> rows = new ArrayList<>();
            for (int i = offset; i < Math.min(count, offset + limit); i++) {
                rows.add(row(i));
            }
            return rows;
        }

        static SessionRow row(int i) {
            return new SessionRow(
                    new SessionId(new UUID(0, i)),
                    null,
                    Instant.EPOCH,
                    1,
                    false,
                    Map.of(),
                    Optional.empty(),
                    Optional.empty());
        }

        @Override
        public Map<String, String> labels(SessionId session) {
            reads++;
            onRead.run();
            long number = session.value().getLeastSignificantBits();
            if (number == gone) {
                throw new SessionNotFoundException(session.toString());
            }
            return Map.of("parity", number % 2 == 0 ? "even" : "odd");
        }
    }

    private List<Long> search(SessionQuery query) throws InterruptedException {
        return new LabelSearch(source, clock::get, 1_000, query)
                .run().stream()
                        .map(row -> row.id().value().getLeastSignificantBits())
                        .toList();
    }

    @Test
    void aPageOfMatchesIsThatOfTheWholeList() throws Exception {
        source.count = 250;
        assertThat(search(EVEN.page(0, 3))).containsExactly(0L, 2L, 4L);
        assertThat(search(EVEN.page(60, 2))).containsExactly(120L, 122L);
        assertThat(search(EVEN.page(124, 10))).containsExactly(248L);
        assertThat(search(EVEN.page(125, 10))).isEmpty();
    }

    @Test
    void itLooksNoFurtherThanItMust() throws Exception {
        source.count = 1_000;
        search(EVEN.page(0, 2));
        assertThat(source.pages).isEqualTo(1);
        assertThat(source.reads).isEqualTo(3);
    }

    @Test
    void aSessionThatIsGoneMeanwhileIsLeftOut() throws Exception {
        source.count = 5;
        source.gone = 2;
        assertThat(search(EVEN)).containsExactly(0L, 4L);
    }

    @Test
    void tooManySessionsAreAnErrorAndNotAShorterList() {
        source.count = LabelSearch.MOST_ROWS + 1;
        NotDoneException refused = catchThrowableOfType(
                NotDoneException.class, () -> search(SessionQuery.all().withLabel("parity", "none")));
        assertThat(refused.code()).isEqualTo("too_many_sessions");
        assertThat(refused).hasMessageContaining("10000");
    }

    @Test
    void asManyAsAllowedAreSearched() throws Exception {
        source.count = LabelSearch.MOST_ROWS;
        assertThat(search(SessionQuery.all().withLabel("parity", "none"))).isEmpty();
    }

    @Test
    void aSearchThatTakesTooLongFails() {
        source.count = 10;
        source.onRead = () -> clock.addAndGet(400);
        FailedException failed = catchThrowableOfType(FailedException.class, () -> search(EVEN));
        assertThat(failed.code()).isEqualTo("call_timeout");
        assertThat(source.reads).isEqualTo(3);
    }
}
