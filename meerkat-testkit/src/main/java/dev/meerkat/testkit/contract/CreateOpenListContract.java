package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sessions are created once per name, opened by id or name, and listed in order of creation. */
public abstract class CreateOpenListContract extends ContractChapter {
    /** For subclasses. */
    protected CreateOpenListContract() {}

    @Test
    public void aSessionStartsWithATurnOnItsPrompt() throws Exception {
        echo();

        Session session =
                meerkat().create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));

        assertThat(completed(session.initialTurn().orElseThrow()).text()).isEqualTo(echoed("You are a coordinator."));
        assertThat(said(session)).hasSize(2);
    }

    @Test
    public void theSnapshotTellsWhatTheSpecSaid() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start")
                .withKeepAliveAs("a")
                .withRealm(realm("north"))
                .withLabels(Map.of("team", "core"))
                .withModel(fixture().model())
                .withPeerMeta(new PeerMeta("helps", Map.of())));

        SessionSnapshot now = session.snapshot();

        assertThat(now.id()).isEqualTo(session.id());
        assertThat(now.realm()).isEqualTo(realm("north"));
        assertThat(now.commsName()).contains("a");
        assertThat(now.peerId().isPresent()).isEqualTo(told(Detail.OWN_PEER_ID));
        assertThat(now.keepAlive()).isTrue();
        assertThat(now.labels()).isEqualTo(Map.of("team", "core"));
        boolean more = told(Detail.MODEL_AND_ANSWER);
        assertThat(now.model()).isEqualTo(more ? Optional.of(fixture().model()) : Optional.empty());
        assertThat(now.lastAnswer()).isEqualTo(more ? Optional.of("ok") : Optional.empty());
        assertThat(now.waitingComms()).isEqualTo(told(Detail.LANE_COUNTS) ? OptionalLong.of(0) : OptionalLong.empty());
        assertThat(now.waitingExternal())
                .isEqualTo(told(Detail.LANE_COUNTS) ? OptionalLong.of(0) : OptionalLong.empty());
        assertThat(now.messageCount()).isEqualTo(2 + ownEntries());
        assertThat(now.lastCursor().isEmpty()).isEqualTo(lacks(Capability.EVENT_REPLAY));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.DEFERRED})
    public void aDeferredSessionStartsNoTurnAndBeginsItsFirstOneWithItsPrompt() throws Exception {
        fixture().agent(Seen.ECHO);
        Session session = meerkat()
                .create(SessionSpec.ofPrompt("prompt").withKeepAliveAs("a").withDeferredStart());
        Session other = idle("other");
        handled(other, "elsewhere");

        assertThat(session.initialTurn()).isEmpty();
        assertThat(Seen.transcript(session)).isEmpty();
        assertThat(completed(session.startTurn("go")).text()).isEqualTo("prompt go");
        assertThat(completed(session.startTurn("again")).text()).isEqualTo("again");
    }

    @Test
    @Requires(Capability.OPTIONAL_PROMPT)
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSessionWithoutAPromptStartsNoTurnAndIsThereAfterARestart() throws Exception {
        fixture().agent(Seen.ECHO);
        Session session = meerkat()
                .create(SessionSpec.withoutPrompt().withKeepAliveAs("a").withSystemPrompt("Be brief."));

        assertThat(session.initialTurn()).isEmpty();
        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.IDLE);
        fixture().restart();
        fixture().agent(Seen.ECHO);
        Session again = again(session);
        assertThat(again.history(0, 10).entries())
                .singleElement()
                .isInstanceOfSatisfying(
                        TranscriptEntry.SystemPrompt.class,
                        first -> assertThat(first.text()).isEqualTo("Be brief."));
        assertThat(handled(again, "hello")).isEqualTo("hello");
        assertThat(completed(again.startTurn("go")).text()).isEqualTo("go");
    }

    @Test
    public void openOrCreateCreatesASessionOnceAndOpensItAsItIs() throws Exception {
        SessionSpec spec =
                SessionSpec.ofPrompt("You are a.").withKeepAliveAs("a").withLabels(Map.of("team", "core"));
        Session created = meerkat().openOrCreate(spec);
        completed(created.initialTurn().orElseThrow());

        Session opened = meerkat().openOrCreate(spec.withLabels(Map.of("team", "other")));

        assertThat(opened.id()).isEqualTo(created.id());
        assertThat(opened.initialTurn()).isEmpty();
        assertThat(opened.snapshot().labels()).isEqualTo(Map.of("team", "core"));
        assertThat(ids(SessionQuery.all())).containsExactly(created.id());
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(() -> meerkat().openOrCreate(SessionSpec.ofPrompt("nameless")))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("comms_name"));
    }

    @Test
    @Needs(Detail.UNIQUE_NAMES)
    public void allWhoOpenOrCreateASessionAtTheSameTimeGetTheSame() throws Exception {
        Meerkat meerkat = meerkat();
        SessionSpec spec = SessionSpec.ofPrompt("start").withKeepAliveAs("a");
        List<Future<Session>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(async(() -> meerkat.openOrCreate(spec)));
        }

        Set<SessionId> got = new HashSet<>();
        for (Future<Session> caller : callers) {
            got.add(caller.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).id());
        }

        assertThat(got).containsExactly(meerkat().open("a").id());
        assertThat(ids(SessionQuery.all())).hasSize(1);
    }

    @Test
    @Needs(Detail.UNIQUE_NAMES)
    public void aNameBelongsToOneLiveSessionOfItsRealm() throws Exception {
        Session holder = idle("a");

        assertThatExceptionOfType(CommsNameTakenException.class)
                .isThrownBy(() -> meerkat().create(SessionSpec.ofPrompt("start").withKeepAliveAs("a")))
                .withMessageContaining("\"a\"")
                .withMessageContaining(holder.id().toString());
        assertThatExceptionOfType(CommsNameTakenException.class)
                .isThrownBy(() -> meerkat().create(SessionSpec.ofPrompt("start").withCommsName("a")));

        List<SessionId> expected = new ArrayList<>(List.of(holder.id()));
        assertThat(ids(SessionQuery.all())).isEqualTo(expected);
        if (told(Detail.REALMS)) {
            expected.add(idle(SessionSpec.ofPrompt("start").withKeepAliveAs("a").withRealm("elsewhere"))
                    .id());
        }
        expected.add(idle("A").id());
        assertThat(ids(SessionQuery.all())).isEqualTo(expected);
    }

    @Test
    @Needs(Detail.UNIQUE_NAMES)
    public void ofThoseThatWantANameAtTheSameTimeOneGetsIt() throws Exception {
        Meerkat meerkat = meerkat();
        List<Future<Session>> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attempts.add(
                    async(() -> meerkat.create(SessionSpec.ofPrompt("start").withKeepAliveAs("a"))));
        }

        List<SessionId> created = new ArrayList<>();
        for (Future<Session> attempt : attempts) {
            try {
                created.add(
                        attempt.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).id());
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(CommsNameTakenException.class);
            }
        }

        assertThat(created).containsExactly(meerkat().open("a").id());
        assertThat(ids(SessionQuery.all())).hasSize(1);
    }

    @Test
    public void aSessionOpensByIdAndByName() throws Exception {
        Session session = idle("a");

        assertThat(trace(again(session))).isEqualTo(trace(session));
        assertThat(meerkat().open("a").id()).isEqualTo(session.id());
        assertThat(meerkat().open(SessionSpec.DEFAULT_REALM, "a").id()).isEqualTo(session.id());
        assertThat(again(session).initialTurn()).isEmpty();
        if (told(Detail.REALMS)) {
            Session elsewhere =
                    idle(SessionSpec.ofPrompt("start").withKeepAliveAs("a").withRealm("elsewhere"));
            assertThat(meerkat().open("elsewhere", "a").id()).isEqualTo(elsewhere.id());
            assertThat(meerkat().open("a").id()).isEqualTo(session.id());
        }
    }

    @Test
    public void whatIsNotThereIsNotFoundByIdNameOrRealm() throws Exception {
        idle("a");
        SessionId unknown = new SessionId(new UUID(1, 2));

        assertThatExceptionOfType(SessionNotFoundException.class)
                .isThrownBy(() -> meerkat().open(unknown))
                .withMessageContaining(unknown.toString());
        assertThatExceptionOfType(SessionNotFoundException.class)
                .isThrownBy(() -> meerkat().open("nobody"))
                .withMessageContaining("nobody");
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> meerkat().open("elsewhere", "a"))
                .isInstanceOf(told(Detail.REALMS) ? SessionNotFoundException.class : NotSupportedException.class);
    }

    @Test
    public void sessionsAreListedInOrderOfCreationPageByPage() throws Exception {
        List<SessionId> created = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            created.add(idle("s" + i).id());
        }

        for (int limit = 1; limit <= 6; limit++) {
            List<SessionId> listed = new ArrayList<>();
            SessionPage page;
            do {
                page = meerkat().list(SessionQuery.all().page(listed.size(), limit));
                assertThat(page.sessions()).isNotEmpty().hasSizeLessThanOrEqualTo(limit);
                page.sessions().forEach(session -> listed.add(session.id()));
            } while (page.hasMore());
            assertThat(listed).isEqualTo(created);
        }
        SessionPage after = meerkat().list(SessionQuery.all().page(5, 1));
        assertThat(after.sessions()).isEmpty();
        assertThat(after.hasMore()).isFalse();
    }

    @Test
    public void aListIsNarrowedByAllGivenLabels() throws Exception {
        Session both = idle(labelled(Map.of("team", "core", "tier", "1")));
        Session one = idle(labelled(Map.of("team", "core")));
        idle(labelled(Map.of("team", "web", "tier", "1")));
        idle(labelled(Map.of()));
        SessionQuery core = SessionQuery.all().withLabel("team", "core");

        assertThat(ids(core)).containsExactly(both.id(), one.id());
        assertThat(ids(core.withLabel("tier", "1"))).containsExactly(both.id());
        assertThat(ids(core.page(1, 1))).containsExactly(one.id());
        assertThat(meerkat().list(core.page(0, 1)).hasMore()).isTrue();
        assertThat(meerkat().list(core.page(1, 1)).hasMore()).isFalse();
        assertThat(ids(SessionQuery.all().withLabel("team", "CORE"))).isEmpty();
        assertThat(ids(SessionQuery.all().withLabel("te%m", "c_re"))).isEmpty();
    }

    @Test
    public void namesAndTextsMayHoldAnyLetters() throws Exception {
        String odd = "O'Brien \"%_\\ " + Character.toString(0x1F43F) + "; DROP TABLE sessions --";
        Session session = idle(SessionSpec.ofPrompt(odd)
                .withKeepAliveAs(odd)
                .withRealm(realm(odd))
                .withLabels(Map.of(odd, odd)));

        fixture().restart();

        Session again = meerkat().open(realm(odd), odd);
        assertThat(again.id()).isEqualTo(session.id());
        assertThat(ids(SessionQuery.all().withLabel(odd, odd))).containsExactly(session.id());
        TranscriptEntry.Input first = (TranscriptEntry.Input) said(again).get(0);
        assertThat(Seen.text(first.input())).isEqualTo(odd);
    }

    @Test
    public void aListIsTheSameAfterARestart() throws Exception {
        idle("a");
        Session core = idle(labelled(Map.of("team", "core")));
        List<SessionId> before = ids(SessionQuery.all());

        fixture().restart();

        assertThat(before).hasSize(2);
        assertThat(ids(SessionQuery.all())).isEqualTo(before);
        assertThat(ids(SessionQuery.all().withLabel("team", "core"))).containsExactly(core.id());
    }

    /** This realm, if one can be chosen. */
    private String realm(String realm) {
        return told(Detail.REALMS) ? realm : SessionSpec.DEFAULT_REALM;
    }

    private static SessionSpec labelled(Map<String, String> labels) {
        return SessionSpec.ofPrompt("start").withLabels(labels);
    }

    private List<SessionId> ids(SessionQuery query) throws InterruptedException {
        return meerkat().list(query).sessions().stream()
                .map(SessionSnapshot::id)
                .toList();
    }
}
