package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.client.internal.wire.OwnLabels;
import dev.meerkat.client.internal.wire.SessionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Lists of a server that leaves the labels out of them. */
class SessionDirectoryTest {
    /** Lists rows without labels, tells them when one session is read. */
    private static final class Forgetful extends NoCalls {
        final List<SessionRow> rows = new ArrayList<>();
        int reads;
        boolean listsTwice;

        SessionId add(Map<String, String> labels) {
            SessionId id = new SessionId(new UUID(1, rows.size() + 1L));
            rows.add(row(id, labels));
            return id;
        }

        private static SessionRow row(SessionId id, Map<String, String> labels) {
            return new SessionRow(id, "r", Instant.EPOCH, 0, false, labels, Optional.empty(), Optional.empty());
        }

        @Override
        public List<SessionRow> list(int offset, int limit) {
            int from = Math.min(offset, rows.size());
            List<SessionRow> page = new ArrayList<>(rows.subList(from, Math.min(from + limit, rows.size())));
            page.replaceAll(row -> row(row.id(), Map.of()));
            if (listsTwice && !page.isEmpty()) {
                page.add(page.get(0));
            }
            return page;
        }

        @Override
        public SessionRow read(SessionId session) {
            reads++;
            return rows.stream()
                    .filter(row -> row.id().equals(session))
                    .findFirst()
                    .orElseThrow(() -> new SessionNotFoundException(session.toString()));
        }
    }

    private final Forgetful server = new Forgetful();
    private final SessionDirectory directory = new SessionDirectory(server);

    private static Map<String, String> named(String name) {
        return Map.of(OwnLabels.COMMS_NAME, name);
    }

    @Test
    void aSessionIsFoundByTheNameThatOnlyItsOwnReadTells() throws Exception {
        server.add(Map.of());
        SessionId b = server.add(named("b"));

        assertThat(directory.find("b")).isEqualTo(b);
    }

    @Test
    void aFoundSessionIsAskedForItsNameBeforeItIsBelieved() throws Exception {
        server.add(named("a"));
        SessionId old = server.add(named("b"));
        assertThat(directory.find("b")).isEqualTo(old);
        int reads = server.reads;
        assertThat(directory.find("b")).isEqualTo(old);
        assertThat(server.reads).isEqualTo(reads + 1);

        server.rows.remove(1);
        server.add(Map.of());
        SessionId fresh = server.add(named("b"));

        assertThat(directory.find("b")).isEqualTo(fresh);
    }

    @Test
    void anAbsentNameIsNotFoundAndADoubleOneIsRefused() {
        server.add(named("b"));
        server.add(named("b"));

        assertThatThrownBy(() -> directory.find("c")).isInstanceOf(SessionNotFoundException.class);
        assertThatThrownBy(() -> directory.find("b"))
                .isInstanceOf(NotDoneException.class)
                .hasMessageContaining("several sessions");
    }

    @Test
    void aSessionThatIsListedTwiceIsOneSession() throws Exception {
        SessionId b = server.add(named("b"));
        server.listsTwice = true;

        assertThat(directory.find("b")).isEqualTo(b);
    }

    @Test
    void listsAreFilteredByLabelAndPagedHere() throws Exception {
        List<SessionId> core = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            SessionId id = server.add(Map.of("team", i % 2 == 0 ? "core" : "web"));
            if (i % 2 == 0) {
                core.add(id);
            }
        }

        SessionPage page =
                directory.list(SessionQuery.all().withLabel("team", "core").page(100, 20));
        SessionPage last =
                directory.list(SessionQuery.all().withLabel("team", "core").page(120, 20));

        assertThat(page.sessions()).extracting(SessionSnapshot::id).isEqualTo(core.subList(100, 120));
        assertThat(page.hasMore()).isTrue();
        assertThat(last.sessions()).hasSize(5);
        assertThat(last.hasMore()).isFalse();
    }

    @Test
    void theClientsOwnLabelsAreShownAsWhatTheyStandFor() throws Exception {
        server.add(Map.of(OwnLabels.COMMS_NAME, "a", OwnLabels.KEEP_ALIVE, "true", "team", "core"));

        assertThat(directory.list(SessionQuery.all()).sessions())
                .singleElement()
                .satisfies(session -> {
                    assertThat(session.commsName()).hasValue("a");
                    assertThat(session.keepAlive()).isTrue();
                    assertThat(session.labels()).isEqualTo(Map.of("team", "core"));
                });
    }

    @Test
    void aLongListIsPutInTheOrderOfCreation() throws Exception {
        for (int i = 0; i < 1_200; i++) {
            server.add(Map.of());
        }
        Collections.shuffle(server.rows, new Random(1));

        SessionPage page = directory.list(SessionQuery.all().page(1_100, 200));

        assertThat(page.sessions())
                .hasSize(100)
                .isSortedAccordingTo(
                        Comparator.comparing(session -> session.id().toString()));
        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void tooManySessionsToLookThroughAreAnErrorAndNoShorterList() {
        for (int i = 0; i < 1_001; i++) {
            server.add(Map.of());
        }

        assertThatThrownBy(() -> directory.find("a"))
                .isInstanceOf(NotDoneException.class)
                .hasMessageContaining("1000 sessions");
    }
}
